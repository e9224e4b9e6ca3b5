import { App, MarkdownView } from "obsidian-test-mocks/obsidian";
import { expect, test } from "vitest";

import { openNotes } from "../../src/vault/open_notes";

async function shown(app: App, path: string): Promise<MarkdownView> {
	const leaf = app.workspace.getLeaf("tab");
	const view = MarkdownView.create2__(leaf);
	view.file = app.vault.getFileByPath(path);
	view.setViewData(await app.vault.adapter.read(path), true);
	await leaf.open(view.asOriginalType7__());
	return view;
}

function opened(app: App) {
	return openNotes(app.asOriginalType__().workspace);
}

test("a note that is shown is found by its path, with its editor, as long as it is written in", async () => {
	const app = App.createConfigured__({ files: { "a.md": "one", "b.md": "two" } });
	const view = await shown(app, "a.md");
	await shown(app, "b.md");
	const [found, ...others] = opened(app).views("a.md");
	expect(others).toEqual([]);
	view.editor.replaceRange("!", { line: 0, ch: 3 });
	expect([found?.text(), found?.editor?.getValue()]).toEqual(["one!", "one!"]);
	Object.assign(view, { mode: "preview" });
	const [read] = opened(app).views("a.md");
	expect([read?.text(), read?.editor]).toEqual(["one", null]);
	expect(opened(app).views("c.md")).toEqual([]);
});

test("an editor that is no view, as in a canvas, is told apart from one that is", async () => {
	const app = App.createConfigured__({ files: { "a.md": "one" } });
	const view = await shown(app, "a.md");
	app.workspace.activeEditor = view.asOriginalType7__();
	expect(opened(app).embedded("a.md")).toBeNull();
	const { file } = view.asOriginalType7__();
	app.workspace.activeEditor = { app: app.asOriginalType__(), editor: view.editor.asOriginalType__(), file, hoverPopover: null };
	expect([opened(app).embedded("a.md"), opened(app).embedded("b.md")]).toEqual(["one", null]);
	app.workspace.activeEditor = null;
	expect(opened(app).embedded("a.md")).toBeNull();
});
