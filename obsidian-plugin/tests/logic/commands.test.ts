import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { App } from "obsidian-test-mocks/obsidian";
import { expect, test, vi } from "vitest";

import { commands } from "../../src/obsidian/commands";
import { type Applied, ERRORS, type JournalledChange } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import { NoteLink } from "../../src/ui/changes/NoteLink";
import { FakeHost } from "../fake_host";
import { show } from "./panel_page";

const CHANGE: JournalledChange = {
	changeId: "c1",
	madeAt: "2026-01-02T03:04:05Z",
	actor: "duplicates",
	reason: 'merge "Tea" into "Green tea"',
	state: "done",
	undoes: null,
	notes: [{ path: "Tea.md", kind: "trash", to: null, before: null, after: null }],
	more: 0,
};
const BACK: Applied = { changeId: "c2", applied: ["Tea.md", "Green tea.md"], conflicts: [], offer: null };

function run(host: FakeHost, id: string): void {
	const command = commands(App.createConfigured__().asOriginalType__(), host).find((each) => each.id === id);
	if (command?.callback) command.callback();
	else command?.checkCallback?.(false);
}

function notices(host: FakeHost): string[] {
	return host.did("notice").map((each) => (each as { text: string }).text);
}

async function told(host: FakeHost): Promise<string[]> {
	await vi.waitFor(() => expect(notices(host)).not.toEqual([]));
	return notices(host);
}

test("every command is named in the documentation, and has no key of its own", () => {
	const documentation = readFileSync(resolve(import.meta.dirname, "../../../docs/obsidian.md"), "utf8");
	const all = commands(App.createConfigured__().asOriginalType__(), new FakeHost());
	expect(all.length).toBeGreaterThan(20);
	expect(all.filter(({ name }) => !documentation.includes(`*${name}*`)).map(({ name }) => name)).toEqual([]);
	expect(all.flatMap(({ hotkeys }) => hotkeys ?? [])).toEqual([]);
});

test("the last change is taken back, and it is told which and how much of it", async () => {
	const host = new FakeHost().on("edits.list", () => ({ changes: [CHANGE] })).on("edits.undo", () => BACK);
	run(host, "undo");
	expect(await told(host)).toEqual(["Merged “Tea” into “Green tea”. Taken back: 2 notes."]);
});

test("a change that is taken back already is not told as taken back once more", async () => {
	const again: Applied = { ...BACK, changeId: null, applied: [] };
	const host = new FakeHost().on("edits.list", () => ({ changes: [CHANGE] })).on("edits.undo", () => again);
	run(host, "undo");
	expect((await told(host)).join()).toContain("It is taken back already.");
});

test("taking back a change of many notes is asked about first", async () => {
	const host = new FakeHost()
		.on("edits.list", () => ({ changes: [CHANGE] }))
		.on("edits.undo", ({ confirmation }) => {
			if (confirmation !== "yes") throw new CallFailed(ERRORS.ConfirmationNeeded, "Many notes.", { notes: 40, confirmation: "yes" });
			return BACK;
		});
	run(host, "undo");
	await told(host);
	expect(host.did("confirm")).toMatchObject([{ title: "Take back changes to 40 notes?" }]);
	host.isConfirming = false;
	run(host, "undo");
	await vi.waitFor(() => expect(host.did("confirm")).toHaveLength(2));
	expect(host.did("edits.undo")).toHaveLength(3);
});

test("what a command cannot do is told, and not lost", async () => {
	const host = new FakeHost();
	host.acts.pause = async () => Promise.reject(new Error("It went away."));
	const parts = [{ name: "semantic", state: "building" }] as const;
	host.state.set({ kind: "ready", status: { parts } as never });
	run(host, "pause");
	expect(await told(host)).toEqual(["It went away."]);
});

test("a note that cannot be opened is told of", async () => {
	const host = new FakeHost();
	host.openNote = async () => Promise.reject(new Error("The disk is gone."));
	const page = await show(NoteLink({ host, path: "Tea.md" }));
	await page.press("Tea");
	expect(notices(host)).toEqual(["The disk is gone."]);
	await page.close();
});
