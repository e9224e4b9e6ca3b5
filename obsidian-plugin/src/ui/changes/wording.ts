/** What is said of changes to notes, and of what stands against them. */

import type { Conflict, PlannedEdit } from "../../protocol";
import { counted, isNote, legible } from "../parts";

const STANDS: Record<Conflict["reason"], string> = {
	changed: "was changed since",
	missing: "is not there any more",
	exists: "is there already",
	refused: "is being edited and could not be changed",
};

/** A path as people know it: without the ending that every note has. */
export function pathShown(path: string): string {
	return legible(path.replace(/\.md$/i, ""));
}

/** Why a note was left alone, as a sentence. */
export function conflictTold(conflict: Pick<Conflict, "path" | "reason">): string {
	return `“${pathShown(conflict.path)}” ${STANDS[conflict.reason]}, and is left as it is.`;
}

/** What files are: notes, where all of them are. */
export function nounOf(paths: readonly string[]): "note" | "file" {
	return paths.every(isNote) ? "note" : "file";
}

export function filesCounted(paths: readonly string[]): string {
	return counted(paths.length, nounOf(paths));
}

/** Files that a plan would touch. */
export function pathsOf(preview: readonly PlannedEdit[]): string[] {
	return preview.map((edit) => edit.path);
}
