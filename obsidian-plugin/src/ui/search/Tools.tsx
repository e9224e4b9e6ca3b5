/** How to search, keeping a search, and what can be typed. */

import { useState } from "preact/hooks";

import type { Host } from "../host";
import { Select } from "../fields";
import { IconButton } from "../parts";
import { MODES } from "./modes";
import { SaveForm } from "./SaveForm";
import type { Searching } from "./searching";

interface Props {
	host: Host;
	searching: Searching;
	isSheetOpen: boolean;
	onSheet: () => void;
	/** Called when a name was given, or is not to be given after all. */
	onNamed: () => void;
}

export function Tools({ host, searching, isSheetOpen, onSheet, onNamed }: Props) {
	const { text, mode, isEmpty, past } = searching;
	const [isNaming, setNaming] = useState(false);
	const savedAs = past.savedAs(text, mode);
	const forget = async (name: string) => {
		const search = { name, text, mode };
		if (await past.forget(search)) {
			host.notice(`“${name}” was forgotten.`, { label: "Keep it", run: () => void past.save(search) });
		}
	};
	const close = () => {
		onNamed();
		setNaming(false);
	};
	const save = (name: string) => {
		close();
		void past.save({ name, text, mode });
	};
	return (
		<>
			<div class="vl-tools">
				<Select label="Search by" value={mode} options={MODES} onChoose={searching.setMode} />
				<IconButton
					host={host}
					icon="bookmark"
					label={savedAs === null ? "Save this search" : `Saved as “${savedAs}”. Forget it`}
					isOn={savedAs !== null}
					disabled={isEmpty}
					onClick={() => (savedAs === null ? setNaming(!isNaming) : void forget(savedAs))}
				/>
				<IconButton
					host={host}
					icon="book-open"
					label="What you can type"
					isOn={isSheetOpen || isEmpty}
					disabled={isEmpty}
					onClick={onSheet}
				/>
			</div>
			{isNaming && !isEmpty && <SaveForm text={text.trim()} onSave={save} onCancel={close} />}
		</>
	);
}
