/**
 * What an editor knows of a text that is being written for it: where it will stand, and the element that shows it there meanwhile.
 *
 * Nothing of it is in the editor's text. The one change that puts it in takes the element away, so no frame is drawn that has neither or both.
 */

import { isolateHistory } from "@codemirror/commands";
import { EditorState, type Extension, StateEffect, StateField, type Transaction } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

/** A draft in an editor. Its element is shown as it is, and never made anew, also when it was scrolled out of sight. */
export class DraftWidget extends WidgetType {
	/** What will stand in the note, once that is known. */
	awaited: string | null = null;
	/** Told when it is shown no more. */
	onGone: () => void = () => undefined;

	/** `isBlock`: between lines, and above whatever is written where it stands; else within a line, behind it. */
	constructor(
		readonly element: HTMLElement,
		readonly isBlock: boolean,
	) {
		super();
	}

	override toDOM(): HTMLElement {
		return this.element;
	}

	override get lineBreaks(): number {
		return this.isBlock ? 0 : (this.element.textContent.match(/\n/g) ?? []).length;
	}

	get side(): -1 | 1 {
		return this.isBlock ? -1 : 1;
	}
}

export interface Standing {
	readonly widget: DraftWidget;
	/** In the editor's text, wherever what is written around it moves it to. */
	readonly at: number;
}

/** Shows a draft, or, with null, none. */
export const standing = StateEffect.define<Standing | null>();

const field = StateField.define<Standing | null>({
	create: () => null,
	update: (now, { changes, effects }) => {
		for (const effect of effects) if (effect.is(standing)) return effect.value;
		return now && { ...now, at: changes.mapPos(now.at, now.widget.side) };
	},
	provide: (it) =>
		EditorView.decorations.compute([it], (state) => {
			const now = state.field(it);
			if (now === null) return Decoration.none;
			const { widget, at } = now;
			const { isBlock: block, side } = widget;
			return Decoration.set(Decoration.widget({ widget, side, block }).range(block ? state.doc.lineAt(at).from : at));
		}),
});

/** The draft in an editor; null where there is none, and where the editor shows another note by now. */
export function draftIn(state: EditorState): Standing | null {
	return state.field(field, false) ?? null;
}

/** The draft goes with the change that puts its text in, which is one step to undo; a cursor that waited for it goes on behind it. */
const landing = EditorState.transactionFilter.of((transaction) => {
	const draft = transaction.docChanged ? draftIn(transaction.startState) : null;
	const end = draft && endOf(transaction, draft.widget.awaited);
	if (draft === null || end === null) return transaction;
	const { main } = transaction.startState.selection;
	const waits = main.empty && main.head === draft.at && !draft.widget.isBlock;
	return [
		transaction,
		{
			effects: standing.of(null),
			annotations: isolateHistory.of("full"),
			...(waits && { selection: { anchor: end } }),
			sequential: true,
		},
	];
});

/** Where a text ends that a transaction puts in; null where it puts in another. */
function endOf({ changes, newDoc }: Transaction, text: string | null): number | null {
	if (text === null) return null;
	let end: number | null = null;
	changes.iterChangedRanges((_fromBefore, _toBefore, from, to) => {
		if (to - from < text.length) return;
		// Whoever compares two versions may take for the text what is as long and begins a little later.
		const start = Math.max(0, from - text.length);
		const found = newDoc.sliceString(start, to + text.length).indexOf(text);
		if (found >= 0) end = start + found + text.length;
	});
	return end;
}

const telling = EditorView.updateListener.of(({ startState, state }) => {
	const before = draftIn(startState);
	if (before && draftIn(state)?.widget !== before.widget) before.widget.onGone();
});

/** To be registered for all editors. */
export const drafts: Extension = [field, landing, telling];
