/** One change of the journal: what, when, by whom, which notes, and how it stands. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { ChangedNote, JournalledChange } from "../../protocol";
import { NoteLink } from "../changes/NoteLink";
import { pathShown } from "../changes/wording";
import type { Host } from "../host";
import { Button, Buttons, Muted, counted, useSome } from "../parts";
import { ago, exactly } from "./when";
import { DID, REMARKS, STATES, whatOf, whoOf } from "./wording";

interface Props {
	host: Host;
	change: JournalledChange;
	now: number;
	isBusy: boolean;
	onUndo: () => void;
	children?: ComponentChildren;
}

export function ChangeItem({ host, change, now, isBusy, onUndo, children }: Props) {
	const [isOpen, setOpen] = useState(false);
	const { notes, more, madeAt, state } = change;
	const what = whatOf(change);
	const files = counted(notes.length + (more ?? 0), "file");
	const undo = change.undoes === null ? "Undo" : "Do it again";
	const remark = REMARKS[state];
	return (
		<li class={`vl-change is-${state}`}>
			<p class="vl-change-what">{what}</p>
			<Muted>
				<span class="vl-change-state">{STATES[state]}</span>
				{" · "}
				<time dateTime={madeAt} title={exactly(madeAt)}>
					{ago(madeAt, now)}
				</time>
				{` · ${whoOf(change.actor)}`}
			</Muted>
			{remark && <Muted>{remark}</Muted>}
			<Buttons>
				<Button aria-expanded={isOpen} aria-label={`${files}: ${what}`} onClick={() => setOpen(!isOpen)}>
					{files}
				</Button>
				{state === "done" && (
					<Button aria-label={`${undo}: ${what}`} disabled={isBusy} onClick={onUndo}>
						{undo}
					</Button>
				)}
			</Buttons>
			{isOpen && <ChangedNotes host={host} notes={notes} untold={more ?? 0} />}
			{children}
		</li>
	);
}

function ChangedNotes({ host, notes, untold }: { host: Host; notes: readonly ChangedNote[]; untold: number }) {
	const [some, more] = useSome(notes, 50, "file");
	return (
		<>
			<ul class="vl-change-notes">
				{some.map((note) => (
					<li key={note.path}>
						<span class="vl-muted">{DID[note.kind]}</span> <Changed host={host} note={note} />
					</li>
				))}
			</ul>
			{more || (untold > 0 && <Muted>{`and ${counted(untold, "more file")}`}</Muted>)}
		</>
	);
}

/** What is in the trash cannot be opened. */
function Changed({ host, note: { kind, path, to } }: { host: Host; note: ChangedNote }) {
	if (kind === "trash") return <>{pathShown(path)}</>;
	return (
		<>
			{to !== null && `${pathShown(path)} → `}
			<NoteLink host={host} path={to ?? path}>
				{pathShown(to ?? path)}
			</NoteLink>
		</>
	);
}
