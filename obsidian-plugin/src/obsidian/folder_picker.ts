/** A window to pick one of the vault's folders in. */

import { type App, SuggestModal, type TFolder } from "obsidian";

export class FolderPicker extends SuggestModal<TFolder> {
	/** Put in order once: there may be thousands, and they are looked through at every key. */
	private readonly folders: { folder: TFolder; lower: string }[];

	constructor(
		app: App,
		except: readonly string[],
		private readonly onPick: (path: string) => void,
	) {
		super(app);
		const [left, order] = [new Set(except), new Intl.Collator()];
		this.folders = app.vault
			.getAllFolders(false)
			.filter(({ path }) => path !== "/" && !left.has(path))
			.sort((one, other) => order.compare(one.path, other.path))
			.map((folder) => ({ folder, lower: folder.path.toLowerCase() }));
		this.emptyStateText = "No such folder.";
		this.setPlaceholder("Which folder?");
	}

	override getSuggestions(query: string): TFolder[] {
		const words = query.toLowerCase().split(/\s+/);
		return this.folders.filter(({ lower }) => words.every((word) => lower.includes(word))).map(({ folder }) => folder);
	}

	override renderSuggestion(folder: TFolder, element: HTMLElement): void {
		element.setText(folder.path);
	}

	override onChooseSuggestion(folder: TFolder): void {
		this.onPick(folder.path);
	}
}
