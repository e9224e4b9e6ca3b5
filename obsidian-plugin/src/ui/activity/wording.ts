/** What is said of a change of the journal. */

import type { ChangedNote, JournalledChange } from "../../protocol";
import { legible } from "../parts";

export const STATES: Record<JournalledChange["state"], string> = {
	done: "Done",
	undone: "Taken back",
	unfinished: "Not finished",
	conflicted: "Given up",
};

/** What a person should know of a state; empty where there is nothing to it. */
export const REMARKS: Record<JournalledChange["state"], string> = {
	done: "",
	undone: "",
	unfinished: "It is under way, or was cut short. The librarian settles it with the next change, or when it starts again.",
	conflicted: "Notes were changed by somebody else meanwhile. Those are as they were left, all others as before.",
};

export const DID: Record<ChangedNote["kind"], string> = {
	rewrite: "Changed",
	create: "Made",
	rename: "Moved",
	trash: "Trashed",
};

/** What was done. The journal puts `undo: ` before what was taken back, once more for every time. */
export function whatOf(change: JournalledChange): string {
	let reason = legible(change.reason);
	let turns = 0;
	while (reason.startsWith("undo: ")) {
		reason = reason.slice("undo: ".length);
		turns += 1;
	}
	const isRest = reason.startsWith("undo what is left: ");
	if (isRest) reason = reason.slice("undo what is left: ".length);
	reason = reason.replaceAll(/"([^"]*?)(?:\.md)?"/gi, "“$1”");
	if (turns > 0) return `${turns % 2 === 1 ? "Taken back" : "Done again"}: ${reason}`;
	return isRest ? `Taken back in part: ${reason}` : inThePast(reason);
}

/** What duplicates do, as done; what others say of their changes stays as it is. */
function inThePast(reason: string): string {
	const done = reason.replace(/^merge /, "merged ").replace(/^trash (.*), keep (?=“[^“]*$)/, "trashed $1, kept ");
	return done.charAt(0).toUpperCase() + done.slice(1);
}

/** Who made a change. */
export function whoOf(actor: string): string {
	return actor === "duplicates" ? "Duplicates" : actor.charAt(0).toUpperCase() + actor.slice(1);
}
