/** Nothing was found: what could be tried instead. */

import { Button, Empty, isPartial } from "../parts";
import { PHRASES } from "./modes";
import type { Found } from "./results";
import type { Searching } from "./searching";

export function Nothing({ found, searching }: { found: Found; searching: Searching }) {
	const { text, mode, answer } = found;
	const shorter = shortened(text);
	const other = mode === "hybrid" ? "semantic" : "hybrid";
	return (
		<Empty title={`Nothing found for “${text.trim()}”`}>
			{(answer.coverage.checking || isPartial(answer.coverage)) && (
				<p>Not all notes have been looked at yet: it may turn up in a moment.</p>
			)}
			<p>Try other words for it, or fewer of them.</p>
			<div class="vl-tries">
				{shorter !== null && <Button onClick={() => searching.write(shorter)}>{`Search for “${shorter}”`}</Button>}
				<Button onClick={() => searching.setMode(other)}>{`Search ${PHRASES[other]}`}</Button>
			</div>
		</Empty>
	);
}

/** A query without its last part; null when it has one only, or is too involved to be cut. */
export function shortened(text: string): string | null {
	if (/[()]|\bOR\b/.test(text)) return null;
	const parts = text.trim().match(/[^\s"[]*"[^"]*"?|\[[^\]]*\]?|\S+/g) ?? [];
	return parts.length > 1 ? parts.slice(0, -1).join(" ") : null;
}
