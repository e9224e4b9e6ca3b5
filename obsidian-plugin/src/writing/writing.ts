/** What commands have written into the note that is open: streamed where it will stand, put in as one change, taken back in one step. */

import type { MarkdownView } from "obsidian";

import type { Applied, CostEstimate, Step } from "../protocol";
import { CallFailed, type CallOptions, isCancelled } from "../rpc";
import { tellDone } from "../ui/changes/done";
import { conflictTold } from "../ui/changes/wording";
import type { Host } from "../ui/host";
import { agreed, priceTold } from "../ui/models/price";
import { isForSettings, nameOf, worded } from "../ui/parts";
import { type Draft, draftFor, isDrafting } from "./draft";
import type { Stand } from "./draft_between";
import { type Desk, cursorIn, patiently, placeOf, putIn } from "./inserting";
import { topOf, useTold } from "./placing";

/** Summarise a note, or a part of it, and put the summary where the person chose. */
export async function summarise(desk: Desk, view: MarkdownView, isSelection: boolean): Promise<void> {
	const { host } = desk;
	const { summaryPlace } = host.choices.get();
	const path = view.file?.path;
	if (path === undefined) return;
	const text = isSelection ? view.editor.getSelection() : "";
	const asked = { path, ...(text !== "" && { text }) };
	const begun = await placeOf(desk, view);
	const price: Price = (options) => host.call("summary.estimate", asked, options);
	await drafted(desk, view, { title: "Summary", stand: standOf(view, summaryPlace), price }, async (draft, options) => {
		const answer = await host.call("summary.create", asked, options);
		const how = answer.method === "model" ? useTold(answer.usage ?? null) : "made of the note's own sentences";
		draft.whole(answer.text);
		switch (summaryPlace) {
			case "clipboard":
				await host.copy(answer.text);
				return host.notice(`Summary copied (${how}).`);
			case "cursor": {
				const applied = await putIn(desk, view, draft, begun, answer.text, "insert a summary");
				return await tell(host, draft, applied, `Summary inserted (${how}).`);
			}
			default:
				return await placed(desk, view, draft, summaryPlace, how);
		}
	});
}

function standOf(view: MarkdownView, place: "top" | "cursor" | "note" | "clipboard"): Stand {
	if (place === "top") return { at: topOf(view.editor.getValue()), isCallout: true };
	return place === "cursor" ? { at: cursorIn(view), isCallout: false } : null;
}

/** Put a text where the cursor of a note stands, and tell so with the way back. */
export async function insertAtCursor(desk: Desk, view: MarkdownView, text: string, reason: string, told: string): Promise<void> {
	const { at, digest } = await placeOf(desk, view);
	const applied = await desk.host.call("text.insert", { path: view.file?.path ?? "", range: [at, at], text, reason, digest });
	landed(desk.host, applied, told, text);
}

/** Have a model go on where the cursor stands. */
export async function continueHere(desk: Desk, view: MarkdownView): Promise<void> {
	const { host } = desk;
	const path = view.file?.path;
	if (path === undefined) return;
	const begun = await placeOf(desk, view);
	// Whoever asks at one place again wants something else than before.
	const asked = { path, at: begun.at, fresh: true };
	const price: Price = (options) => host.call("text.estimateContinue", asked, options);
	await drafted(desk, view, { title: "Continuing", stand: { at: cursorIn(view), isCallout: false }, price }, async (draft, options) => {
		const { text, usage } = await host.call("text.continue", asked, options);
		draft.whole(text);
		const applied = await putIn(desk, view, draft, begun, text, "continue the note");
		await tell(host, draft, applied, `Text inserted (${useTold(usage)}).`);
	});
}

type Price = (options: CallOptions) => Promise<CostEstimate>;

/** Show the price, then what is written as it comes, and put it in; whatever becomes of it, the draft goes, and what there was of it is not lost. */
async function drafted(
	{ app, host }: Desk,
	view: MarkdownView,
	{ title, stand, price }: { title: string; stand: Stand; price: Price },
	write: (draft: Draft, options: CallOptions) => Promise<void>,
): Promise<void> {
	if (isDrafting(view)) return host.notice("Something is being written here already. Escape ends it.");
	const draft = draftFor(app, view, title, stand);
	try {
		const estimate = await price({ signal: draft.signal });
		draft.writer.set(priceTold(estimate));
		if (!(await agreed(host, estimate)) || draft.signal.aborted) return;
		await write(draft, { signal: draft.signal, onText: draft.add, onStep: (step) => draft.stage.set(staged(step)) });
	} catch (error) {
		if (!isCancelled(error)) tellFailure(host, error, draft.text.get());
	} finally {
		draft.close();
	}
}

function staged({ phase, done, total }: Step): string {
	return total > 1 ? `${phase}: ${done} of ${total}` : "Writing…";
}

/** Why nothing was put in, and what can be done about it. */
export function tellFailure(host: Pick<Host, "notice" | "copy" | "acts">, error: unknown, shown: string): void {
	const partial = error instanceof CallFailed ? error.data["partial"] : undefined;
	const text = typeof partial === "string" && partial !== "" ? partial : shown;
	if (text !== "") return host.notice(worded(error), { label: "Copy what there is", run: () => void host.copy(text) });
	const mend = { label: "Open settings", run: host.acts.openSettings };
	host.notice(worded(error), isForSettings(error) ? mend : undefined);
}

/** Put a summary at the top of its note, or into a note of its own, which is opened then. */
async function placed(desk: Desk, view: MarkdownView, draft: Draft, where: "top" | "note", how: string): Promise<void> {
	const { host } = desk;
	const text = draft.text.get();
	let made = "";
	const applied = await patiently(draft, async () => {
		await placeOf(desk, view);
		const { planId, confirmation, edits } = await host.call("summary.place", { path: view.file?.path ?? "", text, where });
		const [edit] = edits;
		made = edit?.path ?? "";
		if (edit && "replacements" in edit) draft.await(edit.replacements[0]?.text ?? "");
		// The person asked for this very text: there is nothing left to confirm.
		return await host.call("edits.apply", { planId, ...(confirmation !== null && { confirmation }) });
	});
	await tell(host, draft, applied, where === "top" ? `Summary put at the top (${how}).` : `Summary written to “${nameOf(made)}” (${how}).`);
	if (where === "note" && applied.conflicts.length === 0) await host.openNote(made, "tab");
}

/** What came of putting a text into a note, with the way back; or the text for another place, where it could not be put in. */
async function tell(host: Host, draft: Draft, applied: Applied, words: string): Promise<void> {
	if (applied.conflicts.length === 0) await draft.landed();
	landed(host, applied, words, draft.text.get());
}

function landed(host: Host, applied: Applied, words: string, text: string): void {
	const [against] = applied.conflicts;
	if (against) return host.notice(conflictTold(against), { label: "Copy the text", run: () => void host.copy(text) });
	tellDone(host, applied, words);
}
