/** Names of notes that stand somewhere without a link, in both directions. */

import type { Mention, Mentions } from "../../protocol";
import type { Host } from "../host";
import { counted, isNote } from "../parts";
import { PlaceList } from "./PlaceList";

interface Props {
	host: Host;
	/** The note that the mentions are about. */
	note: string;
	mentions: Mentions;
	isHidingLinked: boolean;
}

const OPEN = "related.mentions";

export function MentionList({ host, note, mentions, isHidingLinked }: Props) {
	const shown = (all: readonly Mention[]) => (isHidingLinked ? all.filter((each) => !each.linked) : all);
	const incoming = shown(mentions.incoming);
	// Only notes have lines that a person can be led to.
	const outgoing = isNote(note) ? shown(mentions.outgoing) : [];
	const count = incoming.length + outgoing.length;
	return (
		<details
			class="vl-mentions"
			open={host.recall<boolean>(OPEN) ?? true}
			onToggle={(event) => host.remember(OPEN, event.currentTarget.open)}
		>
			<summary>{`Named without a link (${count})`}</summary>
			{count === 0 && <p class="vl-coverage">No other note is named here without a link, and none names this one.</p>}
			<Direction host={host} title="Other notes name this one" mentions={incoming} />
			<Direction host={host} title="This note names others" mentions={outgoing} at={note} />
		</details>
	);
}

interface DirectionProps {
	host: Host;
	title: string;
	mentions: readonly Mention[];
	/** Path of the note that the mentions stand in; else each stands in its own. */
	at?: string;
}

function Direction({ host, title, mentions, at }: DirectionProps) {
	if (mentions.length === 0) return null;
	const places = mentions.map((mention) => ({
		...mention,
		about: mention.path,
		path: at ?? mention.path,
		remarks: <Remarks mention={mention} />,
	}));
	return (
		<>
			<h6 class="vl-group">{title}</h6>
			<PlaceList host={host} label={title} places={places} />
		</>
	);
}

function Remarks({ mention: { name, count, linked } }: { mention: Mention }) {
	const often = count > 1 ? `, ${counted(count, "time")}` : "";
	return (
		<span class="vl-hit-folder" dir="auto">
			{`“${name}”${often}${linked ? ", linked elsewhere" : ""}`}
		</span>
	);
}
