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
	const [recalled, setThreshold] = useRecalled<unknown>(host, "duplicates.threshold", null);
	const [isOneNote, setOneNote] = useRecalled(host, "duplicates.only-active-note", false);
	const [kind, setKind] = useState<Kind | null>(null);
	const [open, setOpen] = useState<readonly string[]>([]);
	const [isStale, setStale] = useState(false);
	const choices = useStore(host.choices);
	const activeNote = useStore(host.activeNote);
	const generation = useStore(host.generation);
	const ready = useReady(host);
	const threshold = isThreshold(recalled) ? recalled : choices.threshold;
	const note = isOneNote ? activeNote : null;
	const isWithoutNote = isOneNote && note === null;
	const isAsking = ready && !isWithoutNote;

	const limits = useRef<Partial<Record<Kind, number>>>({});
	const wanted = useRef<Wanted>(null as never);
	wanted.current = { note, threshold, limit: (each) => limits.current[each] ?? PAGE };
	const look = useMemo(() => lookFor(host, () => wanted.current), [host]);
	const standing = useStore(look.standing);
	const seen = useRef(generation);
	const refresh = () => {
		if (!isAsking) return;
		seen.current = host.generation.get();
		setStale(false);
		look.ask();
	};
	useEffect(() => look.stop, [look]);
	useEffect(look.clear, [isOneNote, isWithoutNote]);
	useEffect(refresh, [ready, isOneNote, note]);

	// Only what depends on the threshold is asked for again.
	const asked = useRef(threshold);
	useEffect(() => {
		if (asked.current === threshold || !isAsking) return;
		return windowClock.after(SLIDER_MS, () => {
			asked.current = threshold;
			look.ask(["near", "contained"]);
		});
	}, [threshold, isAsking]);

	const found = Object.values(standing.found);
	const isAtIt = found.some(({ groups }) => groups.some((group) => open.includes(group.id)));
	useEffect(() => {
		if (generation === seen.current || !isAsking) return;
		const cost_ms = found.reduce((sum, each) => sum + each.tookMs, 0);
		if (isAtIt || cost_ms > CHEAP_MS) return setStale(true);
		return windowClock.after(SETTLED_MS, refresh);
	}, [generation, ready, isAtIt]);

	const close = (groupId: string) => setOpen((before) => before.filter((each) => each !== groupId));
	return {
		...standing,
		ask: look.ask,
		stop: look.stop,
		threshold,
		setThreshold,
		isOneNote,
		setOneNote,
		/** Only one note's duplicates are wanted, and none is open. */
		isWithoutNote,
		/** The only kind that is shown; all when it is null. */
		kind,
		setKind,
		/** Notes changed since, and a new look would disturb whoever is at it. */
		isStale,
		/** Look again, with the list staying as it is meanwhile. */
		refresh,
		showMore: (more: Kind) => {
			limits.current[more] = wanted.current.limit(more) + PAGE;
			look.ask([more]);
		},
		/** Groups that are shown in full. */
		open,
		toggle: (groupId: string) => (open.includes(groupId) ? close(groupId) : setOpen([...open, groupId])),
		/** Take a group out of the list that was decided on. Should it come back, it is closed. */
		drop: (groupId: string) => {
			close(groupId);
			look.drop(groupId);
		},
	};
}

/** What is kept on a device may be anything. */
function isThreshold(value: unknown): value is number {
	return typeof value === "number" && value >= THRESHOLD.least && value <= THRESHOLD.most;
}
