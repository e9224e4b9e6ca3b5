/** What the librarian is doing, as a person is told of it. */

import type { Part, Progress, Status } from "./protocol";

/** What is wrong, and what a person can do about it. */
export interface Problem {
	title: string;
	/** What happened, in a sentence or two. */
	detail: string;
	/** What to do; empty when there is nothing to do but wait. */
	remedy: string;
}

export type State =
	| { kind: "stopped" }
	/** Nobody has yet said that this vault may be indexed. */
	| { kind: "new" }
	/** No sidecar is installed, or none that fits: where it was looked for. */
	| { kind: "missing"; looked: string[] }
	| { kind: "starting" }
	/** The sidecar runs and reads the vault. */
	| { kind: "opening"; progress: Progress | null }
	/** Searches are answered; `status` is the last that was told. */
	| { kind: "ready"; status: Status }
	/** Searches are not answered at the moment, and will be without anybody's doing. */
	| { kind: "degraded"; problem: Problem }
	/** Nothing happens until a person does something. */
	| { kind: "failed"; problem: Problem };

/** Whether a part reads, or compares with the files. */
export function isAtWork({ state }: Part): boolean {
	return state === "building" || state === "checking";
}

const BRIEFLY = {
	stopped: "stopped",
	new: "waits",
	missing: "missing",
	starting: "starting",
	degraded: "interrupted",
	failed: "failed",
} as const;

/** Two words for the status bar. */
export function briefly(state: State): string {
	if (state.kind === "opening") {
		const { done, total } = state.progress ?? { done: 0, total: 0 };
		return total > 0 ? `Reading ${Math.floor((100 * done) / total)} %` : "Reading notes";
	}
	return `Librarian ${state.kind === "ready" ? (state.status.parts.some(isAtWork) ? "working" : "ready") : BRIEFLY[state.kind]}`;
}
