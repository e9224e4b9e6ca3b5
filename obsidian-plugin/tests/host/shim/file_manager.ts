/** Obsidian's file manager: files as a person handles them. */

import type * as obs from "obsidian";

import { Strict } from "./strict";

export class FileManager extends Strict {
	readonly #app: obs.App;

	constructor(app: obs.App) {
		super();
		this.#app = app;
	}

	generateMarkdownLink(file: obs.TFile, source: string, subpath = "", alias = ""): string {
		const text = this.#app.metadataCache.fileToLinktext(file, source);
		return `[[${text}${subpath}${alias === "" ? "" : `|${alias}`}]]`;
	}

	/** As for a person whose files go into the vault's own trash. */
	trashFile(file: obs.TAbstractFile): Promise<void> {
		return this.#app.vault.trash(file, false);
	}

	/** Links that lead there are rewritten, too, in Obsidian; here they are not. */
	renameFile(file: obs.TAbstractFile, to: string): Promise<void> {
		return this.#app.vault.rename(file, to);
	}

	getNewFileParent(_source: string): obs.TFolder {
		return this.#app.vault.getRoot();
	}
}
