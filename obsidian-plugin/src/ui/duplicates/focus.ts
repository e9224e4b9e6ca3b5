/** Where the keyboard goes when what it was in is gone. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Gives what is to be called before a group goes: then the next one is focused, or what was told about it. */
export function useNextFocus(panel: RefObject<HTMLElement | null>): (groupId: string) => void {
	const next = useRef<string | null>(null);
	useEffect(() => {
		if (next.current === null) return;
		panel.current?.querySelector<HTMLElement>(next.current)?.focus();
		next.current = null;
	});
	return (groupId) => {
		if (!isIn(panel.current)) return;
		const groups = [...(panel.current?.querySelectorAll<HTMLElement>("[data-group]") ?? [])].map((each) => each.dataset["group"]);
		const place = groups.indexOf(groupId);
		const after = groups[place + 1] ?? groups[place - 1];
		next.current = after === undefined ? "[data-focus='told']" : `[data-group="${after}"] button`;
	};
}

/** Keep the keyboard with a part of the panel that is replaced when `stage` becomes another. */
export function useFocusOnChange(part: RefObject<HTMLElement | null>, stage: string) {
	const before = useRef(stage);
	useEffect(() => {
		if (before.current !== stage && isIn(part.current)) part.current?.focus();
		before.current = stage;
	}, [part, stage]);
}

/** Whether the keyboard is here, or nowhere since what it was in is gone; not when somebody writes elsewhere meanwhile. */
function isIn(element: HTMLElement | null): boolean {
	if (element === null) return false;
	const { activeElement, body } = element.ownerDocument;
	return activeElement === null || activeElement === body || element.contains(activeElement);
}
