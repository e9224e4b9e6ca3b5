/** What Obsidian tells of the vault's files, as changes for the sidecar. */

import { type EventRef, type TAbstractFile, TFile, type Vault } from "obsidian";

import type { Change } from "../protocol";

/**
 * Hear of files from now on; each listener is handed to `register`, which takes it off again. To be called once the layout is ready:
 * before, Obsidian tells every file of the vault as if it were new.
 *
 * A new folder has nothing in it yet. Of one that was moved or went away, Obsidian may tell what was in it, or not; naming the folder
 * makes the sidecar look.
 */
export function hearFiles(vault: Pick<Vault, "on">, register: (listener: EventRef) => void, tell: (change: Change) => void): void {
	register(vault.on("create", (file) => isFile(file) && tell({ kind: "created", path: file.path })));
	register(vault.on("modify", (file) => isFile(file) && tell({ kind: "modified", path: file.path })));
	register(vault.on("delete", ({ path }) => tell({ kind: "deleted", path })));
	register(vault.on("rename", ({ path: newPath }, path) => tell({ kind: "renamed", path, newPath })));
}

function isFile(file: TAbstractFile): boolean {
	return file instanceof TFile;
}
