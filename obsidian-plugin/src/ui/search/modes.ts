/** How a search is answered, in words. */

import type { SearchAnswer, Status } from "../../protocol";
import type { State } from "../../state";
import { number } from "../parts";

export type Mode = SearchAnswer["mode"];

export const MODES: readonly { mode: Mode; label: string; phrase: string }[] = [
	{ mode: "hybrid", label: "Words and meaning", phrase: "by words and meaning" },
	{ mode: "keyword", label: "Words", phrase: "by words only" },
	{ mode: "semantic", label: "Meaning", phrase: "by meaning only" },
];

export function phraseOf(mode: Mode): string {
	return MODES.find((each) => each.mode === mode)?.phrase ?? "";
}

/** Whether notes can be found by meaning, and if not, what a person should know about it. */
export interface MeaningState {
	kind: "ready" | "off" | "reading" | "failed" | "unknown";
	detail: string;
}

export function meaningOf(state: State): MeaningState {
	const part = state.kind === "ready" ? partOf(state.status) : undefined;
	switch (part?.state) {
		case undefined:
			return { kind: "unknown", detail: "" };
		case "absent":
			return { kind: "off", detail: "Meaning is switched off." };
		case "failed":
			return { kind: "failed", detail: part.detail ?? "The model that knows what notes mean cannot be used." };
		case "building":
		case "checking":
		case "paused":
			return { kind: "reading", detail: readingDetail(part.done ?? 0, part.total ?? 0, part.state === "paused") };
		case "ready":
			return { kind: "ready", detail: "" };
	}
}

function partOf(status: Status): Status["parts"][number] | undefined {
	return status.parts.find((part) => part.name === "semantic");
}

function readingDetail(done: number, total: number, isPaused: boolean): string {
	const verb = isPaused ? "Reading for meaning is paused" : "Notes are still being read for meaning";
	return total > 0 ? `${verb}: ${number(done)} of ${number(total)}.` : `${verb}.`;
}
