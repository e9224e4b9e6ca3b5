/** Stores as components read them. */

import type { ReadableAtom } from "nanostores";
import { useLayoutEffect, useState } from "preact/hooks";

/** What a store holds; the component is drawn anew with whatever it holds later. */
export function useStore<T>(store: ReadableAtom<T>): T {
	const [, redraw] = useState<unknown>();
	// It may have changed since it was drawn, so the first thing that is told counts, too.
	useLayoutEffect(() => store.subscribe((held) => redraw(() => held)), [store]);
	return store.get();
}
