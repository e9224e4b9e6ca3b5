/** What can be done about a group, what that would change, and how it went. */

import { useRef } from "preact/hooks";

import { type DuplicateGroup, ERRORS, type PlannedEdit } from "../../protocol";
import { failedWith } from "../../rpc";
import { useFocusOnChange } from "../changes/focus";
import { Planned } from "../changes/Planned";
import { willOf } from "../changes/PlanPreview";
import { filesCounted, nounOf, pathsOf } from "../changes/wording";
import type { Host } from "../host";
import { Button, Buttons, Failure, Muted, Working, nameOf } from "../parts";
import type { Deciding } from "./deciding";
import type { Keeping } from "./keeping";
import type { Looking } from "./looking";
import type { Action } from "./wording";

interface Props {
	host: Host;
	group: DuplicateGroup;
	keeping: Keeping;
	looking: Looking;
	deciding: Deciding;
}

/** Errors of a group that is not there any more. */
const GONE = [ERRORS.GroupNotFound, ERRORS.NotInGroup, ERRORS.NoteNotFound];

export function Decision(props: Props) {
	const { stage, isBusy } = props.keeping;
	const part = useRef<HTMLDivElement>(null);
	useFocusOnChange(part, `${stage.kind} ${isBusy}`);
	return (
		<div class="vl-decision" ref={part} tabIndex={-1}>
			<Stages {...props} />
		</div>
	);
}

function Stages({ host, group, keeping, looking, deciding }: Props) {
	const { stage, keeper, others, plan, back } = keeping;
	if (stage.kind === "choosing") return <Choices group={group} keeping={keeping} />;
	if (stage.kind === "planning") {
		return (
			<>
				<Working label="Looking at every note that this would change" />
				<Button onClick={back}>Cancel</Button>
			</>
		);
	}
	const { action } = stage;
	const again = () => void (action && plan(action));
	if (stage.kind === "failed") {
		return (
			<Failure error={stage.error}>
				<Buttons>
					{failedWith(stage.error, ...GONE) ? (
						<Button onClick={looking.refresh}>Look again</Button>
					) : (
						<>
							{action && <Button onClick={again}>Preview again</Button>}
							<Button onClick={back}>Back</Button>
						</>
					)}
				</Buttons>
			</Failure>
		);
	}
	const { preview } = stage.plan;
	return (
		<section class="vl-planned" aria-label="Preview">
			<p role="status">{summary(preview, stage.action, keeping)}</p>
			<Planned
				host={host}
				plan={stage.plan}
				act={`Change ${filesCounted(pathsOf(preview))}`}
				told={(edit) => roleOf(edit, stage.action, keeping)}
				onDone={(applied) => deciding.applied(group, stage.action, applied, keeper, others.length)}
				back="Cancel"
				onBack={back}
				onAgain={again}
				onBusy={keeping.setBusy}
			/>
		</section>
	);
}

function Choices({ group, keeping }: { group: DuplicateGroup; keeping: Keeping }) {
	const { keeper, others, plan } = keeping;
	const none = others.length === 0;
	return (
		<Buttons role="group" aria-label="What to do with this group">
			{nounOf(group.notes.map((note) => note.path)) === "note" && (
				<>
					<Button
						isMain
						disabled={none}
						title={`“${nameOf(keeper)}” takes in what the others have and it has not`}
						onClick={() => void plan("merge")}
					>
						Merge
					</Button>
					<Button
						disabled={none}
						title="Merge, and leave a short note with a link in the place of each"
						onClick={() => void plan("stub")}
					>
						Leave a stub
					</Button>
				</>
			)}
			<Button disabled={none} title="Nothing is taken over from them" onClick={() => void plan("trash")}>
				{others.length === 1 ? "Trash the other" : "Trash the others"}
			</Button>
			<Button title="Do not list this group any more" onClick={() => void keeping.dismiss()}>
				Not a duplicate
			</Button>
			{none && <Muted>Choose at least one other note that takes part.</Muted>}
		</Buttons>
	);
}

type Chosen = Pick<Keeping, "keeper" | "others">;

/** What a plan does, in a sentence. */
export function summary(preview: readonly PlannedEdit[], action: Action, { keeper, others }: Chosen): string {
	const kept = `“${nameOf(keeper)}”`;
	const linking = preview.filter((edit) => edit.kind === "rewrite" && edit.path !== keeper && !others.includes(edit.path));
	const isOne = others.length === 1;
	const becomes = action === "stub" ? `${isOne ? "becomes" : "become"} a stub` : `${isOne ? "goes" : "go"} to the trash`;
	const told = [
		action === "trash" ? `${kept} stays as it is` : `${kept} takes in what it has not`,
		`${filesCounted(others)} ${becomes}`,
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
