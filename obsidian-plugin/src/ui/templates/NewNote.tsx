/** A new note from a template: its name and folder are asked for, and it is opened to write in. */

import type { Host } from "../host";
import { type Template, makeNote } from "./making";
import { PathForm } from "./PathForm";

interface Props {
	host: Host;
	template: Template;
	folder: string;
	onDone: () => void;
	onBack: () => void;
}

export function NewNote({ host, template, folder, onDone, onBack }: Props) {
	const make = (path: string) => makeNote(host, template, path).then(onDone);
	return <PathForm act="Make it" name="" folder={folder} onPath={make} onBack={onBack} />;
}
