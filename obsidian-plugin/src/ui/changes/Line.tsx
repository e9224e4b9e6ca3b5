/** A line of a note within a difference: its number, a sign for the eye, words for the ear, and what it says. */

import type { ComponentChildren } from "preact";

interface Props {
	at: ComponentChildren;
	sign: string;
	/** Read out before it; nothing of lines that are the same. */
	said?: string | false;
	children: ComponentChildren;
}

export function Line({ at, sign, said, children }: Props) {
	return (
		<>
			<span class="vl-line-number">{at}</span>
			<span class="vl-line-sign" aria-hidden="true">
				{sign}
			</span>
			<span class="vl-line-text">
				{said && <span class="vl-unseen">{`${said}: `}</span>}
				{children}
			</span>
		</>
	);
}
