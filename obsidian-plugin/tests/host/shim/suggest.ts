/** Modals in which one looks for something: a box, and what fits below it. */

import type * as obs from "obsidian";

import { Modal } from "./modal";

export abstract class SuggestModal<T> extends Modal {
	limit = 100;
	emptyStateText = "No results found.";
	inputEl: HTMLInputElement;
	resultContainerEl: HTMLElement;
	#items: T[] = [];
	#chosen = 0;

	constructor(app: obs.App) {
		super(app);
		this.modalEl.addClass("prompt");
		this.inputEl = createEl("input", { cls: "prompt-input", type: "text", attr: { "data-initial-focus": "" } });
		this.resultContainerEl = createDiv("prompt-results");
		this.modalEl.replaceChildren(this.inputEl, this.resultContainerEl);
		this.inputEl.addEventListener("input", () => void this.#ask());
		this.scope.register([], "ArrowDown", () => this.#move(1));
		this.scope.register([], "ArrowUp", () => this.#move(-1));
		this.scope.register([], "Enter", (event) => {
			this.selectActiveSuggestion(event);
			return false;
		});
	}

	abstract getSuggestions(query: string): T[] | Promise<T[]>;
	abstract renderSuggestion(value: T, element: HTMLElement): void;
	abstract onChooseSuggestion(item: T, event: MouseEvent | KeyboardEvent): void;

	override open(): void {
		super.open();
		this.inputEl.focus();
		void this.#ask();
	}

	setPlaceholder(placeholder: string): void {
		this.inputEl.placeholder = placeholder;
	}

	setInstructions(instructions: obs.Instruction[]): void {
		const element = this.modalEl.createDiv("prompt-instructions");
		for (const { command, purpose } of instructions) element.createDiv({ cls: "prompt-instruction", text: `${command} ${purpose}` });
	}

	onNoSuggestion(): void {
		this.resultContainerEl.replaceChildren(createDiv({ cls: "suggestion-empty", text: this.emptyStateText }));
	}

	selectSuggestion(value: T, event: MouseEvent | KeyboardEvent): void {
		this.close();
		this.onChooseSuggestion(value, event);
	}

	selectActiveSuggestion(event: MouseEvent | KeyboardEvent): void {
		const item = this.#items[this.#chosen];
		if (item !== undefined) this.selectSuggestion(item, event);
	}

	async #ask(): Promise<void> {
		const query = this.inputEl.value;
		const items = await this.getSuggestions(query);
		if (query !== this.inputEl.value) return;
		this.#items = items.slice(0, this.limit);
		this.#chosen = 0;
		this.#draw();
	}

	#draw(): void {
		if (this.#items.length === 0) return this.onNoSuggestion();
		const rows = this.#items.map((item, index) => {
			const row = createDiv("suggestion-item");
			row.toggleClass("is-selected", index === this.#chosen);
			this.renderSuggestion(item, row);
			row.addEventListener("click", (event) => this.selectSuggestion(item, event));
			return row;
		});
		this.resultContainerEl.replaceChildren(...rows);
	}

	#move(by: number): false {
		this.#chosen = (this.#chosen + by + this.#items.length) % Math.max(1, this.#items.length);
		this.#draw();
		return false;
	}
}

export abstract class FuzzySuggestModal<T> extends SuggestModal<obs.FuzzyMatch<T>> {
	abstract getItems(): T[];
	abstract getItemText(item: T): string;
	abstract onChooseItem(item: T, event: MouseEvent | KeyboardEvent): void;

	/** All letters in their order, wherever they stand. */
	getSuggestions(query: string): obs.FuzzyMatch<T>[] {
		const found = this.getItems().map((item) => ({ item, matches: fuzzily(query, this.getItemText(item)) }));
		return found.flatMap(({ item, matches }) => (matches ? [{ item, match: { score: 0, matches } }] : []));
	}

	renderSuggestion({ item }: obs.FuzzyMatch<T>, element: HTMLElement): void {
		element.setText(this.getItemText(item));
	}

	onChooseSuggestion({ item }: obs.FuzzyMatch<T>, event: MouseEvent | KeyboardEvent): void {
		this.onChooseItem(item, event);
	}
}

function fuzzily(query: string, text: string): obs.SearchMatches | null {
	const matches: obs.SearchMatches = [];
	let at = 0;
	for (const char of query.toLowerCase().replace(/\s/g, "")) {
		at = text.toLowerCase().indexOf(char, at);
		if (at < 0) return null;
		matches.push([at, ++at]);
	}
	return matches;
}
