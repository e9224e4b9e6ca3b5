/** Giving a search a name to keep it under. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { Button } from "../parts";

interface Props {
	/** What the name begins as. */
	text: string;
	onSave: (name: string) => void;
	onCancel: () => void;
}

/** As long as a name may be. */
const LONGEST = 200;

export function SaveForm({ text, onSave, onCancel }: Props) {
	const [name, setName] = useState(text.slice(0, LONGEST));
	const field = useRef<HTMLInputElement>(null);
	useLayoutEffect(() => field.current?.select(), []);
	const save = () => {
		if (name.trim() !== "") onSave(name.trim());
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
		event.preventDefault();
		event.stopPropagation();
		if (event.key === "Enter") save();
		else onCancel();
	};
	return (
		<div class="vl-save">
			<input
				type="text"
				aria-label="Name of this search"
				ref={field}
				value={name}
				maxLength={LONGEST}
				onInput={(event) => setName(event.currentTarget.value)}
				onKeyDown={onKeyDown}
			/>
			<Button disabled={name.trim() === ""} onClick={save}>
				Save
			</Button>
			<Button onClick={onCancel}>Cancel</Button>
		</div>
	);
}
