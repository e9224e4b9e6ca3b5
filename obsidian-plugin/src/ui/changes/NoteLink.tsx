/** A note's name that opens it, shows its preview and can be dragged. */

import { attempt } from "../attempt";
import type { Host } from "../host";
import { nameOf, whereTo } from "../parts";

interface Props {
	host: Host;
	path: string;
	line?: number | undefined;
	/** In the place of its name. */
	children?: string;
}

export function NoteLink({ host, path, line, children }: Props) {
	return (
		<a
			class="vl-note-link"
			href="#"
			draggable
			onClick={(event) => {
				event.preventDefault();
				attempt(host, host.openNote(path, whereTo(event), line));
			}}
			onMouseOver={(event) => host.hoverLink(event, event.currentTarget, path)}
			onDragStart={(event) => host.dragLink(event, path)}
		>
			{children ?? nameOf(path)}
		</a>
	);
}
