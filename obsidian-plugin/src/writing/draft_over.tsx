/** Shows a draft in the view of the note that it is for, and listens for Escape meanwhile, wherever the focus is. */

import { signal } from "@preact/signals";
import { type App, type MarkdownView, Scope } from "obsidian";
import { render } from "preact";

import { DraftBox } from "../ui/draft/DraftBox";
import { framed, framesOf } from "./frames";

export interface DraftOver {
	/** Aborted by Escape, by the button, and when the view closes. */
	readonly signal: AbortSignal;
	add: (piece: string) => void;
	stage: (words: string) => void;
	close: () => void;
}

const HOLDER = "librarian-draft-holder";

/** Whether something is being written for the note of a view. */
export function isDrafting(view: MarkdownView): boolean {
	return view.contentEl.querySelector(`.${HOLDER}`) !== null;
}

/** `atTop`: above the note, where it will go; else below it. */
export function draftOver(app: App, view: MarkdownView, title: string, atTop: boolean): DraftOver {
	const givenUp = new AbortController();
	const [text, stage] = [signal(""), signal("Writing…")];
	const cancel = () => givenUp.abort(new DOMException("The person does not want it any more.", "AbortError"));
	const holder = view.contentEl.createDiv(HOLDER);
	if (atTop) view.contentEl.prepend(holder);
	render(<DraftBox draft={{ title, text, stage }} onCancel={cancel} />, holder);
	const scope = new Scope(app.scope);
	scope.register([], "Escape", () => {
		cancel();
		return false;
	});
	app.keymap.pushScope(scope);
	const pieces = framed(framesOf(holder.win), (more) => (text.value += more));
	const close = () => {
		pieces.end();
		app.keymap.popScope(scope);
		render(null, holder);
		holder.remove();
	};
	view.register(cancel);
	return { signal: givenUp.signal, add: pieces.add, stage: (words) => (stage.value = words), close };
}
