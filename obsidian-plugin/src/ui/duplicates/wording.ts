/** What is said of duplicates. */

import type { DuplicateGroup, DuplicateNote } from "../../protocol";
import { counted, isNote, legible, nameOf, number } from "../parts";

export type Kind = DuplicateGroup["kind"];
export type Action = "merge" | "stub" | "trash";

export const KINDS: readonly Kind[] = ["identical", "near", "contained", "meaning"];

export const KIND_TITLES: Record<Kind, string> = {
	identical: "The same text",
	near: "Nearly the same",
	contained: "A passage in common",
	meaning: "The same in other words",
};

export function percent(share: number): string {
	return `${Math.round(100 * share)} %`;
}

/** As a percentage; notes that are only nearly the same never come to all of it. */
function nearly(share: number): string {
	return share >= 0.995 ? "over 99 %" : percent(share);
}

/** How similar the notes of a group are, in words. */
export function similarityOf(group: DuplicateGroup): string {
	const share = group.kind === "contained" ? percent(group.similarity) : nearly(group.similarity);
	const least = group.notes.length > 2 && !share.startsWith("over") ? `at least ${share}` : share;
	switch (group.kind) {
		case "identical":
			return "the same text";
		case "near":
			return `${least} the same`;
		case "contained":
			return `${least} of the shorter note`;
		case "meaning":
			return `${least} alike in meaning`;
	}
}

/** How similar a note is to the first of its group. */
export function similarityOfNote(note: DuplicateNote, kind: Kind, first: string): string {
	if (note.passage) {
		const { words, line, lastLine, firstNoteLine, firstNoteLastLine } = note.passage;
		const there = lines(firstNoteLine, firstNoteLastLine);
		return `${counted(words, "word")} in common: its ${lines(line, lastLine)} ${lastLine > line ? "are" : "is"} ${there} of ${first}`;
	}
	switch (kind) {
		case "identical":
			return "the same text";
		case "near":
			return `${nearly(note.similarity)} the same`;
		case "contained":
			return `${percent(note.similarity)} in common`;
		case "meaning":
			return `${nearly(note.similarity)} alike in meaning`;
	}
}

/** For people, who count from 1. */
function lines(first: number, last: number): string {
	return last > first ? `lines ${number(first + 1)}–${number(last + 1)}` : `line ${number(first + 1)}`;
}

/** What a file is called in lists; of files that are no notes the ending says what they are. */
export function titleOf(path: string): string {
	return isNote(path) ? nameOf(path) : legible(path.slice(path.lastIndexOf("/") + 1));
}

/** What a group is called: by its first notes. */
export function headlineOf(group: DuplicateGroup): string {
	const titles = group.notes.slice(0, 3).map((note) => titleOf(note.path));
	const more = group.notes.length - titles.length;
	if (more > 0) return `${titles.join(", ")} and ${number(more)} more`;
	return `${titles.slice(0, -1).join(", ")} and ${titles.at(-1) ?? ""}`;
}

/** A day as people write it; `iso` is in UTC. */
export function dayOf(iso: string): string {
	return new Date(iso).toLocaleDateString("en", { day: "numeric", month: "short", year: "numeric" });
}

/** What is known of a note besides its name. */
export function factsOf(note: DuplicateNote): string[] {
	const facts = [];
	if (note.words !== null) facts.push(counted(note.words, "word"));
	if (note.links !== null) facts.push(note.links === 0 ? "no links lead to it" : `${counted(note.links, "link")} to it`);
	if (note.created !== null) facts.push(`made ${dayOf(note.created)}`);
	if (note.modified !== null) facts.push(`changed ${dayOf(note.modified)}`);
	return facts;
}

/** What was done to a group, in a sentence. */
export function doneTold(action: Action, keeper: string, others: number): string {
	const kept = `“${titleOf(keeper)}”`;
	const notes = counted(others, "note");
	switch (action) {
		case "merge":
			return `Merged ${notes} into ${kept}.`;
		case "stub":
			return `Merged ${notes} into ${kept}, leaving a link in ${others === 1 ? "its" : "their"} place.`;
		case "trash":
			return `Moved ${counted(others, isNote(keeper) ? "note" : "file")} to the trash and kept ${kept}.`;
	}
}
