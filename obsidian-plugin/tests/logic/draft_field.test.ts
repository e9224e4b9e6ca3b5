import { history, undo, undoDepth } from "@codemirror/commands";
import { EditorSelection, EditorState, type StateCommand, type TransactionSpec } from "@codemirror/state";
import { expect, test } from "vitest";

import { DraftWidget, draftIn, drafts, standing } from "../../src/writing/draft_field";

const TEXT = "One.\n\nTwo.\n";

/** An editor's state with a draft in it, through a row of transactions. */
class Desk {
	state: EditorState;

	constructor(
		readonly widget: DraftWidget,
		at: number,
		text = TEXT,
	) {
		this.state = EditorState.create({ doc: text, selection: { anchor: at }, extensions: [history(), drafts] });
		this.put({ effects: standing.of({ widget, at }) });
	}

	put(spec: TransactionSpec): void {
		this.state = this.state.update(spec).state;
	}

	run(command: StateCommand): void {
		command({ state: this.state, dispatch: (transaction) => (this.state = transaction.state) });
	}

	get text(): string {
		return this.state.doc.toString();
	}
}

function inLine(): DraftWidget {
	return new DraftWidget(document.createElement("span"), false);
}

test("a draft goes where what is written around it moves it, and behind what is written where it stands", () => {
	const desk = new Desk(inLine(), 4);
	desk.put({ changes: { from: 0, insert: "Zero. " } });
	desk.put({ changes: { from: 10, insert: "!" } });
	desk.put({ changes: { from: desk.text.length, insert: "Three." } });
	expect(draftIn(desk.state)).toEqual({ widget: desk.widget, at: 11 });
	// Not even a text of which all is replaced makes it go.
	desk.put({ changes: { from: 0, to: desk.text.length, insert: "New." } });
	expect(draftIn(desk.state)?.widget).toBe(desk.widget);
	expect(undoDepth(desk.state)).toBeGreaterThan(0);
});

test("a callout stays above what is written where it stands", () => {
	const desk = new Desk(new DraftWidget(document.createElement("div"), true), 6);
	desk.put({ changes: { from: 6, insert: "Before " } });
	expect(draftIn(desk.state)?.at).toBe(6);
});

test("it is neither text nor a step to undo", () => {
	const desk = new Desk(inLine(), 4);
	desk.put({ effects: standing.of(null) });
	expect([desk.text, undoDepth(desk.state), draftIn(desk.state)]).toEqual([TEXT, 0, null]);
});

test.each([
	["the very change", { from: 4, insert: " It nests." }],
	["one that begins later, as a comparison finds it", { from: 5, insert: "It nests. " }],
])("it goes with the change that puts its text in: %s", (_, changes) => {
	const desk = new Desk(inLine(), 4, "One. \n");
	desk.put({ changes: { from: 4, insert: "typed" }, userEvent: "input.type" });
	desk.put({ changes: { from: 4, to: 9 }, userEvent: "delete" });
	const before = undoDepth(desk.state);
	desk.put({ changes });
	expect(draftIn(desk.state)).not.toBeNull();
	desk.run(undo);
	desk.widget.awaited = " It nests.";
	desk.put({ changes });
	expect([draftIn(desk.state), desk.text]).toEqual([null, "One. It nests. \n"]);
	expect(undoDepth(desk.state)).toBe(before + 1);
	desk.run(undo);
	expect([draftIn(desk.state), desk.text]).toEqual([null, "One. \n"]);
});

test("what is typed right before and behind is another step to undo", () => {
	const desk = new Desk(inLine(), 4);
	desk.widget.awaited = " It nests.";
	desk.put({ changes: { from: 4, insert: "!" } });
	desk.put({ changes: { from: 5, insert: " It nests." } });
	desk.put({ changes: { from: 15, insert: "!" } });
	for (const text of ["One.! It nests.\n\nTwo.\n", "One.!\n\nTwo.\n", TEXT]) {
		desk.run(undo);
		expect(desk.text).toBe(text);
	}
});

test("a cursor that waited for it goes on behind it, and one that is elsewhere stays", () => {
	for (const [head, after] of [[4, 14], [1, 1], [8, 18]] as const) {
		const desk = new Desk(inLine(), 4);
		desk.widget.awaited = " It nests.";
		desk.put({ selection: EditorSelection.cursor(head) });
		desk.put({ changes: { from: 4, insert: " It nests." } });
		expect(desk.state.selection.main.head).toBe(after);
	}
});

test("another text that is put in, longer or shorter, leaves it", () => {
	const desk = new Desk(inLine(), 4);
	desk.widget.awaited = " It nests.";
	for (const insert of [" It", " Something else that is longer."]) desk.put({ changes: { from: 4, insert } });
	expect(draftIn(desk.state)).not.toBeNull();
});
