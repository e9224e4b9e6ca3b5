/** A window to pick one of the vault's folders or notes in, by some of the words of its path. */

import { type App, SuggestModal } from "obsidian";

export interface Offer {
	/** In the order in which they are offered. */
	paths: readonly string[];
	/** What is asked: “Which folder?”. */
	asked: string;
	/** What is said where none is like what was typed. */
	none: string;
}

export class PathPicker extends SuggestModal<string> {
	/** Put in small letters once: there may be thousands, and they are looked through at every key. */
	private readonly offered: { path: string; lower: string }[];

	constructor(
		app: App,
		{ paths, asked, none }: Offer,
		private readonly onPick: (path: string) => void,
	) {
		super(app);
		this.offered = paths.map((path) => ({ path, lower: path.toLowerCase() }));
		this.emptyStateText = none;
		this.setPlaceholder(asked);
	}

	override getSuggestions(query: string): string[] {
		const words = query.toLowerCase().split(/\s+/);
		return this.offered.filter(({ lower }) => words.every((word) => lower.includes(word))).map(({ path }) => path);
	}

	override renderSuggestion(path: string, element: HTMLElement): void {
		element.setText(path);
	}

	override onChooseSuggestion(path: string): void {
		this.onPick(path);
	}
}

/** The vault's folders in order, but for some, with `first` before all others. */
export function folders(app: App, except: readonly string[], first = ""): Offer {
	const [left, order] = [new Set(except), new Intl.Collator()];
	const paths = app.vault
		.getAllFolders(false)
		.map(({ path }) => path)
		.filter((path) => path !== "/" && !left.has(path))
		.sort((one, other) => Number(other === first) - Number(one === first) || order.compare(one, other));
	return { paths, asked: "Which folder?", none: "No such folder." };
}
