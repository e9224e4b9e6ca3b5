/** The hits, one chosen; clicks and drags on any of them are heard here. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Hit } from "../../protocol";
import type { Host, Where } from "../host";
import { whereTo } from "../parts";
import { HitRow, type RowAct } from "./HitRow";

export interface HitListProps {
	host: Host;
	hits: readonly Hit[];
	/** Another list is shown from its beginning. */
	listKey: string;
	/** Of the list; a row's is this with its index. */
	id: string;
	chosen: number;
	/** Path of the hit that is shown with its whole passage. */
	whole: string | null;
	/** Path of the hit that says why it matched. */
	why: string | null;
	/** Other hits are on their way. */
	isBehind: boolean;
	isDraggable: boolean;
	onOpen: (hit: Hit, where: Where) => void;
	onAct: (index: number, act: RowAct) => void;
	/** Called when the end of the list comes into view, unless that is all. */
	onEnd: (() => void) | undefined;
}

/** So near to its end, in pixels, is a list about to be read to the end. */
const NEAR_END = 300;

export function HitList(props: HitListProps) {
	const { host, hits, id, chosen, whole, why, isBehind, isDraggable } = props;
	const { hovered, ...mouse } = useMouse(props);
	const scroll = useScroll(props);
	return (
		<div
			class={`vl-hits ${isBehind ? "is-behind" : ""}`}
			role="listbox"
			aria-label="Results"
			id={id}
			{...mouse}
			{...scroll}
		>
			{hits.map((hit, index) => (
				<HitRow
					key={hit.path}
					host={host}
					hit={hit}
					index={index}
					id={`${id}-${index}`}
					isChosen={index === chosen}
					isWhole={hit.path === whole}
					isWhyShown={hit.path === why}
					isHovered={hit.path === hovered}
					isDraggable={isDraggable}
				/>
			))}
		</div>
	);
}

function useMouse({ host, hits, onOpen, onAct }: HitListProps) {
	const [hovered, setHovered] = useState<string | null>(null);
	const hitAt = (event: Event) => hits[indexAt(event)];
	return {
		/** Path of the hit that the mouse is on. */
		hovered,
		onClick: (event: MouseEvent) => {
			const act = closest(event, "[data-act]")?.dataset["act"];
			const hit = hitAt(event);
			if (act) onAct(indexAt(event), act as RowAct);
			else if (hit) onOpen(hit, whereTo(event));
		},
		onAuxClick: (event: MouseEvent) => {
			const hit = hitAt(event);
			if (hit && event.button === 1) onOpen(hit, "tab");
		},
		onDragStart: (event: DragEvent) => {
			const hit = hitAt(event);
			if (hit) host.dragLink(event, hit.path);
		},
		onMouseOver: (event: MouseEvent) => {
			const row = closest(event, "[data-index]");
			const hit = hitAt(event);
			setHovered(hit?.path ?? null);
			const isNew = row !== null && !row.contains(event.relatedTarget as Node | null);
			if (isNew && hit) host.hoverLink(event, row, hit.path);
		},
		onMouseLeave: () => setHovered(null),
	};
}

function useScroll({ listKey, onEnd }: HitListProps) {
	const ref = useRef<HTMLDivElement>(null);
	const isScrolled = useRef(false);
	useLayoutEffect(() => {
		// Not asked of the element, which would have to be laid out to know.
		if (isScrolled.current) ref.current?.scrollTo({ top: 0 });
		isScrolled.current = false;
	}, [listKey]);
	const onScroll = (event: Event) => {
		const { scrollHeight, scrollTop, clientHeight } = event.currentTarget as HTMLElement;
		isScrolled.current = scrollTop > 0;
		if (scrollHeight - scrollTop - clientHeight < NEAR_END) onEnd?.();
	};
	return { ref, onScroll };
}

function closest(event: Event, selector: string): HTMLElement | null {
	return (event.target as Element | null)?.closest<HTMLElement>(selector) ?? null;
}

function indexAt(event: Event): number {
	return Number(closest(event, "[data-index]")?.dataset["index"] ?? -1);
}
