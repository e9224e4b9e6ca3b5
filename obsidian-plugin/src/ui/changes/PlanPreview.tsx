/** What a plan would do to every file, before anything is done. */

import { useState } from "preact/hooks";

import type { PlannedEdit } from "../../protocol";
import { Button, counted, number } from "../parts";
import { type Row, rowsOf } from "./lines";
import { pathShown } from "./wording";

const FILES = 20;
/** Lines of one file that are shown unasked. */
const LINES = 12;

const WILL: Record<PlannedEdit["kind"], string> = {
	rewrite: "Changes",
	create: "Is made",
	rename: "Moves",
	trash: "Goes to the trash",
};

export function PlanPreview({ edits, told = willOf }: { edits: readonly PlannedEdit[]; told?: (edit: PlannedEdit) => string }) {
	const [shown, setShown] = useState(FILES);
	const more = edits.length - shown;
	return (
		<div class="librarian-plan">
			<ul class="librarian-plan-files" aria-label="What would change">
				{edits.slice(0, shown).map((edit) => (
					<PlannedFile key={edit.path} edit={edit} told={told(edit)} />
				))}
			</ul>
			{more > 0 && <Button onClick={() => setShown(shown + 10 * FILES)}>{`Show ${counted(more, "more file", "more files")}`}</Button>}
		</div>
	);
}

/** What would happen to a file, in words. */
export function willOf(edit: PlannedEdit): string {
	return WILL[edit.kind];
}

function PlannedFile({ edit, told }: { edit: PlannedEdit; told: string }) {
	const [isWhole, setWhole] = useState(false);
	const rows = edit.hunks.flatMap(rowsOf);
	const hidden = isWhole ? 0 : Math.max(0, rows.length - LINES);
	return (
		<li class={`librarian-plan-file is-${edit.kind}`}>
			<p class="librarian-plan-path">
				<span class="librarian-plan-kind">{told}</span> <span class="librarian-path">{pathShown(edit.path)}</span>
				{edit.to !== null && ` → ${pathShown(edit.to)}`}
			</p>
			{rows.length > 0 && (
				<ul class="librarian-lines" aria-label={`Lines of ${pathShown(edit.path)}`}>
					{rows.slice(0, rows.length - hidden).map((row, place) => (
						<PlannedLine key={place} row={row} />
					))}
				</ul>
			)}
			{hidden > 0 && <Button onClick={() => setWhole(true)}>{`Show ${counted(hidden, "more line")}`}</Button>}
			{edit.more > 0 && <p class="librarian-muted">{`and ${number(edit.more)} more ${edit.more === 1 ? "place" : "places"} in it`}</p>}
		</li>
	);
}

function PlannedLine({ row }: { row: Row }) {
	const isRemoved = row.sign === "removed";
	const Mark = isRemoved ? "del" : "ins";
	return (
		<li class={`librarian-line is-${row.sign}`}>
			<span class="librarian-line-number">{row.line !== null && number(row.line)}</span>
			<span class="librarian-line-sign" aria-hidden="true">
				{isRemoved ? "−" : "+"}
			</span>
			<span class="librarian-line-text">
				<span class="librarian-unseen">{isRemoved ? "Removed: " : "Added: "}</span>
				{row.before}
				{row.differs !== "" && <Mark class={row.isWhole ? "is-whole" : ""}>{row.differs}</Mark>}
				{row.after}
			</span>
		</li>
	);
}
