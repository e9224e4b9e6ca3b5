/** The note that the panel is about: the one that is worked on, once one has stayed with it, or the one that was pinned. */

import { useEffect, useState } from "preact/hooks";

import { windowClock } from "../../clock";
import { type Host, afterRename } from "../host";
import { useStore } from "../store";

/** Whoever goes through notes quickly is not asked about each. */
const SETTLED_MS = 300;

export interface Followed {
	note: string | null;
	isPinned: boolean;
	togglePin: () => void;
}

export function useFollowed(host: Host): Followed {
	const active = useSettled(useStore(host.activeNote), SETTLED_MS);
	const [pinned, setPinned] = useState<string | null>(null);
	useEffect(
		() =>
			host.lastRename.subscribe((renamed) => {
				if (renamed) setPinned((before) => before && afterRename(before, renamed));
			}),
		[host],
	);
	return {
		note: pinned ?? active,
		isPinned: pinned !== null,
		togglePin: () => setPinned(pinned === null ? active : null),
	};
}

/** A value once it has not changed for a while; the first at once. */
function useSettled<T>(value: T | null, after_ms: number): T | null {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		if (value === settled) return;
		return windowClock.after(settled === null ? 0 : after_ms, () => setSettled(value));
	}, [value, settled, after_ms]);
	return settled;
}
