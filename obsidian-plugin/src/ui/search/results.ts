/** What was found for the text in the box: the first hits as soon as a key is struck, more of them on demand. */

import { useMemo, useRef, useState } from "preact/hooks";

import type { Hit, SearchAnswer } from "../../protocol";
import { isCancelled } from "../../rpc";
import { useAsked } from "../ask";
import { useReady } from "../changes/Unready";
import type { Host } from "../host";
import type { Mode } from "./modes";
import { useStore } from "../store";

/** Nobody reads on for longer than that; a further word helps more. */
const MOST = 500;

export interface Found {
	/** Tells one question from another. */
	key: string;
	text: string;
	mode: Mode;
	answer: SearchAnswer;
}

export interface Results {
	/** The last answer: to an older text while `isBehind`, and when the question failed. */
	found: Found | null;
	/** All that were asked for so far. */
	hits: readonly Hit[];
	/** An answer to what stands in the box is on its way. */
	isBehind: boolean;
	error: unknown;
	again: () => void;
	/** Ask for the hits that come next; undefined where there are none. */
	more: (() => void) | undefined;
}

const NONE: readonly Hit[] = [];

export function keyOf(text: string, mode: Mode): string {
	return `${mode} ${text}`;
}

export function useResults(host: Host, text: string, mode: Mode): Results {
	const key = keyOf(text, mode);
	const { limit } = useStore(host.choices);
	const shown = useRef({ key, count: 0 });
	const ask = async (signal: AbortSignal): Promise<Found> => {
		// What was indexed anew may change a long list, but not cut it short.
		const count = shown.current.key === key ? Math.max(limit, shown.current.count) : limit;
		return { key, text, mode, answer: await host.call("search.query", { text, mode, limit: count }, { signal }) };
	};
	const first = useAsked(text.trim() === "" ? null : ask, [
		key,
		limit,
		useStore(host.generation),
		useReady(host),
	]);
	const further = useFurther(host, first.answer);
	const { hits } = further;
	if (first.answer) shown.current = { key: first.answer.key, count: hits.length };
	const isMore = first.answer !== null && hits.length < Math.min(MOST, first.answer.answer.total) && further.error === null;
	return {
		found: first.answer,
		hits,
		isBehind: first.isAsking && first.answer?.key !== key,
		error: first.error ?? further.error,
		again: first.again,
		more: isMore ? further.more : undefined,
	};
}

/** The hits of an answer, and those that come after them. */
function useFurther(host: Host, found: Found | null) {
	const [further, setFurther] = useState({ of: found, hits: NONE, error: null as unknown });
	const asking = useRef<Found | null>(null);
	const { hits: later, error } = further.of === found ? further : { hits: NONE, error: null };
	const hits = useMemo(() => joined(found?.answer.hits ?? NONE, later), [found, later]);
	const more = async () => {
		if (found === null || asking.current === found) return;
		asking.current = found;
		const tell = (next: readonly Hit[], problem: unknown) => {
			// Who asks for more of another answer meanwhile has no use for these.
			if (asking.current !== found) return;
			asking.current = null;
			setFurther({ of: found, hits: next, error: problem });
		};
		const { text, mode } = found;
		try {
			const answer = await host.call("search.query", { text, mode, limit: host.choices.get().limit, offset: hits.length });
			tell(joined(later, answer.hits), null);
		} catch (problem) {
			tell(later, isCancelled(problem) ? null : problem);
		}
	};
	return { hits, more: () => void more(), error };
}

/** A note that moved down meanwhile is listed once. */
function joined(before: readonly Hit[], after: readonly Hit[]): readonly Hit[] {
	if (after.length === 0) return before;
	const paths = new Set(before.map((hit) => hit.path));
	return [...before, ...after.filter((hit) => !paths.has(hit.path))];
}
