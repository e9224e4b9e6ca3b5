/** An answer's text in pieces: words, and the numbers of the passages that they rest on. Pure. */

export type Piece = { text: string } | { id: number; isDoubted: boolean };

/** A link to a passage as the sidecar writes it: to the note, with the passage's number as what is shown. */
const LINK = /\[\[[^[\]|]*\|(\d+)(\??)\]\]/g;

/** `ids`: of the passages that are cited; links that are none of these are words. */
export function pieces(text: string, ids: ReadonlySet<number>): Piece[] {
	const found: Piece[] = [];
	let at = 0;
	for (const match of text.matchAll(LINK)) {
		const id = Number(match[1]);
		if (!ids.has(id)) continue;
		if (match.index > at) found.push({ text: text.slice(at, match.index) });
		found.push({ id, isDoubted: match[2] === "?" });
		at = match.index + match[0].length;
	}
	if (at < text.length) found.push({ text: text.slice(at) });
	return found;
}
