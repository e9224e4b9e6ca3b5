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
	let added = linesOf(hunk.added);
	let line = hunk.line;
	while (removed.length > 0 && added.length > 0 && removed[0] === added[0]) {
		removed = removed.slice(1);
		added = added.slice(1);
		line += 1;
	}
	while (removed.length > 0 && added.length > 0 && removed.at(-1) === added.at(-1)) {
		removed = removed.slice(0, -1);
		added = added.slice(0, -1);
	}
	if (isOnlyAdded && isCut(hunk.added)) removed = [];
	const [only, other] = [removed[0], added[0]];
	if (removed.length === 1 && added.length === 1 && only !== undefined && other !== undefined) return changed(only, other, line);
	return [
		...removed.map((text, place): Row => whole("removed", text, line + place + 1)),
		...added.map((text): Row => whole("added", text, null)),
	].filter((row) => row.differs.trim() !== "");
}

function isCut(text: string): boolean {
	return text.length >= SENT && text.endsWith("…");
}

function linesOf(text: string): string[] {
	return text === "" ? [] : text.split(/\r\n|\n|\r/);
}

function whole(sign: Row["sign"], text: string, line: number | null): Row {
	return { sign, line, before: "", differs: shortened(text), after: "", isWhole: true };
}

/** A line that was changed, on either side: a paragraph is one line, and a link may stand far inside it. */
function changed(old: string, now: string, line: number): Row[] {
	const start = sharedStart(old, now);
	const end = sharedEnd(old.slice(start), now.slice(start));
	const row = (sign: Row["sign"], text: string, at: number | null): Row => ({
		sign,
		line: at,
		before: tail(text.slice(0, start)),
		differs: shortened(text.slice(start, text.length - end)),
		after: head(text.slice(text.length - end)),
		isWhole: false,
	});
	return [row("removed", old, line + 1), row("added", now, null)];
}

/** How much two texts begin with in common, without cutting a word or number in two. */
function sharedStart(one: string, other: string): number {
	let at = 0;
	while (at < one.length && at < other.length && one[at] === other[at]) at += 1;
	while (at > 0 && (isInWord(one, at) || isInWord(other, at))) at -= 1;
	return at;
}

function sharedEnd(one: string, other: string): number {
	let count = 0;
	while (count < one.length && count < other.length && one.at(-1 - count) === other.at(-1 - count)) count += 1;
	while (count > 0 && (isInWord(one, one.length - count) || isInWord(other, other.length - count))) count -= 1;
	return count;
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
