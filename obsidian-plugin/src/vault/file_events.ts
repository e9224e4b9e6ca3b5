/** What Obsidian tells of the vault's files, as changes for the sidecar. */

import { type EventRef, type TAbstractFile, TFile, type Vault } from "obsidian";

import type { Changes } from "./changes";

/**
 * Hear of files from now on; each listener is handed to `register`, which takes it off again. To be called once the layout is ready:
 * before, Obsidian tells every file of the vault as if it were new.
 *
 * A new folder has nothing in it yet. Of one that was moved or went away, Obsidian may tell what was in it, or not; naming the folder
 * makes the sidecar look.
 */
export function hearFiles(vault: Pick<Vault, "on">, register: (listener: EventRef) => void, changes: Changes): void {
	register(vault.on("create", (file) => isFile(file) && changes.add({ kind: "created", path: file.path })));
	register(vault.on("modify", (file) => isFile(file) && changes.add({ kind: "modified", path: file.path })));
	register(vault.on("delete", (file) => changes.add({ kind: "deleted", path: file.path })));
	register(vault.on("rename", (file, from) => changes.add({ kind: "renamed", path: from, newPath: file.path })));
}

function isFile(file: TAbstractFile): boolean {
	return file instanceof TFile;
}
