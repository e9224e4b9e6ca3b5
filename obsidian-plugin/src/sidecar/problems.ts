/** What can go wrong in life with a sidecar, in words for a person, and whether it is worth another try. */

import { installCommands } from "./install";
import { ERRORS, PROTOCOL } from "../protocol";
import { CallFailed } from "../rpc";
import { Lost, Mismatch } from "./session";
import { NotStarted } from "./sidecar";
import type { Problem, State } from "../state";

const REPORT = "Try again. If it does not help, copy the diagnostics and report them.";

/** What went wrong. With a remedy nothing is tried before somebody sees to it; without one it may go away by itself. `version` is the plugin's. */
export function judge(error: unknown, version: string): Problem {
	const command = installCommands(version)[0]?.command ?? "";
	if (error instanceof Mismatch) return mismatch(error, version, command);
	if (error instanceof CallFailed) return refusal(error);
	const detail = error instanceof Error ? error.message : String(error);
	if (error instanceof NotStarted) {
		const [title, remedy] = NOT_STARTED[error.why];
		return { title, detail: sentence(detail), remedy: remedy.replace("%", command) };
	}
	const isHung = error instanceof Lost && error.why === "hung";
	return { title: isHung ? "The librarian hangs." : "The librarian stopped unexpectedly.", detail, remedy: "" };
}

/** What is told while the sidecar is being started again. */
export function comingBack(problem: Problem): Problem {
	return { ...problem, remedy: "It is being started again; you need not do anything." };
}

/** What is told when the sidecar was started again as often as makes sense. */
export function gaveUp({ title, detail }: Problem, lastLine: string): Problem {
	return {
		title,
		detail: lastLine && !detail.includes(lastLine) ? `${detail} The last it said: ${lastLine}` : detail,
		remedy: REPORT,
	};
}

const READING = "The librarian is still reading your notes. Try again in a moment.";
const STOPPED = "The librarian is not running. Start it first.";
const ABSENT: Record<Exclude<State["kind"], "failed">, string> = {
	new: "This vault has not been indexed yet. Open the welcome view to begin.",
	missing: "The librarian is not installed. Open the welcome view to see how.",
	starting: READING,
	opening: READING,
	degraded: "The librarian is being started again. Try again in a moment.",
	stopped: STOPPED,
	ready: STOPPED,
};

/** Why there is nobody to ask. */
export function absence(state: State): string {
	return state.kind === "failed" ? `${state.problem.title} ${state.problem.remedy}`.trim() : ABSENT[state.kind];
}

function mismatch({ theirs, version: their_version }: Mismatch, version: string, command: string): Problem {
	const detail = `The librarian (${their_version}) and this plugin (${version}) do not understand each other.`;
	return theirs > PROTOCOL
		? { title: "This plugin is too old.", detail, remedy: "Update the plugin in Obsidian's settings, under community plugins, then try again." }
		: { title: "The librarian is too old.", detail, remedy: `Update it with “${command}”, then try again.` };
}

/** What it is called, and what to do; `%` stands for the command that installs the librarian. */
const NOT_STARTED: Record<NotStarted["why"], readonly [title: string, remedy: string]> = {
	refused: ["The librarian cannot be started.", "Install it again with “%”, then try again."],
	foreign: [
		"This is another command named “librarian”, or an old one.",
		"Install the right one with “%”, or choose it in the settings; then try again.",
	],
	ended: ["The librarian ended as soon as it was started.", ""],
	silent: ["The librarian does not answer.", ""],
};

/** The words of another program, as a sentence that ours may follow. */
function sentence(words: string): string {
	return /[.!?…]["”')]?$/.test(words) ? words : `${words}.`;
}

/** What a person does about the errors that a vault may be opened with. */
const REMEDIES: { [E in ERRORS]?: readonly [title: string, remedy: string] } = {
	[ERRORS.ProtocolMismatch]: ["The librarian and this plugin do not fit.", "Update the older of the two, then try again."],
	[ERRORS.VaultNotFound]: ["The vault's folder cannot be found.", "See that it is where it was, then try again."],
	[ERRORS.VaultUnavailable]: ["The vault cannot be read.", "See that its disk is connected, then try again."],
	[ERRORS.VaultHeld]: ["This vault is in use elsewhere.", "Close it there, then try again."],
	[ERRORS.StoreTooNew]: ["The index was made by a newer librarian.", "Update the librarian, then try again."],
	[ERRORS.StorageFull]: ["The disk is full.", "Make room on the disk, then try again."],
	[ERRORS.StoreError]: ["The librarian cannot use its own folder.", "See that it can be written to, then try again."],
};

function refusal({ code, message, data }: CallFailed): Problem {
	const [title, remedy] = REMEDIES[code] ?? ["The vault could not be opened.", REPORT];
	const { pid } = data;
	const holder = `Another window, or a “librarian” command, works with it${typeof pid === "number" ? ` (process ${pid})` : ""}.`;
	return { title, detail: code === ERRORS.VaultHeld ? holder : message, remedy };
}
