/** One group of notes that say the same: closed a line, open what is known of them and what can be done. */

import { useRef, useState } from "preact/hooks";

import type { DuplicateGroup, SharedPassage } from "../../protocol";
import { Expander } from "../changes/Expander";
import type { Host } from "../host";
import { Button, counted, folderOf, isNote } from "../parts";
import { Decision } from "./Decision";
import { Difference } from "./Difference";
import { type Decided, type Keeping, useKeeping } from "./keeping";
import { MemberRow } from "./MemberRow";
import { headlineOf, similarityOf } from "./wording";

/** Notes of a group that are shown unasked. */
const MEMBERS = 10;

interface Props {
	host: Host;
	group: DuplicateGroup;
	isOpen: boolean;
	onToggle: () => void;
	decided: Decided;
	onLookAgain: () => void;
}

export function GroupCard({ host, group, isOpen, onToggle, decided, onLookAgain }: Props) {
	// What was chosen and previewed in a group stays when it is closed.
	const wasOpen = useRef(false);
	wasOpen.current ||= isOpen;
	const folders = [...new Set(group.notes.slice(0, 3).map((note) => folderOf(note.path) || "top of the vault"))];
	return (
		<li class="vl-duplicates-group" data-group={group.id}>
			<Expander host={host} level={4} isOpen={isOpen} onToggle={onToggle}>
				<span class="vl-group-title">{headlineOf(group)}</span>
				<span class="vl-group-facts">
					{similarityOf(group)} · {folders.join(", ")}
				</span>
			</Expander>
			{wasOpen.current && (
				<div hidden={!isOpen}>
					<OpenGroup host={host} group={group} decided={decided} onLookAgain={onLookAgain} />
				</div>
			)}
		</li>
	);
}

function OpenGroup({ host, group, decided, onLookAgain }: Omit<Props, "isOpen" | "onToggle">) {
	const keeping = useKeeping(host, group, decided);
	const [compared, setCompared] = useState<string | null>(null);
	const isComparing = compared !== null && compared !== keeping.keeper;
	return (
		<div class="vl-group-body">
			<Members host={host} group={group} keeping={keeping} compared={compared} onCompare={setCompared} />
			{isComparing && (
				<Difference
					host={host}
					left={keeping.keeper}
					right={compared}
					passage={passageOf(group, keeping.keeper, compared)}
					onClose={() => setCompared(null)}
				/>
			)}
			<Decision host={host} group={group} keeping={keeping} onLookAgain={onLookAgain} />
		</div>
	);
}

/** The passage in common, as lines of the note on the right: it is known of the first note of a group and each other one. */
function passageOf(group: DuplicateGroup, left: string, right: string): SharedPassage | null {
	if (group.notes[0]?.path !== left) return null;
	return group.notes.find((note) => note.path === right)?.passage ?? null;
}

interface MembersProps {
	host: Host;
	group: DuplicateGroup;
	keeping: Keeping;
	compared: string | null;
	onCompare: (path: string | null) => void;
}

function Members({ host, group, keeping, compared, onCompare }: MembersProps) {
	const [shown, setShown] = useState(MEMBERS);
	const more = group.notes.length - shown;
	const isBusy = keeping.stage.kind === "applying";
	return (
		// Choices of one name belong together within a form only, and there may be two of these panels.
		<form onSubmit={(event) => event.preventDefault()}>
			<fieldset class="vl-members" disabled={isBusy}>
				<legend class="vl-muted">{`Which ${group.notes.every((note) => isNote(note.path)) ? "note" : "file"} to keep`}</legend>
				<ul>
					{group.notes.slice(0, shown).map((note) => (
						<MemberRow
							key={note.path}
							host={host}
							group={group}
							note={note}
							keeping={keeping}
							isCompared={compared === note.path}
							onCompare={(isWanted) => onCompare(isWanted ? note.path : null)}
						/>
					))}
				</ul>
				{more > 0 && <Button onClick={() => setShown(shown + 10 * MEMBERS)}>{`Show more of ${counted(more, "other note")}`}</Button>}
			</fieldset>
		</form>
	);
}
