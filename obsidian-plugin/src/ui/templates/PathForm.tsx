/** Where something new is to lie: a name, and a folder. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { Form, Submit, TextInput } from "../fields";
import { Button, Buttons, worded } from "../parts";

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
	const first = useRef<HTMLLabelElement>(null);
	useLayoutEffect(() => first.current?.querySelector("input")?.select(), []);
	const submit = async () => {
		setBusy(true);
		setTrouble("");
		const path = [...folder.split("/"), `${name.trim().replace(/\.md$/i, "")}.md`].map((part) => part.trim()).filter(Boolean);
		await onPath(path.join("/")).catch((error: unknown) => setTrouble(worded(error)));
		setBusy(false);
	};
	return (
		<Form class="vl-path-form" onSubmit={() => void submit()}>
			<label ref={first}>
				Name
				<TextInput data-initial-focus value={name} onValue={setName} />
			</label>
			<label>
				Folder
				<TextInput value={folder} onValue={setFolder} />
			</label>
			{trouble !== "" && (
				<p class="vl-failure" role="alert">
					{trouble}
				</p>
			)}
			<Buttons>
				<Submit disabled={isBusy || name.trim() === ""}>{act}</Submit>
				<Button onClick={onBack}>Cancel</Button>
			</Buttons>
		</Form>
	);
}
