/** Places in a note as the sidecar counts them: in its file, which may have other line ends than the editor shows. Pure. */

/** Where a place of the editor's text is in the file's, both in UTF-16 units; the file's text without a byte order mark. */
export function placeInFile(file: string, place: number): number {
	let at = 0;
	for (let units = 0; units < place && at < file.length; units += 1) {
		// What is one line end to the editor may be two letters in the file.
		at += file.startsWith("\r\n", at) ? 2 : 1;
	}
	return at;
}

const PROPERTIES = /^---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|$)/;
/** How a summary at the top begins, as the sidecar writes it. */
const OURS = /^> \[!summary\|librarian\]/m;

/** Where a summary at the top will stand in an editor's text: in the place of the one before, or below the properties. */
export function topOf(text: string): number {
	const ours = text.search(OURS);
	return ours >= 0 ? ours : (PROPERTIES.exec(text)?.[0].length ?? 0);
}

/** The model and the price of a text, in words. */
export function useTold(use: { provider: string; model: string; costUsd: string; cached: number; calls: number } | null): string {
	if (use === null) return "";
	const price = use.calls > 0 && use.cached === use.calls ? "kept from before, no cost" : costTold(use.costUsd);
	return `${use.provider} ${use.model} · ${price}`;
}

/** A price as people read it; the sidecar tells it exactly. */
export function costTold(usd: string, none = "no cost"): string {
	const cost = Number(usd);
	if (cost === 0) return none;
	if (cost < 0.001) return "less than 0.1 ¢";
	return cost < 0.1 ? `${(cost * 100).toFixed(1)} ¢` : `$${cost.toFixed(2)}`;
}
