/** Places in notes, each to be opened, linked to, dragged and looked at. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { Passage as PassageOfNote } from "../../protocol";
import type { Host, Where } from "../host";
import { IconButton, whereTo } from "../parts";
import { insertLink, openAt } from "../search/acts";
import { Passage } from "../search/Passage";
import { useRoving } from "./roving";

export interface Place {
	/** The note that is opened, at the passage. */
	path: string;
	/** The note that it is about: links lead there, and it is what the preview shows. */
	about: string;
	title: string;
	passage: PassageOfNote;
	/** Beside and below the title. */
	remarks: ComponentChildren;
}

interface Props {
	host: Host;
	/** Read out as the name of the list. */
	label: string;
	places: readonly Place[];
}

export function PlaceList({ host, label, places }: Props) {
	const roving = useRoving(places.length);
	return (
		<ul class="vl-places" aria-label={label} onKeyDown={roving.onKeyDown} onFocusIn={roving.onFocusIn}>
			{places.map((place, index) => (
				<PlaceRow key={place.about} host={host} place={place} tabIndex={roving.tabIndex(index)} />
			))}
		</ul>
	);
}

function PlaceRow({ host, place, tabIndex }: { host: Host; place: Place; tabIndex: number }) {
	const [isWhole, setWhole] = useState(false);
	const { path, about, title, passage, remarks } = place;
	const open = (where: Where) => openAt(host, path, passage, where);
	const insert = () => insertLink(host, about);
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.key === "Enter" && event.altKey && !event.ctrlKey && !event.metaKey) insert();
		else if (event.key === "Enter") open(whereTo(event));
		else if (event.key === " ") setWhole(!isWhole);
		else return;
		event.preventDefault();
	};
	return (
		<li class="vl-place">
			<div
				class="vl-place-main"
				role="link"
				data-row
				tabIndex={tabIndex}
				draggable
				aria-keyshortcuts="Enter Control+Enter Control+Alt+Enter Alt+Enter Space"
				onKeyDown={onKeyDown}
				onClick={(event) => open(whereTo(event))}
				onAuxClick={(event) => event.button === 1 && open("tab")}
				onDragStart={(event) => host.dragLink(event, about)}
				onMouseEnter={(event) => host.hoverLink(event, event.currentTarget, about)}
			>
				<div class="vl-hit-head">
					<span class="vl-hit-title" dir="auto">
						{title}
					</span>
					{remarks}
				</div>
				<Passage passage={passage} title={title} isWhole={isWhole} />
			</div>
			<div class="vl-place-buttons">
				<IconButton host={host} icon="link" label={`Insert a link to ${title}`} tabIndex={tabIndex} onClick={insert} />
				<IconButton
					host={host}
					icon={isWhole ? "chevron-up" : "chevron-down"}
					label="Whole passage"
					isOn={isWhole}
					tabIndex={tabIndex}
					onClick={() => setWhole(!isWhole)}
				/>
			</div>
		</li>
	);
}
