/** What is said of changes to notes, and of what stands against them. */

import { type Applied, type Conflict, ERRORS, type PlannedEdit } from "../../protocol";
import { CallFailed, Disconnected } from "../../rpc";
import { counted, legible, worded } from "../parts";

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

/** How many files: notes, where all of them are. */
export function filesCounted(paths: readonly string[]): string {
	return counted(paths.length, paths.every((path) => /\.md$/i.test(path)) ? "note" : "file");
}

/** Files that a plan would touch. */
export function pathsOf(preview: readonly PlannedEdit[]): string[] {
	return preview.map((edit) => edit.path);
}

/** Whether a change was made, and nothing of it was left out. */
export function isWhole(applied: Applied): boolean {
	return applied.changeId !== null && applied.conflicts.length === 0;
}

/** An error of duplicates and changes as a sentence that says what to do. */
export function failureTold(error: unknown): string {
	if (error instanceof Disconnected) return "The librarian is not running at the moment. Try again once it is.";
	if (!(error instanceof CallFailed)) return worded(error);
	switch (error.code) {
		case ERRORS.GroupNotFound:
		case ERRORS.NotInGroup:
			return "These notes changed since they were looked at, so this group is no more. Look for duplicates again.";
		case ERRORS.PlanNotFound:
			return "This preview is too old by now. Make it again.";
		case ERRORS.ChangeNotFound:
			return "This change is too old to be taken back: it is not kept any more.";
		default:
			return worded(error);
	}
}
