/** What was said to be no duplicates, and can be listed again. */

import { useState } from "preact/hooks";

import type { DismissedGroup } from "../../protocol";
import { useAsked } from "../ask";
import { Fold } from "../changes/Expander";
import { NoteLink } from "../changes/NoteLink";
import type { Host } from "../host";
import { Button, Muted, Pending, counted, nameOf, useSome, worded } from "../parts";
import type { Deciding } from "./deciding";
import { KIND_TITLES, dayOf } from "./wording";

const NOTES = 5;

interface Props {
	host: Host;
	deciding: Deciding;
}

export function Dismissed(props: Props) {
	return (
		<Fold host={props.host} class="vl-dismissed" name="duplicates.show-dismissed" title="Not duplicates">
			<DismissedList {...props} />
		</Fold>
	);
}

function DismissedList({ host, deciding }: Props) {
	const asked = useAsked((signal) => host.call("duplicates.dismissed", {}, { signal }), [deciding.dismissals]);
	const [some, more] = useSome(asked.answer?.groups ?? [], 50, "group");
	const [failure, setFailure] = useState("");
	const restore = async (groupId: string) => {
		setFailure("");
		try {
			await deciding.restore(groupId);
		} catch (error) {
			setFailure(worded(error));
			asked.again();
		}
	};
	if (asked.answer === null || asked.error !== null) return <Pending asked={asked} label="Looking up what was dismissed" />;
	if (some.length === 0) return <Muted>Groups that you say are not duplicates are kept here.</Muted>;
	return (
		<div>
			{failure && <p role="alert">{failure}</p>}
			<ul class="vl-dismissed-list">
				{some.map((group) => (
					<DismissedItem key={group.groupId} host={host} group={group} onRestore={() => void restore(group.groupId)} />
				))}
			</ul>
			{more}
		</div>
	);
}

function DismissedItem({ host, group, onRestore }: { host: Host; group: DismissedGroup; onRestore: () => void }) {
	const { kind, notes, dismissedAt, stands } = group;
	const more = notes.length - NOTES;
	const label = stands ? "List it again" : "Forget it";
	return (
		<li>
			<Muted>{`${KIND_TITLES[kind]} · dismissed ${dayOf(dismissedAt)}`}</Muted>
			<ul>
				{notes.slice(0, NOTES).map((path) => (
					<li key={path}>
						<NoteLink host={host} path={path} />
					</li>
				))}
			</ul>
			{more > 0 && <Muted>{`and ${counted(more, "more note")}`}</Muted>}
			{!stands && <Muted>This is over: its notes changed, or are gone.</Muted>}
			<Button aria-label={`${label}: ${notes.slice(0, 2).map(nameOf).join(", ")}`} onClick={onRestore}>
				{label}
			</Button>
		</li>
	);
}
