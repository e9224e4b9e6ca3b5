/** Nothing was found: what could be tried instead. */

import { Button, Empty } from "../parts";
import type { Mode } from "./modes";
import type { Found } from "./results";

interface Props {
	found: Found;
	onText: (text: string) => void;
	onMode: (mode: Mode) => void;
}

export function Nothing({ found, onText, onMode }: Props) {
	const { text, mode, answer } = found;
	const shorter = shortened(text);
	return (
		<Empty title={`Nothing found for “${text.trim()}”`}>
			{(answer.coverage.checking || answer.coverage.searched < answer.coverage.notes - answer.coverage.skipped) && (
				<p>Not all notes have been looked at yet: it may turn up in a moment.</p>
			)}
			<p>Try other words for it, or fewer of them.</p>
			<div class="vl-tries">
				{shorter !== null && <Button onClick={() => onText(shorter)}>{`Search for “${shorter}”`}</Button>}
				{mode !== "hybrid" && <Button onClick={() => onMode("hybrid")}>Search by words and meaning</Button>}
				{mode === "hybrid" && <Button onClick={() => onMode("semantic")}>Search by meaning only</Button>}
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
