/** Telling what came of something, also when the panel that it was begun in is closed by then. */

import { useEffect, useRef } from "preact/hooks";

import type { Host } from "../host";

export interface Telling {
	/** Whether what asked is still shown. */
	readonly isHere: boolean;
	/** Tell in a notice what would be shown here, if this were still here; true when it was told so. */
	elsewhere: (words: string) => boolean;
}

export function useTelling(host: Host): Telling {
	const isHere = useRef(true);
	useEffect(() => {
		isHere.current = true;
		return () => void (isHere.current = false);
	}, []);
	return {
		get isHere() {
			return isHere.current;
		},
		elsewhere: (words) => {
			// Whoever has closed the panel meanwhile finds the rest where all changes are listed.
			if (!isHere.current) host.notice(words, { label: "Show activity", run: () => void host.show("activity") });
			return !isHere.current;
		},
	};
}
