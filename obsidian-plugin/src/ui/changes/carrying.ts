/** Carrying out plans and taking changes back, with the question that a change of many notes takes. */

import { type Applied, ERRORS, type JournalledChange, type Plan } from "../../protocol";
import { failedWith } from "../../rpc";
import type { Host } from "../host";
import { number } from "../parts";
import { filesCounted, pathShown, pathsOf } from "./wording";

const NAMED = 5;

/** Do what a plan's preview showed; null where the person does not want it after all. */
export async function carryOut(host: Host, plan: Plan): Promise<Applied | null> {
	if (plan.confirmation === null) return host.call("edits.apply", { planId: plan.planId });
	const files = filesCounted(pathsOf(plan.preview));
	const isWanted = await host.confirm({
		title: `Change ${files}?`,
		body: `That is more than 20, or more than a tenth of your vault. ${named(pathsOf(plan.preview))} It can be undone.`,
		confirm: `Change ${files}`,
		isDangerous: true,
	});
	if (!isWanted) return null;
	return host.call("edits.apply", { planId: plan.planId, confirmation: plan.confirmation });
}

/** Take a change back; `paths`: what it changed, as far as that is known. Null where that is not wanted, for all it concerns. */
export async function takeBack(host: Host, changeId: string, paths: readonly string[]): Promise<Applied | null> {
	let confirmation: string | null = null;
	// Notes may change while a person thinks, and then another number of them is to be confirmed.
	for (;;) {
		try {
			return await host.call("edits.undo", confirmation === null ? { changeId } : { changeId, confirmation });
		} catch (error) {
			const asked = confirmationOf(error);
			if (asked === null) throw error;
			const isWanted = await host.confirm({
				title: `Take back changes to ${number(asked.notes)} notes?`,
				body: `That is more than 20, or more than a tenth of your vault. ${named(paths)} What was changed since stays as it is.`,
				confirm: `Take back ${number(asked.notes)}`,
				isDangerous: true,
			});
			if (!isWanted) return null;
			confirmation = asked.token;
		}
	}
}

/** Take back a change that is listed. */
export function takeBackListed(host: Host, { changeId, notes }: Pick<JournalledChange, "changeId" | "notes">): Promise<Applied | null> {
	return takeBack(host, changeId, notes.map((note) => note.to ?? note.path));
}

function confirmationOf(error: unknown): { notes: number; token: string } | null {
	if (!failedWith(error, ERRORS.ConfirmationNeeded)) return null;
	const { notes, confirmation } = error.data;
	return typeof confirmation === "string" ? { notes: Number(notes), token: confirmation } : null;
}

function named(paths: readonly string[]): string {
	if (paths.length === 0) return "";
	const first = paths.slice(0, NAMED).map((path) => `“${pathShown(path)}”`);
	const more = paths.length - first.length;
	return `Among them: ${first.join(", ")}${more > 0 ? ` and ${number(more)} more` : ""}.`;
}
