/** How a search is answered, in words. */

import type { SearchAnswer } from "../../protocol";
import type { State } from "../../state";
import { number } from "../parts";

export type Mode = SearchAnswer["mode"];

export const MODES: Record<Mode, string> = { hybrid: "Words and meaning", keyword: "Words", semantic: "Meaning" };

export const PHRASES: Record<Mode, string> = {
	hybrid: "by words and meaning",
	keyword: "by words only",
	semantic: "by meaning only",
};

interface Meaning {
	/** What a person should know about it; empty when notes are found by meaning, or nobody knows. */
	detail: string;
	/** Whether it is mended in the settings. */
	isMendable: boolean;
}

/** Whether notes can be found by meaning, and if not, why. */
export function meaningOf(state: State): Meaning {
	const part = state.kind === "ready" ? state.status.parts.find(({ name }) => name === "semantic") : undefined;
	if (part === undefined || part.state === "ready") return { detail: "", isMendable: false };
	if (part.state === "absent") return { detail: "Meaning is switched off.", isMendable: true };
	if (part.state === "failed") return { detail: part.detail ?? "The model that knows what notes mean cannot be used.", isMendable: true };
	const verb = part.state === "paused" ? "Reading for meaning is paused" : "Notes are still being read for meaning";
	const far = part.total ? `: ${number(part.done ?? 0)} of ${number(part.total)}` : "";
	return { detail: `${verb}${far}.`, isMendable: false };
}
