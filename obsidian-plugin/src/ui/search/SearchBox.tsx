/** The box that is typed into. It keeps the focus while keys choose among what was found. */

import type { Ref } from "preact";

import type { Host } from "../host";
import { Icon, IconButton } from "../parts";

interface Props {
	host: Host;
	box: Ref<HTMLInputElement>;
	text: string;
	/** Id of the list below, when there is one. */
	list: string | undefined;
	/** Id of the chosen row. */
	active: string | undefined;
	/** Id of the lines that tell the keys, when they are shown. */
	keys: string | undefined;
	onText: (text: string) => void;
	onKeyDown: (event: KeyboardEvent) => void;
}

/** The wire's limit. */
const LONGEST = 10_000;

export function SearchBox({ host, box, text, list, active, keys, onText, onKeyDown }: Props) {
	return (
		<div class="vl-box">
			<Icon host={host} name="search" />
			<input
				type="text"
				role="combobox"
				aria-label="Search your notes"
				aria-autocomplete="list"
				aria-haspopup="listbox"
				aria-expanded={list !== undefined}
				aria-controls={list}
				aria-activedescendant={active}
				aria-describedby={keys}
				aria-keyshortcuts="Enter Control+Enter Control+Alt+Enter Alt+Enter Tab Control+I"
				placeholder="Search your notes"
				autocomplete="off"
				spellcheck={false}
				maxLength={LONGEST}
				ref={box}
				value={text}
				onInput={(event) => onText(event.currentTarget.value)}
				onKeyDown={onKeyDown}
			/>
			{text !== "" && <IconButton host={host} icon="x" label="Clear" onClick={() => onText("")} />}
		</div>
	);
}
