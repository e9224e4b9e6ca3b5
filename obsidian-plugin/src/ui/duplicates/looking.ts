/** What the panel looks for, and when it looks again by itself. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { windowClock } from "../../clock";
import { useReady } from "../changes/Unready";
import { type Host, THRESHOLD } from "../host";
import { useRecalled } from "../recalled";
import { useStore } from "../store";
import { type Wanted, lookFor } from "./look";
import type { Kind } from "./wording";

/** Groups of a kind that are asked for at a time. */
export const PAGE = 100;
/** A look as fast as this is had again by itself. */
const CHEAP_MS = 300;
const SETTLED_MS = 1000;
const SLIDER_MS = 150;

export type Looking = ReturnType<typeof useLooking>;

export function useLooking(host: Host) {
	const { isAsking, ...wish } = useWish(host);
	const { threshold, isOneNote, isWithoutNote, note } = wish;
	const [kind, setKind] = useState<Kind | null>(null);
	const limits = useRef<Partial<Record<Kind, number>>>({});
	const wanted = useRef<Wanted>(null as never);
	wanted.current = { note, threshold, limit: (each) => limits.current[each] ?? PAGE };
	const look = useMemo(() => lookFor(host, () => wanted.current), [host]);
	const standing = useStore(look.standing);
	const { open, toggle, close } = useOpen();
	const found = Object.values(standing.found);
	const isAtIt = found.some(({ groups }) => groups.some((group) => open.includes(group.id)));
	const cost_ms = found.reduce((sum, each) => sum + each.tookMs, 0);
	useEffect(() => look.stop, [look]);
	useEffect(look.clear, [isOneNote, isWithoutNote]);
	const renewing = useRenewing(host, isAsking, isAtIt || cost_ms > CHEAP_MS, look.ask, [isOneNote, note]);
	// Only what depends on the threshold is asked for again.
	const asked = useRef(threshold);
	useEffect(() => {
		if (asked.current === threshold || !isAsking) return;
		return windowClock.after(SLIDER_MS, () => {
			asked.current = threshold;
			look.ask(["near", "contained"]);
		});
	}, [threshold, isAsking]);
	return {
		...look,
		...standing,
		...wish,
		...renewing,
		/** The only kind that is shown; all when it is null. */
		kind,
		setKind,
		showMore: (more: Kind) => {
			limits.current[more] = wanted.current.limit(more) + PAGE;
			look.ask([more]);
		},
		/** Groups that are shown in full. */
		open,
		toggle,
		/** Take a group out of the list that was decided on. Should it come back, it is closed. */
		drop: (groupId: string) => {
			close(groupId);
			look.drop(groupId);
		},
	};
}

/** How alike notes have to be, and whether only those of the active note are wanted: kept for the next time. */
function useWish(host: Host) {
	const [recalled, setThreshold] = useRecalled<unknown>(host, "duplicates.threshold", null);
	const [isOneNote, setOneNote] = useRecalled(host, "duplicates.only-active-note", false);
	const choices = useStore(host.choices);
	const activeNote = useStore(host.activeNote);
	const note = isOneNote ? activeNote : null;
	/** Only one note's duplicates are wanted, and none is open. */
	const isWithoutNote = isOneNote && note === null;
	const isAsking = useReady(host) && !isWithoutNote;
	const threshold = isThreshold(recalled) ? recalled : choices.threshold;
	return { threshold, setThreshold, isOneNote, setOneNote, note, isWithoutNote, isAsking };
}

function useOpen() {
	const [open, setOpen] = useState<readonly string[]>([]);
	const close = (groupId: string) => setOpen((before) => before.filter((each) => each !== groupId));
	const toggle = (groupId: string) => (open.includes(groupId) ? close(groupId) : setOpen([...open, groupId]));
	return { open, toggle, close };
}

/**
 * Looking, whenever one of `inputs` changes; and again by itself once notes have changed, unless it takes long, or would disturb
 * whoever is at a group.
 */
function useRenewing(host: Host, isAsking: boolean, isDear: boolean, ask: () => void, inputs: readonly unknown[]) {
	const [isStale, setStale] = useState(false);
	const generation = useStore(host.generation);
	const seen = useRef(generation);
	const refresh = () => {
		if (!isAsking) return;
		seen.current = host.generation.get();
		setStale(false);
		ask();
	};
	// First, so that what it looks at is not held to be new.
	useEffect(refresh, [isAsking, ...inputs]);
	useEffect(() => {
		if (generation === seen.current || !isAsking) return;
		if (isDear) return setStale(true);
		return windowClock.after(SETTLED_MS, refresh);
	}, [generation, isAsking, isDear]);
	return {
		/** Notes changed since, and a new look would disturb. */
		isStale,
		/** Look again, with the list staying as it is meanwhile. */
		refresh,
	};
}

/** What is kept on a device may be anything. */
function isThreshold(value: unknown): value is number {
	return typeof value === "number" && value >= THRESHOLD.least && value <= THRESHOLD.most;
}
