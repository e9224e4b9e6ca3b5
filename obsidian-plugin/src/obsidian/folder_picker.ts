/** A window to pick one of the vault's folders in. */

import { type App, SuggestModal, type TFolder } from "obsidian";

export class FolderPicker extends SuggestModal<TFolder> {
	constructor(
		app: App,
		private readonly except: readonly string[],
		private readonly onPick: (path: string) => void,
	) {
		super(app);
		this.emptyStateText = "No such folder.";
		this.setPlaceholder("Which folder?");
	}

	override getSuggestions(query: string): TFolder[] {
		const words = query.toLowerCase().split(/\s+/);
		return this.app.vault
			.getAllFolders(false)
			.filter(({ path }) => path !== "/" && !this.except.includes(path) && words.every((word) => path.toLowerCase().includes(word)))
			.sort((one, other) => one.path.localeCompare(other.path));
	}

	override renderSuggestion(folder: TFolder, element: HTMLElement): void {
		element.setText(folder.path);
	}

	override onChooseSuggestion(folder: TFolder): void {
		this.onPick(folder.path);
	}
}
