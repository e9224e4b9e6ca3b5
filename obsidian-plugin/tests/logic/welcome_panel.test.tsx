import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";

import type { State } from "../../src/state";
import { WelcomePanel } from "../../src/ui/welcome/WelcomePanel";
import { FakeHost } from "../fake_host";

const place = document.createElement("div");
afterEach(() => render(null, place));

async function shown(state: State): Promise<FakeHost> {
	const host = new FakeHost();
	host.state.set(state);
	await act(() => render(<WelcomePanel host={host} />, place));
	return host;
}

function press(label: string): Promise<void> {
	const button = [...place.querySelectorAll("button")].find((each) => each.textContent === label);
	if (!button) throw new Error(`no button ${label}`);
	return act(() => button.click());
}

test("without a librarian the command that installs it can be copied, and it is looked for again", async () => {
	const host = await shown({ kind: "missing", looked: ["~/.local/bin/librarian"] });
	expect(place.textContent).toContain("~/.local/bin/librarian");
	await press("Copy");
	expect(host.did("copy")).toEqual(["uv tool install vault-librarian"]);
	await press("Check again");
	expect(host.did("retry")).toHaveLength(1);
});

test("nothing is read before the person said so", async () => {
	const host = await shown({ kind: "new" });
	expect(place.textContent).toContain("30 notes once, in about 1 second");
	expect(host.history).toEqual([]);
	await press("Read this vault");
	expect(host.did("allow")).toHaveLength(1);
});

test("folders are left out first where that can be done by then: among Obsidian's own settings", async () => {
	const host = await shown({ kind: "new" });
	await press("Leave folders out first");
	expect([host.did("openExclusions").length, host.did("openSettings").length]).toEqual([1, 0]);
});

test("reading is followed, and what can be done then is offered", async () => {
	const host = await shown({ kind: "opening", progress: { vaultId: "v", part: "keyword", phase: "reading", done: 10, total: 40 } });
	expect(place.querySelector("progress")?.getAttribute("value")).toBe("10");
	await press("Pause");
	expect(host.did("stop")).toHaveLength(1);
	await act(() => {
		host.state.set({ kind: "stopped" });
	});
	await press("Go on");
	expect(host.did("retry")).toHaveLength(1);
	await act(() => {
		host.state.set({ kind: "failed", problem: { title: "No room", detail: "The disk is full.", remedy: "Make room." } });
	});
	expect(place.textContent).toContain("Make room.");
});
