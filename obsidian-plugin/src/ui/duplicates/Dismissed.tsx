/** What was said to be no duplicates, and can be listed again. */

import { useState } from "preact/hooks";

import type { DismissedGroup } from "../../protocol";
import { useAsked } from "../ask";
import { Expander } from "../changes/Expander";
import { NoteLink } from "../changes/NoteLink";
import { failureTold } from "../changes/wording";
import type { Host } from "../host";
import { Button, Failure, Working, counted } from "../parts";
import { KIND_TITLES, dayOf, titleOf } from "./wording";

const GROUPS = 50;
const NOTES = 5;

interface Props {
	host: Host;
	/** Another value after something was dismissed or restored elsewhere. */
	turn: number;
	onRestored: () => void;
}

export function Dismissed({ host, turn, onRestored }: Props) {
	const [isOpen, setOpen] = useState(false);
	return (
		<section class="vl-dismissed">
			<Expander host={host} level={3} isOpen={isOpen} onToggle={() => setOpen(!isOpen)}>
				Not duplicates
			</Expander>
			{isOpen && <DismissedList host={host} turn={turn} onRestored={onRestored} />}
		</section>
	);
}

function DismissedList({ host, turn, onRestored }: Props) {
	const [shown, setShown] = useState(GROUPS);
	const [failure, setFailure] = useState<string | null>(null);
	const { answer, error, again } = useAsked((signal) => host.call("duplicates.dismissed", {}, { signal }), [turn]);
	const restore = async (groupId: string) => {
		setFailure(null);
		try {
			await host.call("duplicates.restore", { groupId });
			onRestored();
		} catch (problem) {
			setFailure(failureTold(problem));
			again();
		}
	};
	if (error !== null) return <Failure error={error} onRetry={again} />;
	if (answer === null) return <Working label="Looking up what was dismissed" />;
	if (answer.groups.length === 0) return <p class="vl-muted">Groups that you say are not duplicates are kept here.</p>;
	const more = answer.groups.length - shown;
	return (
		<div>
			{failure !== null && <p role="alert">{failure}</p>}
			<ul class="vl-dismissed-list">
				{answer.groups.slice(0, shown).map((group) => (
					<DismissedItem key={group.groupId} host={host} group={group} onRestore={() => void restore(group.groupId)} />
				))}
			</ul>
			{more > 0 && <Button onClick={() => setShown(shown + GROUPS)}>{`Show ${counted(more, "more group")}`}</Button>}
		</div>
	);
}

function DismissedItem({ host, group, onRestore }: { host: Host; group: DismissedGroup; onRestore: () => void }) {
	const more = group.notes.length - NOTES;
	const label = group.stands ? "List it again" : "Forget it";
	return (
		<li>
			<p class="vl-muted">{`${KIND_TITLES[group.kind]} · dismissed ${dayOf(group.dismissedAt)}`}</p>
			<ul>
				{group.notes.slice(0, NOTES).map((path) => (
					<li key={path}>
						<NoteLink host={host} path={path}>
							{titleOf(path)}
						</NoteLink>
					</li>
				))}
			</ul>
			{more > 0 && <p class="vl-muted">{`and ${counted(more, "more note", "more notes")}`}</p>}
			{!group.stands && <p class="vl-muted">This is over: its notes changed, or are gone.</p>}
			<button type="button" aria-label={`${label}: ${group.notes.slice(0, 2).map(titleOf).join(", ")}`} onClick={onRestore}>
				{label}
			</button>
		</li>
	);
}
