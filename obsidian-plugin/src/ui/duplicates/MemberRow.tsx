/** One note of a group: what is known of it, whether it is the one to keep, or gives way. */

import type { DuplicateGroup, DuplicateNote } from "../../protocol";
import { NoteLink } from "../changes/NoteLink";
import type { Host } from "../host";
import { Muted, folderOf, isNote, nameOf } from "../parts";
import { Compare } from "./Difference";
import type { Keeping } from "./keeping";
import { factsOf, similarityOfNote } from "./wording";

interface Props {
	host: Host;
	group: DuplicateGroup;
	note: DuplicateNote;
	keeping: Keeping;
	isCompared: boolean;
	onCompare: () => void;
}

export function MemberRow({ host, group, note, keeping, isCompared, onCompare }: Props) {
	const { path } = note;
	const { keeper } = keeping;
	const isKept = keeper === path;
	const first = group.notes[0]?.path ?? path;
	const title = nameOf(path);
	// Of the first note nothing is said: the others are measured by it.
	const alike = first === path ? "" : similarityOfNote(note, group.kind, nameOf(first));
	return (
		<li class={`vl-member ${isKept ? "is-kept" : ""}`}>
			<label class="vl-member-keep">
				<input
					type="radio"
					name={`vl-keeper-${group.id}`}
					aria-label={`Keep ${title}`}
					checked={isKept}
					onChange={() => keeping.keep(path)}
				/>
				<span aria-hidden="true">Keep</span>
			</label>
			<div class="vl-member-about">
				<p class="vl-member-title">
					<NoteLink host={host} path={path} line={note.passage?.line} />
					<span class="vl-muted">{folderOf(path)}</span>
				</p>
				<Muted>{factsOf(note, alike)}</Muted>
				{path === group.keeper && <p class="vl-suggested">{`Suggested to keep: ${group.why}`}</p>}
			</div>
			{!isKept && (
				<div class="vl-member-acts">
					<label>
						<input
							type="checkbox"
							aria-label={`${title} takes part`}
							checked={keeping.others.includes(path)}
							onChange={(event) => keeping.take(path, event.currentTarget.checked)}
						/>
						<span aria-hidden="true">takes part</span>
					</label>
					{isText(path) && <Compare left={path} right={keeper} isOpen={isCompared} onToggle={onCompare} />}
				</div>
			)}
		</li>
	);
}

/** Files that can be compared line by line. */
function isText(path: string): boolean {
	return isNote(path) || /\.(canvas|base|txt|csv|json|ya?ml|tex|bib|html?|css|js|ts|py)$/i.test(path);
}
