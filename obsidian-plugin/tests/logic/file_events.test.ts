import type { EventRef } from "obsidian";
import { App, TFile } from "obsidian-test-mocks/obsidian";
import { beforeEach, expect, test } from "vitest";

import { hearFiles } from "../../src/vault/file_events";
import type { Change } from "../../src/protocol";

let app: App;
let told: Change[];
let listeners: EventRef[];

beforeEach(() => {
	app = App.createConfigured__({ files: { "Folder/a.md": "one", "b.md": "two", "Empty/": "" } });
	told = [];
	listeners = [];
	hearFiles(app.asOriginalType__().vault, (listener) => listeners.push(listener), (change) => told.push(change));
});

function file(path: string): TFile {
	const found = app.vault.getFileByPath(path);
	if (!found) throw new Error(path);
	return found;
}

test("what happens to files is told, whatever they are", async () => {
	await app.vault.create("c.md", "three");
	await app.vault.createBinary("Folder/d.png", new ArrayBuffer(1));
	await app.vault.modify(file("b.md"), "2");
	await app.vault.rename(file("b.md"), "Folder/e.md");
	await app.fileManager.trashFile(file("c.md"));
	expect(told).toEqual([
		{ kind: "created", path: "c.md" },
		{ kind: "created", path: "Folder/d.png" },
		{ kind: "modified", path: "b.md" },
		{ kind: "renamed", path: "b.md", newPath: "Folder/e.md" },
		{ kind: "deleted", path: "c.md" },
	]);
});

test("of folders, only that they were moved or went away is told", async () => {
	await app.vault.createFolder("New");
	await app.vault.rename(app.vault.getAbstractFileByPath("Folder")!, "Moved");
	await app.fileManager.trashFile(app.vault.getAbstractFileByPath("Empty")!);
	expect(told).toEqual([
		{ kind: "renamed", path: "Folder", newPath: "Moved" },
		{ kind: "deleted", path: "Empty" },
	]);
});

test("every listener can be taken off again", async () => {
	for (const listener of listeners) app.vault.asOriginalType2__().offref(listener);
	await app.vault.create("c.md", "three");
	await app.fileManager.trashFile(file("b.md"));
	expect([told, listeners.length]).toEqual([[], 4]);
});
