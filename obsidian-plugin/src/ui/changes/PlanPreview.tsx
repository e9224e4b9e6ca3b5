/** What a plan would do to every file, before anything is done. */

import { useState } from "preact/hooks";

import type { Plan, PlannedEdit } from "../../protocol";
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

interface Props {
	plan: Pick<Plan, "edits" | "preview">;
	/** What would happen to a file, in words. */
	told?: (edit: PlannedEdit) => string;
}

export function PlanPreview({ plan, told = willOf }: Props) {
	const [shown, setShown] = useState(FILES);
	const more = plan.preview.length - shown;
	return (
		<div class="vl-plan">
			<ul class="vl-plan-files" aria-label="What would change">
				{plan.preview.slice(0, shown).map((edit) => (
					<PlannedFile key={edit.path} edit={edit} told={told(edit)} isOnlyAdded={isOnlyAdded(plan.edits, edit.path)} />
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

/** Whether a note would lose nothing, by the exact edits. */
function isOnlyAdded(edits: Plan["edits"], path: string): boolean {
	const edit = edits.find((each) => each.path === path);
	return edit !== undefined && "replacements" in edit && edit.replacements.every(({ start, end }) => start === end);
}

function PlannedFile({ edit, told, isOnlyAdded }: { edit: PlannedEdit; told: string; isOnlyAdded: boolean }) {
	const [isWhole, setWhole] = useState(false);
	const rows = edit.hunks.flatMap((hunk) => rowsOf(hunk, isOnlyAdded));
	const hidden = isWhole ? 0 : Math.max(0, rows.length - LINES);
	return (
		<li class={`vl-plan-file is-${edit.kind}`}>
			<p class="vl-plan-path">
				<span class="vl-plan-kind">{told}</span> <span class="vl-path">{pathShown(edit.path)}</span>
				{edit.to !== null && ` → ${pathShown(edit.to)}`}
			</p>
			{rows.length > 0 && (
				<ul class="vl-lines" aria-label={`Lines of ${pathShown(edit.path)}`}>
					{rows.slice(0, rows.length - hidden).map((row, place) => (
						<PlannedLine key={place} row={row} />
					))}
				</ul>
			)}
			{hidden > 0 && <Button onClick={() => setWhole(true)}>{`Show ${counted(hidden, "more line")}`}</Button>}
			{edit.more > 0 && <p class="vl-muted">{`and ${number(edit.more)} more ${edit.more === 1 ? "place" : "places"} in it`}</p>}
		</li>
	);
}

function PlannedLine({ row }: { row: Row }) {
	const isRemoved = row.sign === "removed";
	const Mark = isRemoved ? "del" : "ins";
	return (
		<li class={`vl-line is-${row.sign}`}>
			<span class="vl-line-number">{row.line !== null && number(row.line)}</span>
			<span class="vl-line-sign" aria-hidden="true">
				{isRemoved ? "−" : "+"}
			</span>
			<span class="vl-line-text">
				<span class="vl-unseen">{isRemoved ? "Removed: " : "Added: "}</span>
				{row.before}
				{row.differs !== "" && <Mark class={row.isWhole ? "is-whole" : ""}>{row.differs}</Mark>}
				{row.after}
			</span>
		</li>
	);
}
