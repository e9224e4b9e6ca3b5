/** Ways to take along what was written in a panel. */

import { attempt } from "./attempt";
import type { Host } from "./host";
import { IconButton } from "./parts";

const ARTICLES = { Answer: "an", Summary: "a" };

export function Taken({ host, text, what }: { host: Host; text: string; what: keyof typeof ARTICLES }) {
	const noun = what.toLowerCase();
	const copy = async () => (await host.copy(text), host.notice(`${what} copied.`));
	const insert = async () => {
		const isIn = await host.insertText(text, `insert ${ARTICLES[what]} ${noun}`, `${what} inserted.`);
		if (!isIn) host.notice("Open the note that it should go into first.");
	};
	return (
		<span class="vl-taken">
			<IconButton host={host} icon="copy" label={`Copy the ${noun}`} onClick={() => attempt(host, copy())} />
			<IconButton host={host} icon="text-cursor-input" label={`Insert the ${noun} into the note`} onClick={() => attempt(host, insert())} />
		</span>
	);
}
