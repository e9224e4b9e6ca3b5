/** The hits, one chosen; clicks and drags on any of them are heard here. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import type { Host } from "../host";
import { whereTo } from "../parts";
import { HitRow, type RowAct } from "./HitRow";
import type { Results } from "./results";
import type { Searching } from "./searching";

export interface ListProps {
	host: Host;
	/** Of the list; a row's is this with its index. */
	id: string;
	searching: Searching;
	isDraggable: boolean;
}

/** So near to its end, in pixels, is a list about to be read to the end. */
const NEAR_END = 300;

export function HitList({ host, id, searching, isDraggable }: ListProps) {
	const { results, choice, details } = searching;
	const { hovered, ...mouse } = useMouse(host, searching);
	const scroll = useScroll(results);
	return (
		<div
			class={`vl-hits ${results.isBehind ? "is-behind" : ""}`}
			role="listbox"
			aria-label="Results"
			id={id}
			{...mouse}
			{...scroll}
		>
			{results.hits.map((hit, index) => (
				<HitRow
					key={hit.path}
					host={host}
					hit={hit}
					index={index}
					id={`${id}-${index}`}
					isChosen={index === choice.index}
					isWhole={hit.path === details.whole}
					isWhyShown={hit.path === details.why}
					isHovered={hit.path === hovered}
					isDraggable={isDraggable}
				/>
			))}
		</div>
	);
}

function useMouse(host: Host, { results, open, onRowAct }: Searching) {
	const [hovered, setHovered] = useState<string | null>(null);
	const hitAt = (event: Event) => results.hits[indexAt(event)];
	return {
		/** Path of the hit that the mouse is on. */
		hovered,
		onClick: (event: MouseEvent) => {
			const act = closest(event, "[data-act]")?.dataset["act"];
			const hit = hitAt(event);
			if (act) onRowAct(indexAt(event), act as RowAct);
			else if (hit) open(hit, whereTo(event));
		},
		onAuxClick: (event: MouseEvent) => {
			const hit = hitAt(event);
			if (hit && event.button === 1) open(hit, "tab");
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

function useScroll({ found, more }: Results) {
	const ref = useRef<HTMLDivElement>(null);
	const isScrolled = useRef(false);
	useLayoutEffect(() => {
		// Another list is shown from its beginning. Not asked of the element, which would have to be laid out to know.
		if (isScrolled.current) ref.current?.scrollTo({ top: 0 });
		isScrolled.current = false;
	}, [found?.key]);
	const onScroll = (event: Event) => {
		const { scrollHeight, scrollTop, clientHeight } = event.currentTarget as HTMLElement;
		isScrolled.current = scrollTop > 0;
		if (scrollHeight - scrollTop - clientHeight < NEAR_END) more?.();
	};
	return { ref, onScroll };
}

function closest(event: Event, selector: string): HTMLElement | null {
	return (event.target as Element | null)?.closest<HTMLElement>(selector) ?? null;
}

function indexAt(event: Event): number {
	return Number(closest(event, "[data-index]")?.dataset["index"] ?? -1);
}
