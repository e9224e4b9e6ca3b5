/** What can be done about a group, what that would change, and how it went. */

import { useRef } from "preact/hooks";

import type { DuplicateGroup, PlannedEdit } from "../../protocol";
import { useFocusOnChange } from "../changes/focus";
import { Conflicts } from "../changes/Outcome";
import { PlanPreview, willOf } from "../changes/PlanPreview";
import { filesCounted, pathsOf } from "../changes/wording";
import type { Host } from "../host";
import { Button, counted, Failure, isNote, Working } from "../parts";
import type { Keeping, Stage } from "./keeping";
import { type Action, titleOf } from "./wording";

interface Props {
	host: Host;
	group: DuplicateGroup;
	keeping: Keeping;
	onLookAgain: () => void;
}

export function Decision(props: Props) {
	const part = useRef<HTMLDivElement>(null);
	useFocusOnChange(part, props.keeping.stage.kind);
	return (
		<div class="vl-decision" ref={part} tabIndex={-1}>
			<Stages {...props} />
		</div>
	);
}

function Stages({ host, group, keeping, onLookAgain }: Props) {
	const { stage } = keeping;
	switch (stage.kind) {
		case "choosing":
			return <Choices group={group} keeping={keeping} />;
		case "planning":
			return (
				<>
					<Working label="Looking at every note that this would change" />
					<Button onClick={keeping.back}>Cancel</Button>
				</>
			);
		case "planned":
		case "applying":
			return <Planned stage={stage} keeping={keeping} />;
		case "conflicted":
			return (
				<Failure error="Nothing was changed, because notes are not what they were when this was planned:">
					<Conflicts conflicts={stage.applied.conflicts} />
					<div class="vl-buttons">
						<Button onClick={() => keeping.plan(stage.action)}>Preview again</Button>
						<Button onClick={() => (keeping.back(), onLookAgain())}>Look again</Button>
					</div>
				</Failure>
			);
		case "failed":
			return <Failed host={host} stage={stage} keeping={keeping} onLookAgain={onLookAgain} />;
	}
}

function Choices({ group, keeping }: { group: DuplicateGroup; keeping: Keeping }) {
	const { others } = keeping;
	const areNotes = group.notes.every((note) => isNote(note.path));
	const none = others.length === 0;
	const kept = titleOf(keeping.keeper);
	return (
		<div class="vl-buttons" role="group" aria-label="What to do with this group">
			{areNotes && (
				<>
					<Button
						isMain
						disabled={none}
						title={`“${kept}” takes in what the others have and it has not`}
						onClick={() => keeping.plan("merge")}
					>
						Merge
					</Button>
					<Button
						disabled={none}
						title="Merge, and leave a short note with a link in the place of each"
						onClick={() => keeping.plan("stub")}
					>
						Leave a stub
					</Button>
				</>
			)}
			<Button disabled={none} title="Nothing is taken over from them" onClick={() => keeping.plan("trash")}>
				{others.length === 1 ? "Trash the other" : "Trash the others"}
			</Button>
			<Button title="Do not list this group any more" onClick={keeping.dismiss}>
				Not a duplicate
			</Button>
			{none && <p class="vl-muted">Choose at least one other note that takes part.</p>}
		</div>
	);
}

function Planned({ stage, keeping }: { stage: Stage & { kind: "planned" | "applying" }; keeping: Keeping }) {
	const { plan, action } = stage;
	const files = filesCounted(pathsOf(plan.preview));
	const isBusy = stage.kind === "applying";
	return (
		<section class="vl-planned" aria-label="Preview">
			<p role="status">{summary(plan.preview, action, keeping)}</p>
			<PlanPreview plan={plan} told={(edit) => roleOf(edit, action, keeping)} />
			<div class="vl-buttons">
				<Button isMain disabled={isBusy} onClick={keeping.apply}>
					{isBusy ? `Changing ${files}…` : `Change ${files}`}
				</Button>
				<Button disabled={isBusy} onClick={keeping.back}>
					Cancel
				</Button>
			</div>
		</section>
	);
}

type Chosen = Pick<Keeping, "keeper" | "others">;

/** What a plan does, in a sentence. */
export function summary(preview: readonly PlannedEdit[], action: Action, { keeper, others }: Chosen): string {
	const kept = `“${titleOf(keeper)}”`;
	const linking = preview.filter((edit) => edit.kind === "rewrite" && edit.path !== keeper && !others.includes(edit.path));
	const noun = others.every(isNote) ? "note" : "file";
	const away = counted(others.length, noun);
	const goes = others.length === 1 ? "goes" : "go";
	const told = [
		action === "trash" ? `${kept} stays as it is` : `${kept} takes in what it has not`,
		action === "stub" ? `${away} ${others.length === 1 ? "becomes" : "become"} a stub` : `${away} ${goes} to the trash`,
	];
	if (linking.length > 0) told.push(`links in ${filesCounted(pathsOf(linking))} lead to ${kept} then`);
	return `Nothing is changed yet. What would happen: ${told.join("; ")}.`;
}

/** What becomes of a file in a plan for duplicates. */
export function roleOf(edit: PlannedEdit, action: Action, { keeper, others }: Chosen): string {
	if (edit.kind !== "rewrite") return willOf(edit);
	if (edit.path === keeper) return action === "trash" ? "Keeps its text, with links in order" : "Takes in what it has not";
	return others.includes(edit.path) ? "Becomes a stub" : "Links in it are led on";
}

function Failed({ host, stage, keeping, onLookAgain }: Omit<Props, "group"> & { stage: Stage & { kind: "failed" } }) {
	const { action } = stage;
	return (
		<Failure error={stage.told}>
			<div class="vl-buttons">
				{stage.isGone && <Button onClick={onLookAgain}>Look again</Button>}
				{stage.isUnknown && <Button onClick={() => void host.show("activity")}>See what was changed</Button>}
				{!stage.isGone && action !== null && <Button onClick={() => keeping.plan(action)}>Preview again</Button>}
				{!stage.isGone && <Button onClick={keeping.back}>Back</Button>}
			</div>
		</Failure>
	);
}
