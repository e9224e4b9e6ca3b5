/** What can go wrong in life with a sidecar, in words for a person, and whether it is worth another try. */

import { installCommands } from "./install";
import { type ErrorName, PROTOCOL } from "../protocol";
import { CallFailed } from "../rpc";
import { Lost, Mismatch } from "./session";
import { NotStarted } from "./sidecar";
import type { Problem, State } from "../state";

export interface Verdict {
	problem: Problem;
	/** False: it may go away by itself, when the sidecar is started anew. */
	isFinal: boolean;
}

/** `version` is the plugin's. */
export function judge(error: unknown, version: string): Verdict {
	if (error instanceof Mismatch) return { problem: mismatch(error, version), isFinal: true };
	if (error instanceof CallFailed) return { problem: refusal(error), isFinal: true };
	if (error instanceof NotStarted) return { problem: notStarted(error, version), isFinal: error.why === "refused" || error.why === "foreign" };
	return { problem: interruption(error), isFinal: false };
}

/** What is told while the sidecar is being started again. */
export function comingBack(problem: Problem): Problem {
	return { ...problem, remedy: problem.remedy || "It is being started again; you need not do anything." };
}

/** What is told when the sidecar was started again as often as makes sense. */
export function gaveUp(problem: Problem, lastLine: string): Problem {
	return {
		title: problem.title,
		detail: lastLine && !problem.detail.includes(lastLine) ? `${problem.detail} The last it said: ${lastLine}` : problem.detail,
		remedy: "Try again. If it does not help, copy the diagnostics and report them.",
	};
}

/** Why there is nobody to ask. */
export function absence(state: State): string {
	switch (state.kind) {
		case "new":
			return "This vault has not been indexed yet. Open the welcome view to begin.";
		case "missing":
			return "The librarian is not installed. Open the welcome view to see how.";
		case "failed":
			return `${state.problem.title} ${state.problem.remedy}`.trim();
		case "starting":
		case "opening":
			return "The librarian is still reading your notes. Try again in a moment.";
		case "degraded":
			return "The librarian is being started again. Try again in a moment.";
		case "stopped":
		case "ready":
			return "The librarian is not running. Start it first.";
	}
}

function mismatch({ theirs, version: their_version }: Mismatch, version: string): Problem {
	const detail = `The librarian (${their_version}) and this plugin (${version}) do not understand each other.`;
	if (theirs > PROTOCOL) {
		return {
			title: "This plugin is too old.",
			detail,
			remedy: "Update the plugin in Obsidian's settings, under community plugins, then try again.",
		};
	}
	return { title: "The librarian is too old.", detail, remedy: `Update it with “${installation(version)}”, then try again.` };
}

function notStarted({ why, message }: NotStarted, version: string): Problem {
	const detail = sentence(message);
	switch (why) {
		case "refused":
			return {
				title: "The librarian cannot be started.",
				detail,
				remedy: `Install it again with “${installation(version)}”, then try again.`,
			};
		case "foreign":
			return {
				title: "This is another command named “librarian”, or an old one.",
				detail,
				remedy: `Install the right one with “${installation(version)}”, or choose it in the settings; then try again.`,
			};
		case "ended":
			return { title: "The librarian ended as soon as it was started.", detail, remedy: "" };
		case "silent":
			return { title: "The librarian does not answer.", detail, remedy: "" };
	}
}

/** The words of another program, as a sentence that ours may follow. */
function sentence(words: string): string {
	return /[.!?…]["”')]?$/.test(words) ? words : `${words}.`;
}

function interruption(error: unknown): Problem {
	const why = error instanceof Lost ? error.why : "disconnected";
	const title = why === "hung" ? "The librarian hangs." : "The librarian stopped unexpectedly.";
	return { title, detail: error instanceof Error ? error.message : String(error), remedy: "" };
}

/** What a person does about the errors that a vault may be opened with. */
const REMEDIES: { [E in ErrorName]?: { title: string; remedy: string } } = {
	ProtocolMismatch: { title: "The librarian and this plugin do not fit.", remedy: "Update the older of the two, then try again." },
	VaultNotFound: { title: "The vault's folder cannot be found.", remedy: "See that it is where it was, then try again." },
	VaultUnavailable: { title: "The vault cannot be read.", remedy: "See that its disk is connected, then try again." },
	StoreTooNew: { title: "The index was made by a newer librarian.", remedy: "Update the librarian, then try again." },
	StorageFull: { title: "The disk is full.", remedy: "Make room on the disk, then try again." },
	StoreError: { title: "The librarian cannot use its own folder.", remedy: "See that it can be written to, then try again." },
};

function refusal(error: CallFailed): Problem {
	if (error.kind === "VaultHeld") return held(error);
	const known = error.kind && REMEDIES[error.kind];
	return {
		title: known?.title ?? "The vault could not be opened.",
		detail: error.message,
		remedy: known?.remedy ?? "Try again. If it does not help, copy the diagnostics and report them.",
	};
}

function held({ data }: CallFailed): Problem {
	const pid = data["pid"];
	return {
		title: "This vault is in use elsewhere.",
		detail: `Another window, or a “librarian” command, works with it${typeof pid === "number" ? ` (process ${pid})` : ""}.`,
		remedy: "Close it there, then try again.",
	};
}

function installation(version: string): string {
	return installCommands(version)[0]?.command ?? "";
}
