/** What is said of duplicates. */

import type { DuplicateGroup, DuplicateNote } from "../../protocol";
import { counted, dotted, isNote, nameOf, number } from "../parts";

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

const ALIKE: Record<Kind, string> = {
	identical: "the same text",
	near: "the same",
	contained: "of the shorter note",
	meaning: "alike in meaning",
};

/** How similar notes are, in words; those that are only nearly the same never come to all of it. */
function alike(kind: Kind, share: number, least = ""): string {
	const told = kind !== "contained" && share >= 0.995 ? "over 99 %" : least + percent(share);
	return `${kind === "identical" ? "" : `${told} `}${ALIKE[kind]}`;
}

/** How similar the notes of a group are, in words. */
export function similarityOf({ kind, similarity, notes }: DuplicateGroup): string {
	return alike(kind, similarity, notes.length > 2 ? "at least " : "");
}

/** How similar a note is to the first of its group. */
export function similarityOfNote({ passage, similarity }: DuplicateNote, kind: Kind, first: string): string {
	if (!passage) return alike(kind, similarity);
	const { words, line, lastLine, firstNoteLine, firstNoteLastLine } = passage;
	const there = lines(firstNoteLine, firstNoteLastLine);
	return `${counted(words, "word")} in common: its ${lines(line, lastLine)} ${lastLine > line ? "are" : "is"} ${there} of ${first}`;
}

/** For people, who count from 1. */
function lines(first: number, last: number): string {
	return last > first ? `lines ${number(first + 1)}–${number(last + 1)}` : `line ${number(first + 1)}`;
}

/** What a group is called: by its first notes. */
export function headlineOf({ notes }: DuplicateGroup): string {
	const titles = notes.slice(0, 3).map((note) => nameOf(note.path));
	const more = notes.length - titles.length;
	return new Intl.ListFormat("en-GB").format(more > 0 ? [...titles, `${number(more)} more`] : titles);
}

/** A day as people write it; `iso` is in UTC. */
export function dayOf(iso: string): string {
	return new Date(iso).toLocaleDateString("en", { dateStyle: "medium" });
}

/** What is known of a note besides its name; `alike`: how similar it is. */
export function factsOf({ words, links, created, modified }: DuplicateNote, alike: string): string {
	return dotted(
		alike,
		words !== null && counted(words, "word"),
		links !== null && (links === 0 ? "no links lead to it" : `${counted(links, "link")} to it`),
		created !== null && `made ${dayOf(created)}`,
		modified !== null && `changed ${dayOf(modified)}`,
	);
}

/** What was done to a group, in a sentence. */
export function doneTold(action: Action, keeper: string, others: number): string {
	const kept = `“${nameOf(keeper)}”`;
	if (action === "trash") return `Moved ${counted(others, isNote(keeper) ? "note" : "file")} to the trash and kept ${kept}.`;
	const left = action === "stub" ? `, leaving a link in ${others === 1 ? "its" : "their"} place` : "";
	return `Merged ${counted(others, "note")} into ${kept}${left}.`;
}
