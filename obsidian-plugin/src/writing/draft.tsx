/** Shows a draft where its text will stand in the note, or over the note, and listens for Escape meanwhile, wherever the focus is. */

import type { EditorView } from "@codemirror/view";
import { type WritableAtom, atom } from "nanostores";
import { type App, type Editor, type MarkdownView, Scope } from "obsidian";
import { render } from "preact";

import { isOverIn, windowClock } from "../clock";
import { DraftBox, type DraftSeen } from "../ui/draft/DraftBox";
import { type Shown, type Stand, draftBetween } from "./draft_between";
import { framed, framesOf } from "./frames";

export interface Draft extends DraftSeen, Shown {
	/** Aborted by Escape and by the button, and, for another reason, when the note is no more shown. */
	readonly signal: AbortSignal;
	readonly stage: WritableAtom<string>;
	readonly writer: WritableAtom<string>;
	add: (piece: string) => void;
	/** Show all of it. */
	whole: (text: string) => void;
	/** Until its text stands in the note: an editor may hear of a change by the file only. */
	landed: () => Promise<unknown>;
}

const LANDS_WITHIN_MS = 3000;
const shownIn = new WeakSet<MarkdownView>();

/** Whether something is being written for the note of a view. */
export function isDrafting(view: MarkdownView): boolean {
	return shownIn.has(view);
}

export function draftFor(app: App, view: MarkdownView, title: string, stand: Stand): Draft {
	const givenUp = new AbortController();
	const [text, stage, writer] = [atom(""), atom("Writing…"), atom("")];
	const cancel = () => givenUp.abort(new DOMException("The person does not want it any more.", "AbortError"));
	const seen = { title, text, stage, writer };
	const editor = editorOf(view);
	const shown = stand && editor ? draftBetween(editor, seen, cancel, stand) : draftOver(view, seen, cancel);
	const pieces = framed(framesOf(shown.window), (more) => {
		text.set(text.get() + more);
		shown.grown();
	});
	const release = [escaped(app, cancel), whenLeft(app, view, givenUp)];
	shownIn.add(view);
	return {
		...seen,
		...shown,
		signal: givenUp.signal,
		add: pieces.add,
		whole: (all) => {
			pieces.end();
			text.set(all);
			shown.grown();
			shown.await(all);
		},
		landed: () => isOverIn(windowClock, LANDS_WITHIN_MS, shown.gone),
		close: () => {
			pieces.end();
			release.forEach((each) => each());
			shownIn.delete(view);
			shown.close();
		},
	};
}

/** The editor of a note that is written in, and not only read; Obsidian's types do not tell of it, its documentation does. */
function editorOf(view: MarkdownView): EditorView | null {
	return view.getMode() === "source" ? ((view.editor as Editor & { cm?: EditorView }).cm ?? null) : null;
}

function escaped(app: App, cancel: () => void): () => void {
	const scope = new Scope(app.scope);
	scope.register([], "Escape", () => {
		cancel();
		return false;
	});
	app.keymap.pushScope(scope);
	return () => app.keymap.popScope(scope);
}

/** A draft is for the note that its view shows: when that is closed, or shows another, it ends. */
function whenLeft(app: App, view: MarkdownView, givenUp: AbortController): () => void {
	const { file } = view;
	const leave = () => givenUp.abort(new Error("The note was left before the text for it was whole."));
	const reference = app.workspace.on("file-open", () => view.file !== file && leave());
	view.register(leave);
	return () => app.workspace.offref(reference);
}

/** Above the note, for what goes nowhere in it, or into a note that is only read. */
function draftOver(view: MarkdownView, seen: DraftSeen, onCancel: () => void): Shown {
	const holder = view.contentEl.createDiv({ prepend: true });
	render(<DraftBox draft={seen} onCancel={onCancel} />, holder);
	const nothing = () => undefined;
	return {
		window: holder.win,
		grown: nothing,
		place: () => null,
		await: nothing,
		gone: Promise.resolve(),
		close: () => {
			render(null, holder);
			holder.remove();
		},
	};
}
