/** Notes that belong to the one that is worked on: near in meaning, or named in it. */

import { ERRORS, type RelatedNote } from "../../protocol";
import { failedWith } from "../../rpc";
import { useAsked } from "../ask";
import { StateLine, useReady } from "../changes/Unready";
import type { Host } from "../host";
import { Button, CoverageLine, Empty, Failure, Icon, IconButton, Working, folderOf, nameOf } from "../parts";
import { useRecalled } from "../recalled";
import { useStore } from "../store";
import { type Followed, useFollowed } from "./following";
import { Likeness } from "./Likeness";
import { MentionList } from "./MentionList";
import { NoRelated } from "./NoRelated";
import { type Place, PlaceList } from "./PlaceList";

export function RelatedPanel({ host }: { host: Host }) {
	const followed = useFollowed(host);
	const [isHidingLinked, setHiding] = useRecalled(host, "related.hideLinked", false);
	const { note } = followed;
	const props = { host, followed, isHidingLinked, setHiding };
	return (
		<div class="vl-panel vl-related">
			{note === null ? (
				<>
					<StateLine host={host} />
					<Empty title="No note is open">
						<p>Open a note, and the notes that belong to it are listed here.</p>
					</Empty>
				</>
			) : (
				<>
					<Head {...props} note={note} />
					<Company {...props} note={note} />
				</>
			)}
		</div>
	);
}

interface Props {
	host: Host;
	followed: Followed;
	note: string;
	isHidingLinked: boolean;
	setHiding: (isHiding: boolean) => void;
}

function Head({ host, followed: { isPinned, togglePin }, note, isHidingLinked, setHiding }: Props) {
	return (
		<div class="vl-related-head">
			<h5 class="vl-related-note" dir="auto" title={note}>
				{nameOf(note)}
			</h5>
			<IconButton host={host} icon="pin" label="Stay with this note" isOn={isPinned} onClick={togglePin} />
			<IconButton
				host={host}
				icon="unlink"
				label="Hide notes that are linked already"
				isOn={isHidingLinked}
				onClick={() => setHiding(!isHidingLinked)}
			/>
		</div>
	);
}

function Company({ host, note, followed, isHidingLinked, setHiding }: Props) {
	const ready = useReady(host);
	const inputs = [note, useStore(host.generation), ready];
	const { limit } = useStore(host.choices);
	// Each answer goes with the note that it is about.
	const related = useAsked(
		async (signal) => {
			const params = { path: note, limit, includeLinked: !isHidingLinked };
			return { note, ...(await host.call("notes.related", params, { signal })) };
		},
		[...inputs, limit, isHidingLinked],
	);
	const mentions = useAsked(
		async (signal) => ({ note, ...(await host.call("notes.mentions", { path: note }, { signal })) }),
		inputs,
	);
	const shown = standing(related, note);
	const named = standing(mentions, note);
	return (
		<>
			<StateLine host={host} isOld={shown !== null} />
			<div class={`vl-scroll ${related.isAsking ? "is-behind" : ""}`}>
				{ready && related.error !== null && !related.isAsking && (
					<Trouble error={related.error} onRetry={related.again} followed={followed} />
				)}
				{ready && related.error === null && shown === null && (
					<div class="vl-late">
						<Working label="Looking for related notes" />
					</div>
				)}
				{shown &&
					(shown.hits.length > 0 ? (
						<PlaceList host={host} label={`Related to ${nameOf(shown.note)}`} places={shown.hits.map((hit) => placeOf(host, hit))} />
					) : (
						<NoRelated
							host={host}
							note={shown.note}
							coverage={shown.coverage}
							isHidingLinked={isHidingLinked}
							onShowLinked={() => setHiding(false)}
						/>
					))}
				{ready && related.error === null && mentions.error !== null && <Failure error={mentions.error} onRetry={mentions.again} />}
				{named && <MentionList host={host} note={named.note} mentions={named} isHidingLinked={isHidingLinked} />}
			</div>
			{shown && <CoverageLine coverage={shown.coverage} />}
		</>
	);
}

/** What is still to be shown: of another note only while this one is being asked about. */
function standing<T extends { note: string }>({ answer, isAsking }: { answer: T | null; isAsking: boolean }, note: string): T | null {
	return isAsking || answer?.note === note ? answer : null;
}

function Trouble({ error, onRetry, followed }: { error: unknown; onRetry: () => void; followed: Followed }) {
	if (!failedWith(error, ERRORS.NoteNotFound)) return <Failure error={error} onRetry={onRetry} />;
	return followed.isPinned ? (
		<Empty title="The note that was pinned is gone">
			<Button onClick={followed.togglePin}>Follow the note that is open</Button>
		</Empty>
	) : (
		<Empty title="This note has not been read yet">
			<p>Related notes appear here as soon as it is saved and read.</p>
		</Empty>
	);
}

function placeOf(host: Host, hit: RelatedNote): Place {
	const { path, linked, similarity } = hit;
	const remarks = (
		<>
			{linked && (
				<span class="vl-linked" title="Linked with this note">
					<Icon host={host} name="link" />
					<span class="vl-said">linked</span>
				</span>
			)}
			<span class="vl-hit-folder" dir="auto" title={path}>
				{folderOf(path)}
			</span>
			<Likeness similarity={similarity} />
		</>
	);
	return { ...hit, about: path, remarks };
}
