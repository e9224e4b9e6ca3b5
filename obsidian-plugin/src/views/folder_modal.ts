/** One of the vault's folders, picked by typing some of its name. */

import { type App, FuzzySuggestModal, type TFolder } from "obsidian";

export class FolderModal extends FuzzySuggestModal<TFolder> {
	constructor(
		app: App,
		private readonly except: readonly string[],
		private readonly onPick: (path: string) => void,
	) {
		super(app);
		this.setPlaceholder("Which folder?");
	}

	override getItems(): TFolder[] {
		return this.app.vault.getAllFolders().filter((folder) => !this.except.includes(folder.path));
	}

	override getItemText(folder: TFolder): string {
		return folder.path;
	}

	override onChooseItem(folder: TFolder): void {
		this.onPick(folder.path);
	}
}
