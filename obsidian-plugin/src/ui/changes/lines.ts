/** The lines of a planned difference as rows, without what is the same on both sides. */

import type { Hunk } from "../../protocol";

export interface Row {
	sign: "removed" | "added";
	/** 1-based, in the note as it is; only of lines that are removed. */
	line: number | null;
	/** What the other side has, too, before and after what it has not. */
	before: string;
	differs: string;
	after: string;
	/** Whether the other side has nothing of the line. */
	isWhole: boolean;
}

/** Characters of a side that the sidecar sends; what is longer is cut, with an ellipsis. */
const SENT = 2000;
const AROUND = 60;
/** Characters of one line that are shown. */
const MOST = 600;

/** `isOnlyAdded`: nothing of the note goes, which a difference that was cut does not show. */
export function rowsOf(hunk: Hunk, isOnlyAdded = false): Row[] {
	let removed = linesOf(hunk.removed);
	const added = linesOf(hunk.added);
	let line = hunk.line;
	while (removed.length > 0 && removed[0] === added[0]) {
		removed.shift();
		added.shift();
		line += 1;
	}
	while (removed.length > 0 && removed.at(-1) === added.at(-1)) {
		removed.pop();
		added.pop();
	}
	const isCut = hunk.added.length >= SENT && hunk.added.endsWith("…");
	if (isOnlyAdded && isCut) removed = [];
	// A paragraph is one line, and a link may stand far inside it: of a line that was changed it is told what differs.
	const [old = "", now = ""] = removed.length === 1 && added.length === 1 ? [removed[0], added[0]] : [];
	const start = sharedStart(old, now);
	const end = sharedStart(reversed(old.slice(start)), reversed(now.slice(start)));
	const row = (sign: Row["sign"], text: string, at: number | null): Row => ({
		sign,
		line: at,
		before: tail(text.slice(0, start)),
		differs: shortened(text.slice(start, text.length - end)),
		after: head(text.slice(text.length - end)),
		isWhole: start + end === 0,
	});
	return [
		...removed.map((text, place) => row("removed", text, line + place + 1)),
		...added.map((text) => row("added", text, null)),
	].filter(({ isWhole, differs }) => !isWhole || differs.trim() !== "");
}

function linesOf(text: string): string[] {
	return text === "" ? [] : text.split(/\r\n|\n|\r/);
}

/** How much two texts begin with in common, without cutting a word or number in two. */
function sharedStart(one: string, other: string): number {
	let at = 0;
	while (at < one.length && at < other.length && one[at] === other[at]) at += 1;
	while (at > 0 && (isInWord(one, at) || isInWord(other, at))) at -= 1;
	return at;
}

function reversed(text: string): string {
	return text.split("").reverse().join("");
}

function isInWord(text: string, at: number): boolean {
	return isOfWord(text[at - 1]) && isOfWord(text[at]);
}

/** Half of a character that takes two counts, too. */
function isOfWord(character: string | undefined): boolean {
	return character !== undefined && /[\p{L}\p{N}\p{M}\p{Cs}]/u.test(character);
}

function tail(text: string): string {
	return text.length <= AROUND + 20 ? text : `…${text.slice(-AROUND)}`;
}

function head(text: string): string {
	return text.length <= AROUND + 20 ? text : `${text.slice(0, AROUND)}…`;
}

function shortened(text: string): string {
	return text.length <= MOST ? text : `${text.slice(0, MOST - 1)}…`;
}
