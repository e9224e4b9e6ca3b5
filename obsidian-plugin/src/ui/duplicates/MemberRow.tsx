/** One note of a group: what is known of it, whether it is the one to keep, or gives way. */

import type { DuplicateGroup, DuplicateNote } from "../../protocol";
import { NoteLink } from "../changes/NoteLink";
import type { Host } from "../host";
import { folderOf, isNote } from "../parts";
import type { Keeping } from "./keeping";
import { factsOf, similarityOfNote, titleOf } from "./wording";

interface Props {
	host: Host;
	group: DuplicateGroup;
	note: DuplicateNote;
	keeping: Keeping;
	isCompared: boolean;
	onCompare: (isWanted: boolean) => void;
}

export function MemberRow({ host, group, note, keeping, isCompared, onCompare }: Props) {
	const { path } = note;
	const isKept = keeping.keeper === path;
	const title = titleOf(path);
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
					<NoteLink host={host} path={path} {...(note.passage ? { line: note.passage.line } : {})}>
						{title}
					</NoteLink>
					<span class="vl-muted">{folderOf(path)}</span>
				</p>
				<p class="vl-muted">{[...similarity(group, note), ...factsOf(note)].join(" · ")}</p>
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
					{isText(path) && (
						<button
							type="button"
							aria-expanded={isCompared}
							aria-label={`Compare ${title} with ${titleOf(keeping.keeper)}`}
							onClick={() => onCompare(!isCompared)}
						>
							Compare
						</button>
					)}
				</div>
			)}
		</li>
	);
}

/** Of the first note nothing is said: the others are measured by it. */
function similarity(group: DuplicateGroup, note: DuplicateNote): string[] {
	const first = group.notes[0];
	if (first === undefined || first.path === note.path) return [];
	return [similarityOfNote(note, group.kind, titleOf(first.path))];
}

/** Files that can be compared line by line. */
function isText(path: string): boolean {
	return isNote(path) || /\.(canvas|base|txt|csv|json|ya?ml|tex|bib|html?|css|js|ts|py)$/i.test(path);
}
