/** What became of a change that was not carried out wholly, note by note. */

import type { Applied, Conflict } from "../../protocol";
import { counted, useSome } from "../parts";
import { conflictTold, filesCounted } from "./wording";

export function Conflicts({ conflicts }: { conflicts: readonly Conflict[] }) {
	const [some, more] = useSome(conflicts, 20, "note");
	if (some.length === 0) return null;
	return (
		<>
			<ul class="vl-conflicts">
				{some.map((conflict) => (
					<li key={conflict.path}>{conflictTold(conflict)}</li>
				))}
			</ul>
			{more}
		</>
	);
}

/** What became of taking a change back, in a sentence. */
export function undoneTold({ applied, conflicts, changeId }: Applied): string {
	if (changeId !== null && applied.length > 0) {
		const rest = conflicts.length > 0 ? ` ${counted(conflicts.length, "note")} could not be.` : "";
		return `Taken back: ${filesCounted(applied)}.${rest}`;
	}
	return conflicts.length > 0 ? "Nothing was taken back." : "It is taken back already.";
}
