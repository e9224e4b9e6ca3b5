/** Searches of before: those that were given a name, and those that were made lately. */

import { useMemo, useState } from "preact/hooks";

import { useAsked } from "../ask";
import { useReady } from "../changes/Unready";
import type { Host } from "../host";
import { worded } from "../parts";
import type { Mode } from "./modes";
import { dropRecent, keepRecent, recents } from "./recents";

export interface PastSearch {
	/** Only of one that was saved. */
	name: string | null;
	text: string;
	mode: Mode;
}

export interface Past {
	/** Those with a name first. */
	searches: readonly PastSearch[];
	/** Why those with a name could not be listed. */
	error: unknown;
	savedAs: (text: string, mode: Mode) => string | null;
	/** These two tell what went wrong themselves; false when something did. */
	save: (search: PastSearch) => Promise<boolean>;
	forget: (search: PastSearch) => Promise<boolean>;
	/** Remember a search that was worth something. */
	keep: (text: string, mode: Mode) => void;
}

/** `turn`: look again whenever it changes; the same searches are kept by other panels, too. */
export function usePast(host: Host, turn: unknown): Past {
	const isReady = useReady(host);
	const asked = useAsked((signal) => host.call("search.saved", {}, { signal }), [isReady, turn]);
	const [changes, setChanges] = useState(0);
	const saved = asked.answer?.searches;
	const searches = useMemo(
		() => [
			...(saved ?? []),
			...recents(host).map((recent) => ({ name: null, ...recent })),
		],
		[host, saved, changes, turn],
	);
	const told = async (change: Promise<unknown>) => {
		try {
			await change;
			asked.again();
			return true;
		} catch (error) {
			host.notice(worded(error));
			return false;
		}
	};
	return {
		searches,
		error: isReady ? asked.error : null,
		savedAs: (text, mode) => saved?.find((each) => each.text === text && each.mode === mode)?.name ?? null,
		save: ({ name, text, mode }) => told(host.call("search.save", { name: name ?? text, text, mode })),
		forget: async (search) => {
			if (search.name !== null) return told(host.call("search.forget", { name: search.name }));
			dropRecent(host, search.text);
			setChanges((before) => before + 1);
			return true;
		},
		keep: (text, mode) => keepRecent(host, { text, mode }),
	};
}
