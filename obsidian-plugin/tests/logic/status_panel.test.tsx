import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";

import type { Status } from "../../src/protocol";
import { StatusPanel } from "../../src/ui/status/StatusPanel";
import { FakeHost } from "../fake_host";

const place = document.createElement("div");
afterEach(() => render(null, place));

function told(change: Partial<Status> = {}): Status {
	return {
		vaultId: "v",
		path: "/vault",
		ready: { keyword: true, catalog: true, semantic: false },
		parts: [
			{ name: "keyword", state: "ready" },
			{ name: "semantic", state: "building", done: 1200, total: 4000 },
		],
		counts: { notes: 4000, canvases: 1, bases: 0, attachments: 12 },
		skipped: [],
		timings: { scanMs: 400, keywordMs: 900 },
		...change,
	};
}

async function shown(host: FakeHost): Promise<HTMLElement> {
	await act(() => render(<StatusPanel host={host} />, place));
	return place;
}

function press(label: string): Promise<void> {
	const button = [...place.querySelectorAll("button")].find((each) => each.textContent === label);
	if (!button) throw new Error(`no button ${label}`);
	return act(() => button.click());
}

test("each part is told with how far it is, and a slow one can be paused", async () => {
	const host = new FakeHost().on("vault.status", () => told());
	host.state.value = { kind: "ready", status: told() };
	const panel = await shown(host);
	expect(panel.textContent).toContain("4,000 notes · 1 canvas · 0 bases · 12 other files");
	expect(panel.querySelector('[data-state="building"]')?.textContent).toContain("1,200 of 4,000");
	await press("Pause reading");
	expect(host.did("pause")).toHaveLength(1);
});

test("a paused model is told to go on", async () => {
	const status = told({ parts: [{ name: "semantic", state: "paused", detail: "Paused by you." }] });
	const host = new FakeHost().on("vault.status", () => status);
	host.state.value = { kind: "ready", status };
	expect((await shown(host)).textContent).toContain("Paused by you.");
	await press("Go on reading");
	expect(host.did("resume")).toHaveLength(1);
});

test("what was left out is listed with why, and opens", async () => {
	const status = told({ skipped: [{ path: "Big.md", reason: "larger than 20 MB" }] });
	const host = new FakeHost().on("vault.status", () => status);
	host.state.value = { kind: "ready", status };
	expect((await shown(host)).querySelector("details")?.textContent).toContain("larger than 20 MB");
	await press("Big.md");
	expect(host.did("openNote")).toEqual([{ path: "Big.md", where: "here", line: undefined }]);
});

test("of thousands that were left out, some are listed at a time", async () => {
	const skipped = Array.from({ length: 10_000 }, (_, number) => ({ path: `${number}.md`, reason: "cannot be read" }));
	const status = told({ skipped });
	const host = new FakeHost().on("vault.status", () => status);
	host.state.value = { kind: "ready", status };
	const panel = await shown(host);
	const listed = () => panel.querySelectorAll(".librarian-left-out li").length;
	expect(listed()).toBe(50);
	await press("Show more of 9,950 other files");
	expect(listed()).toBe(250);
});

test("what cannot be copied or paused is told", async () => {
	const host = new FakeHost().on("vault.status", () => told());
	host.state.value = { kind: "ready", status: told() };
	host.copy = async () => Promise.reject(new Error("No clipboard."));
	host.acts.pause = async () => Promise.reject(new Error("It went away."));
	await shown(host);
	await press("Copy diagnostics");
	await press("Pause reading");
	await vi.waitFor(() => expect(host.did("notice")).toHaveLength(2));
	expect(host.did("notice")).toEqual([{ text: "No clipboard.", action: undefined }, { text: "It went away.", action: undefined }]);
});

test("a failure says what to do", async () => {
	const host = new FakeHost();
	host.state.value = { kind: "failed", problem: { title: "The vault is in use", detail: "By process 12.", remedy: "Close it there." } };
	const alert = (await shown(host)).querySelector('[role="alert"]');
	expect(alert?.textContent).toBe("The vault is in useBy process 12.Close it there.");
	await press("Restart");
	expect(host.did("retry")).toHaveLength(1);
});

test("diagnostics are copied", async () => {
	const host = new FakeHost();
	await shown(host);
	await press("Copy diagnostics");
	expect(host.did("copy")).toEqual(["diagnostics"]);
});
