/** A window to pick one of the vault's folders in. */

import { type App, FuzzySuggestModal, type TFolder } from "obsidian";

export class FolderPicker extends FuzzySuggestModal<TFolder> {
	constructor(
		app: App,
		private readonly except: readonly string[],
		private readonly onPick: (path: string) => void,
	) {
		super(app);
		this.setPlaceholder("Which folder?");
	}

	override getItems(): TFolder[] {
		return this.app.vault.getAllFolders(false).filter(({ path }) => path !== "/" && !this.except.includes(path));
	}

	override getItemText(folder: TFolder): string {
		return folder.path;
	}

	override onChooseItem(folder: TFolder): void {
		this.onPick(folder.path);
	}
}
