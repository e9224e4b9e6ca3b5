/** An editor that is a text area: positions, changes that keep the cursor, and a list of what can be undone. */

import type * as obs from "obsidian";

import { Strict } from "./strict";

interface Version {
	text: string;
	start: number;
	end: number;
}

export class Editor extends Strict {
	readonly #area: HTMLTextAreaElement;
	readonly #changed: () => void;
	readonly #undone: Version[] = [];
	#done: Version[] = [];
	#last: Version;

	constructor(area: HTMLTextAreaElement, changed: () => void) {
		super();
		this.#area = area;
		this.#changed = changed;
		this.#last = this.#version();
		area.addEventListener("input", () => this.#note());
		// A text area's own undoing knows nothing of changes that a script made.
		area.addEventListener("keydown", (event) => {
			if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
			event.preventDefault();
			if (event.shiftKey) this.redo();
			else this.undo();
		});
	}

	getValue(): string {
		return this.#area.value;
	}

	setValue(text: string): void {
		this.#put(text, 0, 0);
	}

	getLine(line: number): string {
		return this.#lines()[line] ?? "";
	}

	lineCount(): number {
		return this.#lines().length;
	}

	lastLine(): number {
		return this.lineCount() - 1;
	}

	getSelection(): string {
		return this.#area.value.slice(this.#area.selectionStart, this.#area.selectionEnd);
	}

	somethingSelected(): boolean {
		return this.#area.selectionStart !== this.#area.selectionEnd;
	}

	getRange(from: obs.EditorPosition, to: obs.EditorPosition): string {
		return this.#area.value.slice(this.posToOffset(from), this.posToOffset(to));
	}

	replaceSelection(text: string): void {
		const { selectionStart: start, selectionEnd: end, value } = this.#area;
		this.#put(value.slice(0, start) + text + value.slice(end), start + text.length, start + text.length);
	}

	replaceRange(text: string, from: obs.EditorPosition, to: obs.EditorPosition = from): void {
		this.transaction({ changes: [{ from, to, text }] });
	}

	/** All changes are of the text as it was before, and leave the cursor where it stood among what stays. */
	transaction(transaction: obs.EditorTransaction): void {
		let { value: text, selectionStart: start, selectionEnd: end } = this.#area;
		const changes = (transaction.changes ?? []).map((change) => {
			const from = this.posToOffset(change.from);
			return { from, to: change.to ? this.posToOffset(change.to) : from, text: change.text };
		});
		for (const change of changes.sort((one, other) => other.from - one.from)) {
			text = text.slice(0, change.from) + change.text + text.slice(change.to);
			start = moved(start, change);
			end = moved(end, change);
		}
		this.#put(text, start, end);
		if (transaction.replaceSelection !== undefined) this.replaceSelection(transaction.replaceSelection);
		const selection = transaction.selection ?? transaction.selections?.[0];
		if (selection) this.setSelection(selection.from, selection.to);
	}

	getCursor(side: "from" | "to" | "head" | "anchor" = "head"): obs.EditorPosition {
		return this.offsetToPos(side === "from" || side === "anchor" ? this.#area.selectionStart : this.#area.selectionEnd);
	}

	setCursor(position: obs.EditorPosition | number, ch = 0): void {
		this.setSelection(typeof position === "number" ? { line: position, ch } : position);
	}

	setSelection(anchor: obs.EditorPosition, head: obs.EditorPosition = anchor): void {
		const [start, end] = [this.posToOffset(anchor), this.posToOffset(head)];
		this.#area.setSelectionRange(Math.min(start, end), Math.max(start, end));
	}

	listSelections(): obs.EditorSelection[] {
		return [{ anchor: this.getCursor("anchor"), head: this.getCursor("head") }];
	}

	focus(): void {
		this.#area.focus();
	}

	blur(): void {
		this.#area.blur();
	}

	hasFocus(): boolean {
		return this.#area.ownerDocument.activeElement === this.#area;
	}

	refresh(): void {}

	getScrollInfo(): { top: number; left: number } {
		return { top: this.#area.scrollTop, left: this.#area.scrollLeft };
	}

	scrollTo(x?: number | null, y?: number | null): void {
		this.#area.scrollTo(x ?? this.#area.scrollLeft, y ?? this.#area.scrollTop);
	}

	scrollIntoView({ from }: obs.EditorRange, isCentred = false): void {
		const height = this.#area.scrollHeight / Math.max(1, this.lineCount());
		this.#area.scrollTop = from.line * height - (isCentred ? this.#area.clientHeight / 2 : 0);
	}

	undo(): void {
		this.#restore(this.#done, this.#undone);
	}

	redo(): void {
		this.#restore(this.#undone, this.#done);
	}

	posToOffset({ line, ch }: obs.EditorPosition): number {
		const lines = this.#lines();
		const before = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
		return Math.min(this.#area.value.length, before + Math.min(ch, lines[line]?.length ?? 0));
	}

	offsetToPos(offset: number): obs.EditorPosition {
		const before = this.#area.value.slice(0, offset).split("\n");
		return { line: before.length - 1, ch: before.at(-1)?.length ?? 0 };
	}

	#lines(): string[] {
		return this.#area.value.split("\n");
	}

	#version(): Version {
		return { text: this.#area.value, start: this.#area.selectionStart, end: this.#area.selectionEnd };
	}

	#put(text: string, start: number, end: number): void {
		this.#area.value = text;
		this.#area.setSelectionRange(start, end);
		this.#note();
	}

	#note(): void {
		if (this.#area.value === this.#last.text) return;
		this.#done.push(this.#last);
		this.#undone.length = 0;
		this.#last = this.#version();
		this.#changed();
	}

	#restore(from: Version[], to: Version[]): void {
		const version = from.pop();
		if (!version) return;
		to.push(this.#version());
		this.#area.value = version.text;
		this.#area.setSelectionRange(version.start, version.end);
		this.#last = version;
		this.#changed();
	}
}

function moved(offset: number, change: { from: number; to: number; text: string }): number {
	if (offset <= change.from) return offset;
	return offset < change.to ? change.from + change.text.length : offset + change.text.length - (change.to - change.from);
}
