/** Files and folders as plugins hold them in hand. */

import type * as obs from "obsidian";

import { Strict } from "./strict";

export abstract class TAbstractFile extends Strict implements obs.TAbstractFile {
	vault: obs.Vault;
	path = "";
	name = "";
	parent: obs.TFolder | null = null;

	constructor(vault: obs.Vault, path: string) {
		super();
		this.vault = vault;
		place(this, path);
	}
}

export class TFile extends TAbstractFile implements obs.TFile {
	stat: obs.FileStats = { ctime: 0, mtime: 0, size: 0 };
	basename = "";
	extension = "";

	constructor(vault: obs.Vault, path: string) {
		super(vault, path);
		place(this, path);
	}
}

export class TFolder extends TAbstractFile implements obs.TFolder {
	children: obs.TAbstractFile[] = [];

	isRoot(): boolean {
		return this.path === "/";
	}
}

/** Give a file its names by its path, as after a rename. */
export function place(file: obs.TAbstractFile, path: string): void {
	file.path = path;
	file.name = path.slice(path.lastIndexOf("/") + 1);
	if (!(file instanceof TFile)) return;
	const dot = file.name.lastIndexOf(".");
	file.basename = dot > 0 ? file.name.slice(0, dot) : file.name;
	file.extension = dot > 0 ? file.name.slice(dot + 1).toLowerCase() : "";
}

export function parentPath(path: string): string {
	const at = path.lastIndexOf("/");
	return at < 0 ? "/" : path.slice(0, at);
}
