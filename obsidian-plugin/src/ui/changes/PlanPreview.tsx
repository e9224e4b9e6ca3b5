/** What a plan would do to every file, before anything is done. */

import type { Plan, PlannedEdit } from "../../protocol";
import { Muted, number, useSome } from "../parts";
import { Line } from "./Line";
import { type Row, rowsOf } from "./lines";
import { pathShown } from "./wording";

const WILL: Record<PlannedEdit["kind"], string> = {
	rewrite: "Changes",
	create: "Is made",
	rename: "Moves",
	trash: "Goes to the trash",
};

interface Props {
	plan: Pick<Plan, "edits" | "preview">;
	/** What would happen to a file, in words. */
	told?: ((edit: PlannedEdit) => string) | undefined;
}

export function PlanPreview({ plan, told = willOf }: Props) {
	const [some, more] = useSome(plan.preview, 20, "file");
	return (
		<div class="vl-plan">
			<ul class="vl-plan-files" aria-label="What would change">
				{some.map((edit) => (
					<PlannedFile key={edit.path} edit={edit} told={told(edit)} isOnlyAdded={isOnlyAdded(plan.edits, edit.path)} />
				))}
			</ul>
			{more}
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
	const rows = edit.hunks.flatMap((hunk) => rowsOf(hunk, isOnlyAdded));
	const [some, more] = useSome(rows, 12, "line");
	const path = pathShown(edit.path);
	return (
		<li class={`vl-plan-file is-${edit.kind}`}>
			<p class="vl-plan-path">
				<span class="vl-plan-kind">{told}</span> <span class="vl-path">{path}</span>
				{edit.to !== null && ` → ${pathShown(edit.to)}`}
			</p>
			{rows.length > 0 && (
				<ul class="vl-lines" aria-label={`Lines of ${path}`}>
					{some.map((row, place) => (
						<PlannedLine key={place} row={row} />
					))}
				</ul>
			)}
			{more}
			{edit.more > 0 && <Muted>{`and ${number(edit.more)} more ${edit.more === 1 ? "place" : "places"} in it`}</Muted>}
		</li>
	);
}

function PlannedLine({ row: { sign, line, before, differs, after, isWhole } }: { row: Row }) {
	const isRemoved = sign === "removed";
	const Mark = isRemoved ? "del" : "ins";
	return (
		<li class={`vl-line is-${sign}`}>
			<Line at={line !== null && number(line)} sign={isRemoved ? "−" : "+"} said={isRemoved ? "Removed" : "Added"}>
				{before}
				{differs !== "" && <Mark class={isWhole ? "is-whole" : ""}>{differs}</Mark>}
				{after}
			</Line>
		</li>
	);
}
