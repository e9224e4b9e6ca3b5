import { atom } from "nanostores";
import { App, MarkdownView } from "obsidian-test-mocks/obsidian";
import { beforeEach, expect, test } from "vitest";

import { ObsidianHost } from "../../src/obsidian/obsidian_host";
import { FakeHost } from "../fake_host";

let app: App;
let host: ObsidianHost;

beforeEach(() => {
	app = App.createConfigured__({ files: { "a.md": "one ", "Folder/b.md": "two" } });
	const fake = new FakeHost();
	host = new ObsidianHost(app.asOriginalType__(), fake, atom({ mode: "hybrid", limit: 20, threshold: 0.5, summaryPlace: "top" }), fake.acts, fake.ended);
});

function rename(path: string, newPath: string): void {
	host.changed({ kind: "renamed", path, newPath });
}

async function shown(path: string): Promise<MarkdownView> {
	const leaf = app.workspace.getLeaf("tab");
	const view = MarkdownView.create2__(leaf);
	view.file = app.vault.getFileByPath(path);
	view.setViewData(await app.vault.adapter.read(path), true);
	await leaf.open(view.asOriginalType7__());
	app.workspace.getMostRecentLeaf = () => leaf;
	return view;
}

test("a link is put into a note that is written in, and into none that is only read", async () => {
	const view = await shown("a.md");
	expect(host.insertLink("Folder/b.md")).toBe(true);
	expect(view.editor.getValue()).toContain("b");
	const before = view.editor.getValue();
	Object.assign(view, { mode: "preview" });
	expect(host.insertLink("Folder/b.md")).toBe(false);
	expect(view.editor.getValue()).toBe(before);
});

test("the note that is worked on goes with its name, and with that of its folder", () => {
	const file = app.vault.getFileByPath("Folder/b.md");
	app.workspace.getActiveFile = () => file;
	host.follow();
	rename("Fold", "Other/x.md");
	expect(host.activeNote.get()).toBe("Folder/b.md");
	rename("Folder/b.md", "Folder/c.md");
	rename("Folder", "Archive/Old");
	expect(host.activeNote.get()).toBe("Archive/Old/c.md");
	expect(host.lastRename.get()).toEqual({ from: "Folder", to: "Archive/Old" });
	rename("Folder/c.md", "Archive/Old/c.md");
	expect(host.activeNote.get()).toBe("Archive/Old/c.md");
});

test("the note that is worked on is none any more once it is gone, alone or with its folder", () => {
	const file = app.vault.getFileByPath("Folder/b.md");
	app.workspace.getActiveFile = () => file;
	for (const path of ["Folder/b.md", "Folder"]) {
		host.follow();
		expect(host.activeNote.get()).toBe("Folder/b.md");
		host.changed({ kind: "deleted", path: "Fold" });
		host.changed({ kind: "modified", path });
		expect(host.activeNote.get()).toBe("Folder/b.md");
		host.changed({ kind: "deleted", path });
		expect(host.activeNote.get()).toBeNull();
	}
});

test("nothing is asked any more by a plugin that was switched off", async () => {
	const fake = new FakeHost();
	const off = new ObsidianHost(app.asOriginalType__(), fake, fake.choices, fake.acts, AbortSignal.abort());
	expect(await off.confirm({ title: "Rebuild?", body: "", confirm: "Rebuild" })).toBe(false);
	expect(document.querySelector(".modal-container, .modal")).toBe(null);
});
