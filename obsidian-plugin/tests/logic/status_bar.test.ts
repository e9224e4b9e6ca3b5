import { expect, test, vi } from "vitest";

import { tellIn } from "../../src/obsidian/status_bar";
import { FakeHost } from "../fake_host";

// In Obsidian, a tooltip is what is read out.
vi.mock("obsidian", async (original) => ({
	...(await original<object>()),
	setTooltip: (element: HTMLElement, text: string) => element.setAttribute("aria-label", text),
}));

test("the status bar says the state to whoever cannot see it, too", () => {
	const host = new FakeHost();
	const element = document.createElement("div");
	const end = tellIn(element, host);
	expect([element.textContent, element.getAttribute("aria-label")]).toEqual(["Librarian starting", "Librarian starting. Show status"]);
	host.state.set({ kind: "failed", problem: { title: "The disk is full.", detail: "", remedy: "" } });
	expect(element.getAttribute("aria-label")).toBe("Librarian failed. The disk is full.");
	end();
	host.state.set({ kind: "stopped" });
	expect(element.textContent).toBe("Librarian failed");
});

test("the status bar opens with keys", () => {
	const host = new FakeHost();
	const element = document.createElement("div");
	tellIn(element, host);
	for (const key of ["Enter", " ", "a"]) {
		const event = new KeyboardEvent("keydown", { key, cancelable: true });
		element.dispatchEvent(event);
		expect(event.defaultPrevented).toBe(key !== "a");
	}
	expect(host.did("show")).toEqual(["status", "status"]);
});
