/** What a search would look at, before there is an answer that says so. */

import type { Coverage } from "../../protocol";
import type { State } from "../../state";
import { isNote } from "../parts";

export function coverageOf(state: State): Coverage | null {
	if (state.kind !== "ready") return null;
	const { counts, skipped, parts } = state.status;
	const notes = skipped.filter(({ path }) => isNote(path)).length;
	const isChecking = parts.some((part) => part.name === "keyword" && part.state === "checking");
	return { notes: counts.notes, searched: counts.notes - notes, skipped: notes, checking: isChecking };
}
