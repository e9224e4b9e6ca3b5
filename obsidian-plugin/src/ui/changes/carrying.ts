/** Carrying out plans and taking changes back, with the question that a change of many notes takes. */

import { type Applied, ERRORS, type JournalledChange, type Plan } from "../../protocol";
import { failedWith } from "../../rpc";
import type { Host } from "../host";
import { number } from "../parts";
import { filesCounted, pathShown, pathsOf } from "./wording";

const NAMED = 5;

/** Do what a plan's preview showed; null where the person does not want it after all. */
export async function carryOut(host: Host, { planId, confirmation, preview }: Plan): Promise<Applied | null> {
	const paths = pathsOf(preview);
	if (confirmation !== null && !(await isWanted(host, `Change ${filesCounted(paths)}`, paths, "It can be undone."))) return null;
	return host.call("edits.apply", confirmation === null ? { planId } : { planId, confirmation });
}

/** Take a change back; `paths`: what it changed, as far as that is known. Null where that is not wanted, for all it concerns. */
export async function takeBack(host: Host, changeId: string, paths: readonly string[], given = {}): Promise<Applied | null> {
	try {
		return await host.call("edits.undo", { changeId, ...given });
	} catch (error) {
		if (!failedWith(error, ERRORS.ConfirmationNeeded)) throw error;
		// Notes may change while a person thinks, and then another number of them is to be confirmed.
		const { notes, confirmation } = error.data;
		const act = `Take back changes to ${number(Number(notes))} notes`;
		if (!(await isWanted(host, act, paths, "What was changed since stays as it is."))) return null;
		return takeBack(host, changeId, paths, { confirmation });
	}
}

/** Ask before many notes are changed. */
function isWanted(host: Host, act: string, paths: readonly string[], end: string): Promise<boolean> {
	const body = `That is more than 20, or more than a tenth of your vault. ${named(paths)} ${end}`;
	return host.confirm({ title: `${act}?`, body, confirm: act, isDangerous: true });
}

/** Take back a change that is listed. */
export function takeBackListed(host: Host, { changeId, notes }: Pick<JournalledChange, "changeId" | "notes">): Promise<Applied | null> {
	return takeBack(host, changeId, notes.map((note) => note.to ?? note.path));
}

function named(paths: readonly string[]): string {
	if (paths.length === 0) return "";
	const first = paths.slice(0, NAMED).map((path) => `“${pathShown(path)}”`);
	const more = paths.length - first.length;
	return `Among them: ${first.join(", ")}${more > 0 ? ` and ${number(more)} more` : ""}.`;
}
