/** Obsidian's editor: CodeMirror behind the interface that plugins use, and with what they register for it. */

import { defaultKeymap, history, historyKeymap, redo, undo } from "@codemirror/commands";
import { Compartment, EditorSelection, EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import type * as obs from "obsidian";

import { Strict } from "./strict";

const registered: Extension[] = [];
const ofPlugins = new Compartment();
const open = new Set<EditorView>();

/** Let every editor have an extension, those that are open already, too; returns how it is taken back. */
export function extendEditors(extension: Extension): () => void {
	const update = () => open.forEach((view) => view.dispatch({ effects: ofPlugins.reconfigure([...registered]) }));
	registered.push(extension);
	update();
	return () => {
		registered.remove(extension);
		update();
	};
}

export interface Editing {
	view: EditorView;
	/** Begin anew with another text, and nothing to be undone. */
	show: (text: string) => void;
	close: () => void;
}

/** An editor within an element; `changed` is told of every change of its text. */
export function editing(parent: HTMLElement, changed: () => void): Editing {
	const extensions = [
		history(),
		keymap.of([...defaultKeymap, ...historyKeymap]),
		EditorView.lineWrapping,
		EditorView.contentAttributes.of({ "aria-label": "Note" }),
		EditorView.updateListener.of((update) => {
			if (update.docChanged) changed();
		}),
	];
	const state = (doc: string) => EditorState.create({ doc, extensions: [...extensions, ofPlugins.of([...registered])] });
	const view = new EditorView({ parent, state: state("") });
	open.add(view);
	return {
		view,
		show: (text) => view.setState(state(text)),
		close: () => {
			open.delete(view);
			view.destroy();
		},
	};
}

export class Editor extends Strict {
	/** As Obsidian's documentation names it; its types do not tell of it. */
	readonly cm: EditorView;

	constructor(cm: EditorView) {
		super();
		this.cm = cm;
	}

	getValue(): string {
		return this.cm.state.doc.toString();
	}

	setValue(text: string): void {
		this.cm.dispatch({ changes: { from: 0, to: this.cm.state.doc.length, insert: text } });
	}

	getLine(line: number): string {
		return this.cm.state.doc.line(line + 1).text;
	}

	lineCount(): number {
		return this.cm.state.doc.lines;
	}

	lastLine(): number {
		return this.lineCount() - 1;
	}

	getSelection(): string {
		const { from, to } = this.#selected;
		return this.cm.state.sliceDoc(from, to);
	}

	somethingSelected(): boolean {
		return !this.#selected.empty;
	}

	getRange(from: obs.EditorPosition, to: obs.EditorPosition): string {
		return this.cm.state.sliceDoc(this.posToOffset(from), this.posToOffset(to));
	}

	replaceSelection(text: string): void {
		this.cm.dispatch(this.cm.state.replaceSelection(text));
	}

	replaceRange(text: string, from: obs.EditorPosition, to: obs.EditorPosition = from): void {
		this.transaction({ changes: [{ from, to, text }] });
	}

	/** All changes are of the text as it was before, and leave the cursor where it stood among what stays. */
	transaction({ changes = [], selection, selections, replaceSelection }: obs.EditorTransaction): void {
		this.cm.dispatch({
			changes: changes.map(({ from, to, text }) => ({ from: this.posToOffset(from), to: this.posToOffset(to ?? from), insert: text })),
		});
		if (replaceSelection !== undefined) this.replaceSelection(replaceSelection);
		const wanted = selection ?? selections?.[0];
		if (wanted) this.setSelection(wanted.from, wanted.to);
	}

	getCursor(side: "from" | "to" | "head" | "anchor" = "head"): obs.EditorPosition {
		return this.offsetToPos(this.#selected[side]);
	}

	setCursor(position: obs.EditorPosition | number, ch = 0): void {
		this.setSelection(typeof position === "number" ? { line: position, ch } : position);
	}

	setSelection(anchor: obs.EditorPosition, head: obs.EditorPosition = anchor): void {
		this.cm.dispatch({ selection: EditorSelection.single(this.posToOffset(anchor), this.posToOffset(head)) });
	}

	listSelections(): obs.EditorSelection[] {
		return [{ anchor: this.getCursor("anchor"), head: this.getCursor("head") }];
	}

	focus(): void {
		this.cm.focus();
	}

	blur(): void {
		this.cm.contentDOM.blur();
	}

	hasFocus(): boolean {
		return this.cm.hasFocus;
	}

	refresh(): void {
		this.cm.requestMeasure();
	}

	getScrollInfo(): { top: number; left: number } {
		return { top: this.cm.scrollDOM.scrollTop, left: this.cm.scrollDOM.scrollLeft };
	}

	scrollTo(x?: number | null, y?: number | null): void {
		this.cm.scrollDOM.scrollTo(x ?? this.cm.scrollDOM.scrollLeft, y ?? this.cm.scrollDOM.scrollTop);
	}

	scrollIntoView({ from }: obs.EditorRange, isCentred = false): void {
		this.cm.dispatch({ effects: EditorView.scrollIntoView(this.posToOffset(from), { y: isCentred ? "center" : "nearest" }) });
	}

	undo(): void {
		undo(this.cm);
	}

	redo(): void {
		redo(this.cm);
	}

	posToOffset({ line, ch }: obs.EditorPosition): number {
		const { doc } = this.cm.state;
		if (line >= doc.lines) return doc.length;
		const { from, to } = doc.line(line + 1);
		return Math.min(to, from + ch);
	}

	offsetToPos(offset: number): obs.EditorPosition {
		const { doc } = this.cm.state;
		const line = doc.lineAt(Math.min(offset, doc.length));
		return { line: line.number - 1, ch: offset - line.from };
	}

	get #selected() {
		return this.cm.state.selection.main;
	}
}
