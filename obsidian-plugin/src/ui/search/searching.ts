/** A search from the first letter to the note that is opened: what is asked, what is chosen, and what keys do about it. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { windowClock } from "../../clock";
import type { Hit } from "../../protocol";
import type { Host, Where } from "../host";
import { insertLink, openAt } from "./acts";
import { type Choice, useChoice } from "./choice";
import type { RowAct } from "./HitRow";
import { type KeyAct, actOf } from "./keys";
import type { Mode } from "./modes";
import { type Past, type PastSearch, usePast } from "./past";
import { type Results, keyOf, useResults } from "./results";
import { useStore } from "../store";

/** A search that stood for so long was read. */
const STOOD_MS = 2000;

export interface Searching {
	text: string;
	mode: Mode;
	isEmpty: boolean;
	results: Results;
	past: Past;
	/** Among the hits; while the box is empty, among the searches of before. */
	choice: Choice;
	/** Another number whenever a key moved the choice: it should be seen. */
	moves: number;
	details: Details;
	write: (text: string) => void;
	setMode: (mode: Mode) => void;
	take: (search: PastSearch) => void;
	open: (hit: Hit, where: Where) => void;
	onRowAct: (index: number, act: RowAct) => void;
	onKeyDown: (event: KeyboardEvent) => void;
}

/** `onDone` closes the modal; a panel that stays has none. */
export function useSearching(host: Host, onDone: (() => void) | undefined): Searching {
	const [text, setText] = useState("");
	const [ownMode, setMode] = useState<Mode | null>(null);
	const [moves, setMoves] = useState(0);
	const choices = useStore(host.choices);
	const mode = ownMode ?? choices.mode;
	const isEmpty = text.trim() === "";
	const results = useResults(host, text, mode);
	const past = usePast(host, isEmpty);
	const choice = useListChoice(isEmpty, results, past.searches);
	const details = useDetails();
	useStood(text, mode, results, past);

	const { open, insert } = endings(host, results, past, onDone);
	const awaited = useAwaited(results, keyOf(text, mode), open);
	const searching = {
		...{ text, mode, isEmpty, results, past, choice, moves, details, setMode, open },
		write: (next: string) => {
			awaited.current = null;
			setText(next);
		},
		take: (search: PastSearch) => {
			setText(search.text);
			setMode(search.mode);
		},
		onRowAct: (index: number, act: RowAct) => {
			const hit = results.hits[index];
			if (!hit) return;
			choice.choose(index);
			if (act === "insert") insert(hit);
			else details.toggle(act, hit.path);
		},
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const key = actOf(event);
		if (key === null) return;
		if (key.act !== "open") awaited.current = null;
		if (key.act === "move") setMoves(moves + 1);
		if (carryOut(key, { ...searching, insert, awaited, onDone })) event.preventDefault();
	};
	return { ...searching, onKeyDown };
}

/** What ends a search that found something. */
function endings(host: Host, { found }: Results, past: Past, onDone: (() => void) | undefined) {
	const finish = () => {
		if (found) past.keep(found.text, found.mode);
		onDone?.();
	};
	return {
		open: (hit: Hit, where: Where) => {
			finish();
			openAt(host, hit.path, hit.passage, where);
		},
		insert: (hit: Hit) => {
			finish();
			insertLink(host, hit.path);
		},
	};
}

interface Doing extends Omit<Searching, "onKeyDown"> {
	insert: (hit: Hit) => void;
	/** Where the best hit is opened once it is known. */
	awaited: { current: Where | null };
	onDone: (() => void) | undefined;
}

/** Do what a key says; false when it says nothing here, and has its usual effect. */
function carryOut(key: KeyAct, doing: Doing): boolean {
	const { isEmpty, results, past, choice } = doing;
	if (key.act === "escape") {
		if (doing.onDone) doing.onDone();
		else doing.write("");
	} else if (key.act === "move") {
		if (!isEmpty && choice.index + key.by >= results.hits.length - 1) results.more?.();
		choice.move(key.by);
	} else if (isEmpty) {
		const search = past.searches[choice.index];
		return search !== undefined && onPast(key, search, doing);
	} else if (results.isBehind) {
		if (key.act !== "open") return false;
		doing.awaited.current = key.where;
	} else {
		const hit = results.hits[choice.index];
		return hit !== undefined && onHit(key, hit, doing);
	}
	return true;
}

function onPast(key: KeyAct, search: PastSearch, { take, past }: Doing): boolean {
	if (key.act === "open") take(search);
	else if (key.act === "forget") void past.forget(search);
	else return false;
	return true;
}

function onHit(key: KeyAct, hit: Hit, { open, insert, details }: Doing): boolean {
	const isWhole = details.whole === hit.path;
	if (key.act === "open") open(hit, key.where);
	else if (key.act === "insert") insert(hit);
	else if (key.act === "why") details.toggle("why", hit.path);
	else if (key.act === (isWhole ? "leave" : hit.passage.text && "enter")) details.toggle("whole", hit.path);
	else return false;
	return true;
}

/** One choice over whichever list is shown: hits, of which the best is chosen, or searches of before, of which none is. */
function useListChoice(isEmpty: boolean, { hits, found }: Results, searches: readonly PastSearch[]): Choice {
	const paths = useMemo(() => hits.map((hit) => hit.path), [hits]);
	const names = useMemo(() => searches.map(({ name, text }) => `${name === null ? "recent" : "saved"} ${name ?? text}`), [searches]);
	return useChoice(isEmpty ? "" : (found?.key ?? ""), isEmpty ? names : paths, isEmpty ? -1 : 0);
}

/** Remember a search whose hits were looked at for a while. */
function useStood(text: string, mode: Mode, { hits, found }: Results, past: Past): void {
	const key = keyOf(text, mode);
	const isShown = found?.key === key && hits.length > 0;
	useEffect(() => {
		if (!isShown) return;
		return windowClock.after(STOOD_MS, () => past.keep(text, mode));
	}, [key, isShown]);
}

export interface Details {
	/** Path of the hit that is shown with its whole passage. */
	whole: string | null;
	/** Path of the hit that says why it matched. */
	why: string | null;
	toggle: (which: "whole" | "why", path: string) => void;
}

function useDetails(): Details {
	const [shown, setShown] = useState<Record<"whole" | "why", string | null>>({ whole: null, why: null });
	return {
		...shown,
		toggle: (which, path) => setShown((before) => ({ ...before, [which]: before[which] === path ? null : path })),
	};
}

/** Enter, struck before the answer is there, opens the best hit of that answer and none of an older one. */
function useAwaited({ found, isBehind, hits }: Results, key: string, open: (hit: Hit, where: Where) => void) {
	const wanted = useRef<Where | null>(null);
	useLayoutEffect(() => {
		const where = wanted.current;
		if (where === null || isBehind) return;
		wanted.current = null;
		// When the question failed, what is listed is still the answer to an older one.
		if (found?.key === key && hits[0]) open(hits[0], where);
	}, [isBehind, hits]);
	return wanted;
}
