/** The piece of a note that earned it its place. */

import type { Passage as PassageOfNote } from "../../protocol";
import { Marked } from "../parts";
import { SEEN, excerpt } from "./excerpt";

interface Props {
	passage: PassageOfNote;
	/** The note's own title: a heading that says the same is left out. */
	title: string;
	isWhole: boolean;
}

export function Passage({ passage, title, isWhole }: Props) {
	if (passage.text === "") return null;
	const heading = passage.heading !== title ? passage.heading : null;
	const { text, ranges } = isWhole ? passage : excerpt(passage, SEEN - (heading?.length ?? 0));
	return (
		<div class={`vl-passage ${isWhole ? "is-whole" : ""}`} dir="auto">
			{heading && <span class="vl-heading">{heading} › </span>}
			<Marked text={text} ranges={ranges} />
		</div>
	);
}
