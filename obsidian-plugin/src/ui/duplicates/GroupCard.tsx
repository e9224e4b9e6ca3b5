/** One group of notes that say the same: closed a line, open what is known of them and what can be done. */

import { useRef, useState } from "preact/hooks";

import type { DuplicateGroup } from "../../protocol";
import { Expander } from "../changes/Expander";
import { nounOf } from "../changes/wording";
import type { Host } from "../host";
import { folderOf, useSome } from "../parts";
import { Decision } from "./Decision";
import type { Deciding } from "./deciding";
import { Difference } from "./Difference";
import { useKeeping } from "./keeping";
import type { Looking } from "./looking";
import { MemberRow } from "./MemberRow";
import { headlineOf, similarityOf } from "./wording";

interface Props {
	host: Host;
	group: DuplicateGroup;
	looking: Looking;
	deciding: Deciding;
}

export function GroupCard(props: Props) {
	const { host, group, looking } = props;
	const isOpen = looking.open.includes(group.id);
	// What was chosen and previewed in a group stays when it is closed.
	const wasOpen = useRef(false);
	wasOpen.current ||= isOpen;
	const folders = new Set(group.notes.slice(0, 3).map((note) => folderOf(note.path) || "top of the vault"));
	return (
		<li class="vl-duplicates-group" data-group={group.id}>
			<Expander host={host} level={4} isOpen={isOpen} onToggle={() => looking.toggle(group.id)}>
				<span class="vl-group-title">{headlineOf(group)}</span>
				<span class="vl-group-facts">
					{similarityOf(group)} · {[...folders].join(", ")}
				</span>
			</Expander>
			{wasOpen.current && (
				<div hidden={!isOpen}>
					<OpenGroup {...props} />
				</div>
			)}
		</li>
	);
}

function OpenGroup(props: Props) {
	const { host, group } = props;
	const { notes } = group;
	const keeping = useKeeping(host, group, props.deciding);
	const { keeper } = keeping;
	const [compared, setCompared] = useState<string | null>(null);
	const [some, more] = useSome(notes, 10, "note");
	// The passage in common is known of the first note of a group and each other one.
	const passage = notes[0]?.path === keeper ? notes.find((note) => note.path === compared)?.passage : null;
	return (
		<div class="vl-group-body">
			{/* Choices of one name belong together within a form only, and there may be two of these panels. */}
			<form onSubmit={(event) => event.preventDefault()}>
				<fieldset class="vl-members" disabled={keeping.isBusy}>
					<legend class="vl-muted">{`Which ${nounOf(notes.map((note) => note.path))} to keep`}</legend>
					<ul>
						{some.map((note) => (
							<MemberRow
								key={note.path}
								host={host}
								group={group}
								note={note}
								keeping={keeping}
								isCompared={compared === note.path}
								onCompare={() => setCompared(compared === note.path ? null : note.path)}
							/>
						))}
					</ul>
					{more}
				</fieldset>
			</form>
			{compared !== null && compared !== keeper && (
				<Difference host={host} left={keeper} right={compared} passage={passage} onClose={() => setCompared(null)} />
			)}
			<Decision {...props} keeping={keeping} />
		</div>
	);
}
