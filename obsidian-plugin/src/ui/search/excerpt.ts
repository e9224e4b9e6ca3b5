/** The piece of a passage that a short row shows: it begins near what matched. */

import type { Passage } from "../../protocol";

export type Excerpt = Pick<Passage, "text" | "ranges">;

/** Characters that two short lines show for sure. */
export const SEEN = 60;
/** Characters that are kept before what matched. */
const LEAD = 24;

/** Leave out the beginning of a passage whose first match ends beyond `seen` characters. */
export function excerpt({ text, ranges }: Excerpt, seen = SEEN): Excerpt {
	const [first, end] = ranges[0] ?? [0, 0];
	if (first <= LEAD || end <= seen) return { text, ranges };
	const start = wordStart(text, first - LEAD, first);
	return { text: `…${text.slice(start)}`, ranges: ranges.map(([from, to]) => [from - start + 1, to - start + 1]) };
}

/** The first start of a word in `[from, to)`; `from` itself where words have no spaces between them. */
function wordStart(text: string, from: number, to: number): number {
	const space = text.slice(from, to).search(/\s\S/);
	if (space >= 0) return from + space + 1;
	return isSecondHalf(text.charCodeAt(from)) ? from - 1 : from;
}

/** Whether a UTF-16 unit is the second of a pair that makes one character. */
function isSecondHalf(unit: number): boolean {
	return unit >= 0xdc00 && unit <= 0xdfff;
}
