/** Places in the file of a note that is open, and text put in at one while somebody may be writing all around it. */

import type { App, MarkdownView } from "obsidian";

import { wait, windowClock } from "../clock";
import { type Applied, ERRORS } from "../protocol";
import { failedWith } from "../rpc";
import type { Host } from "../ui/host";
import { decoded, digestOf, isSameText } from "../vault/rewriting";
import type { Draft } from "./draft";
import { placeInFile } from "./placing";

export interface Desk {
	app: App;
	host: Host;
}

/** A place in UTF-16 units of a note's file, and the version of the file that it counts in. */
export interface Place {
	at: number;
	digest: string;
}

/** `[start, end)` in UTF-16 units of a note's file. */
export type Range = [start: number, end: number];

const TRIES = 10;
/** People pause when they write, but for this long only now and then. */
const BETWEEN_TRIES_MS = 300;

/** Where the cursor of an editor stands in its text. */
export function cursorIn({ editor }: Pick<MarkdownView, "editor">): number {
	return editor.posToOffset(editor.getCursor("to"));
}

/** What is selected in an editor, as the note's file has it; null when nothing is. */
export async function selected(desk: Pick<Desk, "app">, view: MarkdownView): Promise<Range | null> {
	const { editor } = view;
	if (!editor.somethingSelected()) return null;
	const { text } = await savedFile(desk, view);
	return [placeInFile(text, editor.posToOffset(editor.getCursor("from"))), placeInFile(text, cursorIn(view))];
}

/** A place of an editor, by default its cursor's, as the note's file has it with all that was typed. */
export async function placeOf(desk: Pick<Desk, "app">, view: MarkdownView, offset = () => cursorIn(view)): Promise<Place> {
	const { text, digest } = await savedFile(desk, view);
	// Whoever types before it is saved again makes it another version, in which nothing is put.
	return { at: placeInFile(text, offset()), digest };
}

async function savedFile({ app }: Pick<Desk, "app">, view: MarkdownView): Promise<{ text: string; digest: string }> {
	const read = async () => new Uint8Array(await app.vault.adapter.readBinary(view.file?.path ?? ""));
	let bytes = await read();
	// Obsidian saves with one kind of line end: what is saved already is left with its own.
	if (!isSameText(view.getViewData(), decoded(bytes))) {
		await view.save();
		bytes = await read();
	}
	return { text: decoded(bytes).replace(/^\uFEFF/, ""), digest: digestOf(bytes) };
}

/** Put a text in where its draft stands by now, or, where it is shown in no editor, where it was to stand from the beginning. */
export function putIn(desk: Desk, view: MarkdownView, draft: Draft, begun: Place, text: string, reason: string): Promise<Applied> {
	return patiently(draft, async () => {
		const place = draft.place();
		const { at, digest } = place === null ? begun : await placeOf(desk, view, () => draft.place() ?? place);
		return await desk.host.call("text.insert", { path: view.file?.path ?? "", range: [at, at], text, reason, digest });
	});
}

type Patient = Pick<Draft, "signal"> & { stage: Pick<Draft["stage"], "set"> };

/** Try until nobody writes in the note for a moment, for as long as the person wants the draft. */
export async function patiently(draft: Patient, put: () => Promise<Applied>): Promise<Applied> {
	for (let tries = 1; ; tries += 1) {
		draft.signal.throwIfAborted();
		const applied = await put().catch((error: unknown) => {
			if (tries === TRIES || !isChanged(error)) throw error;
			return null;
		});
		const isBusy = applied === null || applied.conflicts.some(({ reason }) => reason === "changed" || reason === "refused");
		if (applied !== null && (!isBusy || tries === TRIES)) return applied;
		draft.stage.set("It goes in when you pause.");
		await wait(windowClock, BETWEEN_TRIES_MS);
	}
}

function isChanged(error: unknown): boolean {
	return failedWith(error, ERRORS.NoteChanged);
}
