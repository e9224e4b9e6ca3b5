/** Where something new is to lie: a name, and a folder. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { Button, worded } from "../parts";

interface Props {
	/** What stands on the button. */
	act: string;
	name: string;
	folder: string;
	/** What it throws is told, and can be mended here. */
	onPath: (path: string) => Promise<void>;
	onBack: () => void;
}

export function PathForm({ act, name: given, folder: within, onPath, onBack }: Props) {
	const [name, setName] = useState(given);
	const [folder, setFolder] = useState(within);
	const [isBusy, setBusy] = useState(false);
	const [trouble, setTrouble] = useState("");
	const form = useRef<HTMLFormElement>(null);
	useLayoutEffect(() => form.current?.querySelector("input")?.select(), []);
	const fields = [["Name", name, setName], ["Folder", folder, setFolder]] as const;
	const submit = async () => {
		setBusy(true);
		setTrouble("");
		const path = [...folder.split("/"), `${name.trim().replace(/\.md$/i, "")}.md`].map((part) => part.trim()).filter(Boolean);
		await onPath(path.join("/")).catch((error: unknown) => setTrouble(worded(error)));
		setBusy(false);
	};
	return (
		<form
			ref={form}
			class="vl-path-form"
			onSubmit={(event) => {
				event.preventDefault();
				void submit();
			}}
		>
			{fields.map(([label, value, set], place) => (
				<label key={label}>
					{label}
					<input
						type="text"
						dir="auto"
						data-initial-focus={place === 0 ? "" : undefined}
						value={value}
						onInput={(event) => set(event.currentTarget.value)}
					/>
				</label>
			))}
			{trouble !== "" && (
				<p class="vl-failure" role="alert">
					{trouble}
				</p>
			)}
			<div class="vl-buttons">
				<button type="submit" class="mod-cta" disabled={isBusy || name.trim() === ""}>
					{act}
				</button>
				<Button onClick={onBack}>Cancel</Button>
			</div>
		</form>
	);
}
