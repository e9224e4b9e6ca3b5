/** What commands have written into the note that is open: streamed over it, put in as one change, taken back in one step. */

import type { App, MarkdownView } from "obsidian";

import type { Applied, Plan, Step } from "../protocol";
import { CallFailed, type CallOptions, isCancelled } from "../rpc";
import type { Host } from "../ui/host";
import { nameOf, worded } from "../ui/parts";
import { tellDone } from "../ui/changes/done";
import { conflictTold } from "../ui/changes/wording";
import { draftOver, isDrafting } from "./draft_over";
import { placeInFile, useTold } from "./placing";

export interface Desk {
	app: App;
	host: Host;
}

/** `[start, end)` in UTF-16 units of a note's file. */
export type Range = [start: number, end: number];

/** Summarise a note, or a part of it, and put the summary where the person chose. */
export async function summarise(desk: Desk, view: MarkdownView, isSelection: boolean): Promise<void> {
	const { host } = desk;
	const { summaryPlace } = host.choices.peek();
	const path = view.file?.path;
	if (path === undefined) return;
	await view.save();
	const text = isSelection ? view.editor.getSelection() : "";
	const answer = await written(desk, view, { title: "Summary", atTop: summaryPlace === "top" }, (options) =>
		host.call("summary.create", { path, ...(text !== "" && { text }) }, options),
	);
	if (answer === null) return;
	const how = answer.method === "model" ? useTold(answer.usage ?? null) : "made of the note's own sentences";
	await guarded(host, async () => {
		switch (summaryPlace) {
			case "clipboard":
				await host.copy(answer.text);
				return host.notice(`Summary copied (${how}).`);
			case "cursor": {
				const at = await cursor(desk, view);
				const put = { path, range: [at, at] as Range, text: answer.text, reason: "insert a summary" };
				return tell(host, await host.call("text.insert", put), `Summary inserted (${how}).`, answer.text);
			}
			default:
				return await placed(host, path, answer.text, summaryPlace, how);
		}
	});
}

/** Have a model go on where the cursor stands. */
export async function continueHere(desk: Desk, view: MarkdownView): Promise<void> {
	const { host } = desk;
	const path = view.file?.path;
	if (path === undefined) return;
	await view.save();
	const at = await cursor(desk, view);
	const place = view.editor.posToOffset(view.editor.getCursor("to"));
	const draft = await written(desk, view, { title: "Continuing", atTop: false }, (options) =>
		// Whoever asks at one place again wants something else than before.
		host.call("text.continue", { path, at, fresh: true }, options),
	);
	if (!draft?.plan) return;
	const { plan, text, usage } = draft;
	await guarded(host, async () => {
		const applied = await carriedOut(host, plan);
		tell(host, applied, `Text inserted (${useTold(usage)}).`, text);
		if (applied.conflicts.length > 0) return;
		// Whoever goes on writing does so behind it.
		view.editor.setCursor(view.editor.offsetToPos(place + text.replaceAll("\r\n", "\n").length));
	});
}

/** What is selected in an editor, as the note's file has it; null when nothing is. */
export async function selected({ app }: Pick<Desk, "app">, view: MarkdownView): Promise<Range | null> {
	const { editor } = view;
	if (!editor.somethingSelected()) return null;
	const file = await fileText(app, view);
	const [start, end] = [editor.getCursor("from"), editor.getCursor("to")].map((each) => placeInFile(file, editor.posToOffset(each)));
	return [start ?? 0, end ?? 0];
}

/** Where the cursor of an editor stands in the note's file. */
export async function cursor({ app }: Pick<Desk, "app">, view: MarkdownView): Promise<number> {
	const { editor } = view;
	return placeInFile(await fileText(app, view), editor.posToOffset(editor.getCursor("to")));
}

async function fileText(app: App, { file }: Pick<MarkdownView, "file">): Promise<string> {
	return file === null ? "" : (await app.vault.adapter.read(file.path)).replace(/^\uFEFF/, "");
}

/** Show what is written as it comes; null where the person did not want it any more, or it failed, which was told then. */
async function written<T>(
	{ app, host }: Desk,
	view: MarkdownView,
	{ title, atTop }: { title: string; atTop: boolean },
	ask: (options: CallOptions) => Promise<T>,
): Promise<T | null> {
	if (isDrafting(view)) {
		host.notice("Something is being written here already. Escape ends it.");
		return null;
	}
	const draft = draftOver(app, view, title, atTop);
	try {
		return await ask({ signal: draft.signal, onText: draft.add, onStep: (step) => draft.stage(staged(step)) });
	} catch (error) {
		if (!isCancelled(error)) tellFailure(host, error);
		return null;
	} finally {
		draft.close();
	}
}

function staged({ phase, done, total }: Step): string {
	return total > 1 ? `${phase}: ${done} of ${total}` : "Writing…";
}

/** Why nothing was written, and what can be done about it. */
function tellFailure(host: Host, error: unknown): void {
	if (!(error instanceof CallFailed)) return host.notice(worded(error));
	const { partial } = error.data;
	if (error.kind === "NoProvider" || error.kind === "KeyMissing") {
		return host.notice("No model is chosen that could write this.", { label: "Choose one", run: () => host.acts.openSettings() });
	}
	if (typeof partial === "string" && partial !== "") {
		return host.notice(worded(error), { label: "Copy what there is", run: () => void host.copy(partial) });
	}
	host.notice(worded(error));
}

/** Put a summary at the top of its note, or into a note of its own, which is opened then. */
async function placed(host: Host, path: string, text: string, where: "top" | "note", how: string): Promise<void> {
	const plan = await host.call("summary.place", { path, text, where });
	const applied = await carriedOut(host, plan);
	const made = plan.edits[0]?.path ?? path;
	tell(host, applied, where === "top" ? `Summary put at the top (${how}).` : `Summary written to “${nameOf(made)}” (${how}).`, text);
	if (where === "note" && applied.conflicts.length === 0) await host.openNote(made, "tab");
}

/** Carry out a plan whose very text the person asked for: there is nothing left to confirm. */
function carriedOut(host: Host, { planId, confirmation }: Plan): Promise<Applied> {
	return host.call("edits.apply", { planId, ...(confirmation !== null && { confirmation }) });
}

/** What came of putting a text into a note, with the way back; or the text for another place, where it could not be put in. */
function tell(host: Host, applied: Applied, words: string, text: string): void {
	const [against] = applied.conflicts;
	if (against) {
		host.notice(conflictTold(against), { label: "Copy the text", run: () => void host.copy(text) });
	} else {
		tellDone(host, applied, words);
	}
}

async function guarded(host: Host, act: () => Promise<unknown>): Promise<void> {
	try {
		await act();
	} catch (error) {
		host.notice(worded(error));
	}
}
