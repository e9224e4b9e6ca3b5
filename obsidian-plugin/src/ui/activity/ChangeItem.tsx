/** One change of the journal: what, when, by whom, which notes, and how it stands. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { ChangedNote, JournalledChange } from "../../protocol";
import { NoteLink } from "../changes/NoteLink";
import { pathShown } from "../changes/wording";
import type { Host } from "../host";
import { counted } from "../parts";
import { ago, exactly } from "./when";
import { DID, REMARKS, STATES, whatOf, whoOf } from "./wording";

/** Notes that are shown at a time. */
const NOTES = 50;

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
	const count = change.notes.length + (change.more ?? 0);
	const what = whatOf(change);
	const files = counted(count, "file");
	const undo = change.undoes === null ? "Undo" : "Do it again";
	const remark = REMARKS[change.state];
	return (
		<li class={`vl-change is-${change.state}`}>
			<p class="vl-change-what">
				{what}
			</p>
			<p class="vl-muted">
				<span class="vl-change-state">{STATES[change.state]}</span>
				{" · "}
				<time dateTime={change.madeAt} title={exactly(change.madeAt)}>
					{ago(change.madeAt, now)}
				</time>
				{` · ${whoOf(change.actor)}`}
			</p>
			{remark !== "" && <p class="vl-muted">{remark}</p>}
			<div class="vl-buttons">
				<button type="button" aria-expanded={isOpen} aria-label={`${files}: ${what}`} onClick={() => setOpen(!isOpen)}>
					{files}
				</button>
				{change.state === "done" && (
					<button type="button" aria-label={`${undo}: ${what}`} disabled={isBusy} onClick={onUndo}>
						{undo}
					</button>
				)}
			</div>
			{isOpen && <ChangedNotes host={host} change={change} />}
			{children}
		</li>
	);
}

function ChangedNotes({ host, change }: { host: Host; change: JournalledChange }) {
	const [shown, setShown] = useState(NOTES);
	const more = change.notes.length - shown;
	const untold = change.more ?? 0;
	return (
		<>
			<ul class="vl-change-notes">
				{change.notes.slice(0, shown).map((note) => (
					<li key={note.path}>
						<span class="vl-muted">{DID[note.kind]}</span> <Changed host={host} note={note} />
					</li>
				))}
			</ul>
			{more > 0 && (
				<button type="button" onClick={() => setShown(shown + 4 * NOTES)}>
					{`Show ${counted(more, "more file", "more files")}`}
				</button>
			)}
			{more <= 0 && untold > 0 && <p class="vl-muted">{`and ${counted(untold, "more file", "more files")}`}</p>}
		</>
	);
}

/** What is in the trash cannot be opened. */
function Changed({ host, note }: { host: Host; note: ChangedNote }) {
	if (note.kind === "trash") return <>{pathShown(note.path)}</>;
	return (
		<>
			{note.to !== null && `${pathShown(note.path)} → `}
			<NoteLink host={host} path={note.to ?? note.path}>
				{pathShown(note.to ?? note.path)}
			</NoteLink>
		</>
	);
}
