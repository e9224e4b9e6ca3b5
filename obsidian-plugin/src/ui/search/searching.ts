/** A search from the first letter to the note that is opened: what is asked, what is chosen, and what keys do about it. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import type { Hit } from "../../protocol";
import type { Host, Where } from "../host";
import { worded } from "../parts";
import { useChoice } from "./choice";
import type { RowAct } from "./HitRow";
import { type KeyAct, actOf } from "./keys";
import type { Mode } from "./modes";
import { type PastSearch, usePast } from "./past";
import { keyOf, useResults } from "./results";

/** A search that stood for so long was read. */
const STOOD_MS = 2000;

export type Searching = ReturnType<typeof useSearching>;

export function useSearching(host: Host, isModal: boolean, onDone: (() => void) | undefined) {
	const [text, setText] = useState("");
	const [ownMode, setMode] = useState<Mode | null>(null);
	const mode = ownMode ?? host.choices.value.mode;
	const isEmpty = text.trim() === "";
	const results = useResults(host, text, mode);
	const past = usePast(host, isEmpty);
	const choice = useListChoice(isEmpty, results, past.searches);
	const details = useDetails();
	const [moves, setMoves] = useState(0);
	const { found, hits, isBehind } = results;

	useEffect(() => {
		if (isBehind || hits.length === 0) return;
		const timer = window.setTimeout(() => past.keep(text, mode), STOOD_MS);
		return () => window.clearTimeout(timer);
	}, [keyOf(text, mode), isBehind, hits.length === 0]);

	const finish = () => {
		if (found) past.keep(found.text, found.mode);
		onDone?.();
	};
	const open = (hit: Hit, where: Where) => {
		finish();
		const line = hit.passage.text === "" ? undefined : hit.passage.line;
		host.openNote(hit.path, where, line).catch((error: unknown) => host.notice(worded(error)));
	};
	const insert = (hit: Hit) => {
		finish();
		if (!host.insertLink(hit.path)) host.notice("No note is open that the link could be put into. Open one, then try again.");
	};
	const awaited = useAwaited(isBehind, hits, open);
	const take = (search: PastSearch) => {
		setText(search.text);
		setMode(search.mode);
	};
	const write = (next: string) => {
		awaited.forget();
		setText(next);
	};
	/** Whether the act was carried out, so that the key has no other effect. */
	const carryOut = (act: KeyAct): boolean => {
		if (act.act !== "open") awaited.forget();
		if (act.act === "escape") {
			if (isModal) onDone?.();
			else write("");
			return true;
		}
		if (act.act === "move") {
			if (!isEmpty && choice.index + act.by >= hits.length - 1) results.more?.();
			choice.move(act.by);
			setMoves((before) => before + 1);
			return true;
		}
		const search = isEmpty ? past.searches[choice.index] : undefined;
		if (isEmpty) return search !== undefined && onPast(act, search);
		const hit = hits[choice.index];
		if (act.act === "open" && isBehind) return awaited.want(act.where);
		return hit !== undefined && !isBehind && onHit(act, hit);
	};
	const onPast = (act: KeyAct, search: PastSearch): boolean => {
		if (act.act === "open") take(search);
		else if (act.act === "forget") void past.forget(search);
		else return false;
		return true;
	};
	const onHit = (act: KeyAct, hit: Hit): boolean => {
		if (act.act === "open") open(hit, act.where);
		else if (act.act === "insert") insert(hit);
		else if (act.act === "why") details.toggle("why", hit.path);
		else if (act.act === "enter" && details.whole !== hit.path && hit.passage.text !== "") details.toggle("whole", hit.path);
		else if (act.act === "leave" && details.whole === hit.path) details.toggle("whole", hit.path);
		else return false;
		return true;
	};
	return {
		text,
		mode,
		isEmpty,
		results,
		past,
		choice,
		/** Another number whenever a key moved the choice: it should be seen. */
		moves,
		details,
		write,
		setMode,
		take,
		open,
		onKeyDown: (event: KeyboardEvent) => {
			const act = actOf(event);
			if (act !== null && carryOut(act)) event.preventDefault();
		},
		onRowAct: (index: number, act: RowAct) => {
			const hit = hits[index];
			if (!hit) return;
			choice.choose(index);
			if (act === "insert") insert(hit);
			else details.toggle(act, hit.path);
		},
	};
}

/** One choice over whichever list is shown: hits, of which the best is chosen, or searches of before, of which none is. */
function useListChoice(isEmpty: boolean, results: ReturnType<typeof useResults>, searches: readonly PastSearch[]) {
	const { hits, found } = results;
	const paths = useMemo(() => hits.map((hit) => hit.path), [hits]);
	const names = useMemo(() => searches.map(({ name, text }) => `${name === null ? "recent" : "saved"} ${name ?? text}`), [searches]);
	return useChoice(isEmpty ? "" : (found?.key ?? ""), isEmpty ? names : paths, isEmpty ? -1 : 0);
}

/** Which hit shows its whole passage, and which one says why it matched. */
function useDetails() {
	const [whole, setWhole] = useState<string | null>(null);
	const [why, setWhy] = useState<string | null>(null);
	return {
		whole,
		why,
		toggle: (which: "whole" | "why", path: string) => {
			const set = which === "whole" ? setWhole : setWhy;
			set((before) => (before === path ? null : path));
		},
	};
}

/** Enter, struck before the answer is there, opens the best hit of that answer and none of an older one. */
function useAwaited(isBehind: boolean, hits: readonly Hit[], open: (hit: Hit, where: Where) => void) {
	const wanted = useRef<Where | null>(null);
	useLayoutEffect(() => {
		const where = wanted.current;
		if (where === null || isBehind) return;
		wanted.current = null;
		if (hits[0]) open(hits[0], where);
	}, [isBehind, hits]);
	return {
		want: (where: Where): true => {
			wanted.current = where;
			return true;
		},
		forget: () => {
			wanted.current = null;
		},
	};
}
