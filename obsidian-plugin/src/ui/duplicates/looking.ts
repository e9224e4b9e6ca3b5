/** What the panel looks for, and when it looks again by itself. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { isReady } from "../changes/Unready";
import type { Host } from "../host";
import { type FoundByKind, type Look, type Wanted, lookFor } from "./look";
import type { Kind } from "./wording";
import { useStore } from "../store";

/** Groups of a kind that are asked for at a time. */
export const PAGE = 100;
/** A look as fast as this is had again by itself. */
const CHEAP_MS = 300;
const SETTLED_MS = 1000;
const SLIDER_MS = 150;
const THRESHOLD = "duplicates.threshold";
const ONE_NOTE = "duplicates.only-active-note";

export interface Looking {
	look: Look;
	threshold: number;
	setThreshold: (threshold: number) => void;
	isOneNote: boolean;
	setOneNote: (isOneNote: boolean) => void;
	/** Of which the duplicates are shown; null for those of all notes, or when no note is open. */
	note: string | null;
	/** Notes changed since, and a new look would disturb whoever is at it. */
	isStale: boolean;
	/** Look again, with the list staying as it is meanwhile. */
	refresh: () => void;
	showMore: (kind: Kind) => void;
	/** Groups that are shown in full. */
	open: ReadonlySet<string>;
	toggle: (groupId: string) => void;
	/** Take a group out of the list that was decided on. Should it come back, it is closed. */
	drop: (groupId: string) => void;
}

export function useLooking(host: Host): Looking {
	const [chosen, setChosen] = useState(() => recalled(host));
	const choices = useStore(host.choices);
	const threshold = chosen ?? choices.threshold;
	const [isOneNote, setOneNote] = useState(() => host.recall<boolean>(ONE_NOTE) ?? false);
	const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
	const [isStale, setStale] = useState(false);
	const limits = useRef(new Map<Kind, number>());
	const seen = useRef(host.generation.get());
	const activeNote = useStore(host.activeNote);
	const note = isOneNote ? activeNote : null;
	const wanted = useRef<Wanted>(null as never);
	wanted.current = { note, threshold, limit: (kind) => limits.current.get(kind) ?? PAGE };
	const look = useMemo(() => lookFor(host, () => wanted.current), [host]);
	useEffect(() => look.stop, [look]);
	const isAsking = !isOneNote || note !== null;
	const refresh = () => {
		if (!isAsking) return;
		seen.current = host.generation.get();
		setStale(false);
		look.ask();
	};
	const ready = isReady(useStore(host.state));
	useAskedAnew(look, refresh, { ready, isOneNote, note });
	useThreshold(look, threshold, ready && isAsking);
	const generation = useStore(host.generation);
	const isAtIt = isAnyOpen(useStore(look.found), open);
	useEffect(() => {
		if (generation === seen.current || !ready || !isAsking) return;
		if (isAtIt || costOf(look.found.get()) > CHEAP_MS) return setStale(true);
		const timer = window.setTimeout(refresh, SETTLED_MS);
		return () => window.clearTimeout(timer);
	}, [generation, ready, isAtIt]);
	return {
		look,
		threshold,
		setThreshold: (value) => (setChosen(value), host.remember(THRESHOLD, value)),
		isOneNote,
		setOneNote: (value) => (setOneNote(value), host.remember(ONE_NOTE, value)),
		note,
		isStale,
		refresh,
		showMore: (kind) => {
			limits.current.set(kind, (limits.current.get(kind) ?? PAGE) + PAGE);
			look.ask([kind]);
		},
		open,
		toggle: (groupId) => setOpen((before) => (before.has(groupId) ? less(before, groupId) : new Set([...before, groupId]))),
		drop: (groupId) => {
			setOpen((before) => less(before, groupId));
			look.drop(groupId);
		},
	};
}

/** Look when there is somebody to ask, and when something else is looked for. */
function useAskedAnew(look: Look, refresh: () => void, what: { ready: boolean; isOneNote: boolean; note: string | null }) {
	const before = useRef(what.isOneNote);
	useEffect(() => {
		if (before.current !== what.isOneNote || (what.isOneNote && what.note === null)) look.clear();
		before.current = what.isOneNote;
		if (what.ready && (!what.isOneNote || what.note !== null)) refresh();
	}, [look, what.ready, what.isOneNote, what.note]);
}

/** Only what depends on the threshold is asked for again. */
function useThreshold(look: Look, threshold: number, isAsking: boolean) {
	const asked = useRef(threshold);
	useEffect(() => {
		if (asked.current === threshold || !isAsking) return;
		const timer = window.setTimeout(() => {
			asked.current = threshold;
			look.ask(["near", "contained"]);
		}, SLIDER_MS);
		return () => window.clearTimeout(timer);
	}, [look, threshold, isAsking]);
}

function less(open: ReadonlySet<string>, groupId: string): ReadonlySet<string> {
	return new Set([...open].filter((each) => each !== groupId));
}

/** The threshold that was set here last; what is kept on a device may be anything. */
function recalled(host: Host): number | undefined {
	const value = host.recall<unknown>(THRESHOLD);
	return typeof value === "number" && value >= 0.3 && value <= 1 ? value : undefined;
}

/** Whether somebody is at a group that was found. */
function isAnyOpen(found: FoundByKind, open: ReadonlySet<string>): boolean {
	return open.size > 0 && Object.values(found).some(({ groups }) => groups.some((group) => open.has(group.id)));
}

function costOf(found: FoundByKind): number {
	return Object.values(found).reduce((sum, each) => sum + each.tookMs, 0);
}
