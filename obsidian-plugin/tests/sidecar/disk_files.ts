/** Files of a folder on the disk, read and written as Obsidian does. */

import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { TFile, TFolder } from "obsidian";

import type { Files } from "../../src/vault/edits";

export function diskFiles(root: string): Files {
	const at = (path: string) => join(root, path);
	const is = (path: string, kind: "isFile" | "isDirectory") => existsSync(at(path)) && statSync(at(path))[kind]();
	return {
		vault: {
			configDir: ".settings",
			getFileByPath: (path) => (is(path, "isFile") ? named<TFile>(path) : null),
			getFolderByPath: (path) => (is(path, "isDirectory") ? named<TFolder>(path) : null),
			process: async (file, change) => {
				const after = change(new TextDecoder().decode(readFileSync(at(file.path))));
				writeFileSync(at(file.path), after);
				return after;
			},
			createBinary: async (path, content) => {
				writeFileSync(at(path), new Uint8Array(content), { flag: "wx" });
				return named<TFile>(path);
			},
			createFolder: async (path) => {
				mkdirSync(at(path));
				return named<TFolder>(path);
			},
			rename: async (file, to) => renameSync(at(file.path), at(to)),
			adapter: {
				exists: async (path) => existsSync(at(path)),
				read: async (path) => readFileSync(at(path), "utf8"),
				readBinary: async (path) => new Uint8Array(readFileSync(at(path))).buffer,
			},
		},
		fileManager: {
			trashFile: async (file) => {
				mkdirSync(at(".trash"), { recursive: true });
				renameSync(at(file.path), at(`.trash/${basename(file.path)}`));
			},
		},
	};
}

function named<T>(path: string): T {
	return { path } as T;
}
