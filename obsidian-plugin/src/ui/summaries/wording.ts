/** What is said of summaries of many notes. */

import type { Step, SummaryEstimate, SummaryRun } from "../../protocol";
import { costTold } from "../../writing/placing";
import { counted, legible, nameOf, number } from "../parts";

/** The notes of a folder, with a tag, or that a search finds, as a person types them: `Projects`, `#tides`, `?spring tide`, or `/` for all. */
export function subjectOf(typed: string): { folder: string } | { tag: string } | { query: string } | null {
	const text = typed.trim();
	const rest = text.slice(1).trim();
	if (/^[#?]/.test(text)) return rest === "" ? null : text.startsWith("#") ? { tag: rest } : { query: rest };
	return text === "" ? null : { folder: text.replace(/^\/+|\/+$/g, "") };
}

/** Which notes a run is of, as they were typed. */
export function typedOf({ folder, tag, query }: SummaryRun): string {
	return legible(tag !== null ? `#${tag}` : query !== null ? `?${query}` : folder || "/");
}

/** How many notes are not looked at yet. */
export function leftOf({ total, done, leftOut }: SummaryRun): number {
	return Math.max(0, total - done - leftOut);
}

export function runTold(run: SummaryRun): string {
	const told = [`${number(run.done)} of ${counted(run.total, "note")}`];
	if (run.leftOut > 0) told.push(`${number(run.leftOut)} left out`);
	if (run.costUsd !== null) told.push(costTold(run.costUsd));
	return told.join(" · ");
}

/** How many notes are left out, with one of them and its reason; empty where none is. */
export function leftOutTold({ leftOut: [first, ...others] = [], more = 0 }: Pick<SummaryEstimate, "leftOut" | "more">): string {
	return first ? `${number(1 + others.length + more)} left out, such as “${nameOf(first.path)}”: ${first.reason}` : "";
}

/** How far it is. */
export function goingTold({ phase, done, total, costUsd }: Step): string {
	const many = total > 1 ? `: ${number(done)} of ${counted(total, "note")}` : "";
	return `${phase.charAt(0).toUpperCase()}${phase.slice(1)}${many}${costUsd == null ? "" : ` · ${costTold(costUsd)} so far`}`;
}

export function priceTold(estimate: SummaryEstimate): string {
	const { notes, done = 0, provider, model, costUsd, atMostUsd } = estimate;
	const told = [counted(notes, "note")];
	if (done > 0) told.push(`${number(done)} done already`);
	if (costUsd !== null && atMostUsd !== null) {
		const price = Number(atMostUsd) === 0 ? costTold(costUsd) : `about ${costTold(costUsd)}, at most ${costTold(atMostUsd)}`;
		told.push(`${provider ?? ""} ${model ?? ""}`, price);
	}
	return told.join(" · ");
}
