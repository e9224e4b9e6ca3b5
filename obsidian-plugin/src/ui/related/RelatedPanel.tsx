/** Notes that belong to the one that is worked on: near in meaning, or named in it. */


import { useState } from "preact/hooks";

import { ERRORS, type Mentions, type RelatedAnswer, type RelatedNote } from "../../protocol";
import { failedWith } from "../../rpc";
import { type Asked, useAsked } from "../ask";
import type { Host } from "../host";
import { Button, CoverageLine, Empty, Failure, Icon, IconButton, Working, folderOf, nameOf } from "../parts";
import { StateLine } from "../changes/Unready";
import { type Followed, useFollowed } from "./following";
import { Likeness } from "./Likeness";
import { MentionList } from "./MentionList";
import { NoRelated } from "./NoRelated";
import { type Place, PlaceList } from "./PlaceList";
import { useStore } from "../store";

const HIDE = "related.hideLinked";

export function RelatedPanel({ host }: { host: Host }) {
	const followed = useFollowed(host);
	const [isHidingLinked, setHiding] = useState(() => host.recall<boolean>(HIDE) === true);
	const hide = (next: boolean) => {
		setHiding(next);
		host.remember(HIDE, next);
	};
	const { note } = followed;
	return (
		<div class="vl-panel vl-related">
			{note !== null && <Head host={host} followed={followed} note={note} isHidingLinked={isHidingLinked} onHide={hide} />}
			{note === null ? (
				<>
					<StateLine host={host} isOld={false} />
					<Empty title="No note is open">
						<p>Open a note, and the notes that belong to it are listed here.</p>
					</Empty>
				</>
			) : (
				<Company host={host} note={note} followed={followed} isHidingLinked={isHidingLinked} onHide={hide} />
			)}
		</div>
	);
}

interface HeadProps {
	host: Host;
	followed: Followed;
	note: string;
	isHidingLinked: boolean;
	onHide: (isHiding: boolean) => void;
}

function Head({ host, followed, note, isHidingLinked, onHide }: HeadProps) {
	const { isPinned, togglePin } = followed;
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
				onClick={() => onHide(!isHidingLinked)}
			/>
		</div>
	);
}

/** An answer with the note that it is about. */
interface About<T> {
	note: string;
	answer: T;
}

function Company({ host, note, followed, isHidingLinked, onHide }: HeadProps) {
	const isReady = useStore(host.state).kind === "ready";
	const inputs = [note, useStore(host.generation), isReady];
	const { limit } = useStore(host.choices);
	const related = useAsked<About<RelatedAnswer>>(
		async (signal) => {
			const params = { path: note, limit, includeLinked: !isHidingLinked };
			return { note, answer: await host.call("notes.related", params, { signal }) };
		},
		[...inputs, limit, isHidingLinked],
	);
	const mentions = useAsked<About<Mentions>>(
		async (signal) => ({ note, answer: await host.call("notes.mentions", { path: note }, { signal }) }),
		inputs,
	);
	const shown = standing(related, note);
	const named = standing(mentions, note);
	return (
		<>
			<StateLine host={host} isOld={shown !== null} />
			<div class={`vl-scroll ${related.isAsking ? "is-behind" : ""}`}>
				<Trouble host={host} asked={related} followed={followed} />
				{shown === null && related.error === null && isReady && (
					<div class="vl-late">
						<Working label="Looking for related notes" />
					</div>
				)}
				{shown !== null && shown.answer.hits.length > 0 && (
					<PlaceList host={host} label={`Related to ${nameOf(shown.note)}`} places={shown.answer.hits.map((hit) => placeOf(host, hit))} />
				)}
				{shown !== null && shown.answer.hits.length === 0 && (
					<NoRelated
						host={host}
						note={shown.note}
						coverage={shown.answer.coverage}
						isHidingLinked={isHidingLinked}
						onShowLinked={() => onHide(false)}
					/>
				)}
				{mentions.error !== null && related.error === null && isReady && <Failure error={mentions.error} onRetry={mentions.again} />}
				{named !== null && <MentionList host={host} note={named.note} mentions={named.answer} isHidingLinked={isHidingLinked} />}
			</div>
			{shown !== null && <CoverageLine coverage={shown.answer.coverage} />}
		</>
	);
}

/** What is still to be shown: of another note only while this one is being asked about. */
function standing<T>({ answer, isAsking }: Asked<About<T>>, note: string): About<T> | null {
	return answer !== null && (answer.note === note || isAsking) ? answer : null;
}

function Trouble({ host, asked, followed }: { host: Host; asked: Asked<unknown>; followed: Followed }) {
	const { error, isAsking, again } = asked;
	const { kind } = useStore(host.state);
	if (error === null || isAsking || kind !== "ready") return null;
	if (!failedWith(error, ERRORS.NoteNotFound)) return <Failure error={error} onRetry={again} />;
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

function placeOf(host: Host, { path, title, similarity, linked, passage }: RelatedNote): Place {
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
	return { path, about: path, title, passage, remarks };
}
