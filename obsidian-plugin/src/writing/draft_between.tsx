/** Shows a draft in an editor, between the very letters or lines where it will stand. */

import { EditorView } from "@codemirror/view";
import { render } from "preact";

import { DraftHere, type DraftSeen } from "../ui/draft/DraftBox";
import { GrowingText } from "../ui/draft/growing";
import { DraftWidget, draftIn, standing } from "./draft_field";

/** Where a text will stand: at a place of the editor, as a callout or in its line; or nowhere that can be seen. */
export type Stand = { at: number; isCallout: boolean } | null;

/** What shows it. */
export interface Shown {
	window: Window;
	/** More of it is there. */
	grown: () => void;
	/** Where in the editor's text it stands by now; null where it is shown over the note. */
	place: () => number | null;
	/** It goes with the change that puts this in. */
	await: (text: string) => void;
	gone: Promise<void>;
	close: () => void;
}

/** What a person does who looks elsewhere, and is not to be led back. */
const TURNS_AWAY = ["wheel", "touchmove", "mousedown", "keydown"];
const BELOW_PX = 8;

export function draftBetween(view: EditorView, seen: DraftSeen, onCancel: () => void, { at, isCallout }: NonNullable<Stand>): Shown {
	const element = createEl(isCallout ? "div" : "span", { cls: "vl-draft-here", attr: { "aria-label": seen.title, role: "group" } });
	render(<DraftHere draft={seen} onCancel={onCancel} isCallout={isCallout} />, element);
	const text = new GrowingText(element.querySelector<HTMLElement>(".vl-draft-text") ?? element);
	let height_px = 0;
	const widget = new DraftWidget(element, isCallout);
	const gone = new Promise<void>((resolve) => (widget.onGone = resolve));
	view.dispatch({ effects: [standing.of({ widget, at }), EditorView.scrollIntoView(at, { y: "nearest", yMargin: 80 })] });
	const following = follow(view, element);
	return {
		window: view.dom.win,
		grown: () => {
			text.show(seen.text.get());
			following.now();
			const now_px = element.getBoundingClientRect().height;
			// The editor does not see by itself that something in it has grown.
			if (now_px !== height_px) view.requestMeasure();
			height_px = now_px;
		},
		place: () => {
			const now = draftIn(view.state);
			return now?.widget === widget ? now.at : null;
		},
		await: (text) => (widget.awaited = text.replaceAll("\r\n", "\n")),
		gone,
		close: () => {
			following.end();
			if (draftIn(view.state)?.widget === widget) view.dispatch({ effects: standing.of(null) });
			render(null, element);
		},
	};
}

/** Keeps the end of a text in sight as it grows, until the person turns to anything else in the editor. */
function follow({ scrollDOM }: EditorView, element: HTMLElement): { now: () => void; end: () => void } {
	const turned = new AbortController();
	for (const type of TURNS_AWAY) {
		scrollDOM.addEventListener(type, () => turned.abort(), { signal: turned.signal, capture: true, passive: true });
	}
	return {
		now: () => {
			if (turned.signal.aborted || !element.isConnected) return;
			const ends = [element, ...element.children].map((each) => each.getBoundingClientRect().bottom);
			const below = Math.max(...ends) + BELOW_PX - scrollDOM.getBoundingClientRect().bottom;
			if (below > 0) scrollDOM.scrollTop += below;
		},
		end: () => turned.abort(),
	};
}
