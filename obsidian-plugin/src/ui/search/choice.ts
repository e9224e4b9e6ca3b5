/** Which row of a list is the chosen one. */

import { useState } from "preact/hooks";

export interface Choice {
	/** -1 when none is. */
	index: number;
	choose: (index: number) => void;
	/** Down, or up when negative; it stops at either end. */
	move: (by: number) => void;
}

interface Chosen {
	list: string;
	id: string;
	index: number;
}

/**
 * Choose among `ids`. In another list (another `list`) nothing is chosen yet, which is row `initial`; when the same list comes again, the
 * row stays chosen wherever it went.
 */
export function useChoice(list: string, ids: readonly string[], initial: 0 | -1): Choice {
	const [chosen, setChosen] = useState<Chosen | null>(null);
	const index = indexOf(chosen?.list === list ? chosen : null, ids, initial);
	const choose = (next: number) => setChosen({ list, id: ids[next] ?? "", index: next });
	const move = (by: number) => {
		if (ids.length > 0) choose(Math.min(ids.length - 1, Math.max(0, index + by)));
	};
	return { index, choose, move };
}

function indexOf(chosen: Chosen | null, ids: readonly string[], initial: number): number {
	if (chosen === null) return Math.min(initial, ids.length - 1);
	if (ids[chosen.index] === chosen.id) return chosen.index;
	const moved = ids.indexOf(chosen.id);
	return moved >= 0 ? moved : Math.min(chosen.index, ids.length - 1);
}
