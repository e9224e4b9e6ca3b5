/** What is said of a change of the journal. */

import type { ChangedNote, JournalledChange } from "../../protocol";
import { legible } from "../parts";

export const STATES: Record<JournalledChange["state"], string> = {
	done: "Done",
	undone: "Taken back",
	unfinished: "Not finished",
	conflicted: "Given up",
};

/** What a person should know of a state. */
export const REMARKS: Partial<Record<JournalledChange["state"], string>> = {
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
	const [, undos = "", rest, said = ""] = /^((?:undo: )*)(undo what is left: )?(.*)$/s.exec(legible(change.reason)) ?? [];
	const reason = said.replaceAll(/"([^"]*?)(?:\.md)?"/gi, "“$1”");
	const turns = undos.length / "undo: ".length;
	if (turns > 0) return `${turns % 2 === 1 ? "Taken back" : "Done again"}: ${reason}`;
	return rest ? `Taken back in part: ${reason}` : capital(inThePast(reason));
}

/** What duplicates do, as done; what others say of their changes stays as it is. */
function inThePast(reason: string): string {
	return reason.replace(/^merge /, "merged ").replace(/^trash (.*), keep (?=“[^“]*$)/, "trashed $1, kept ");
}

/** Who made a change. */
export function whoOf(actor: string): string {
	return capital(actor);
}

function capital(words: string): string {
	return words.charAt(0).toUpperCase() + words.slice(1);
}
