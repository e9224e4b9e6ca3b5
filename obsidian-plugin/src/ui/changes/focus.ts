/** Where the keyboard goes when what it was in is gone. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

type Part = RefObject<HTMLElement | null>;

/** Focus `part` when `stage` becomes another while the keyboard is in `within`, of which something may be replaced then. */
export function useFocusOnChange(part: Part, stage: string, within: Part = part) {
	const before = useRef(stage);
	useEffect(() => {
		if (before.current !== stage && hasKeyboard(within.current)) part.current?.focus({ preventScroll: within !== part });
		before.current = stage;
	}, [part, stage]);
}

/** Whether the keyboard is here, or nowhere since what it was in is gone; not when somebody writes elsewhere meanwhile. */
export function hasKeyboard(element: HTMLElement | null): boolean {
	if (element === null) return false;
	const { activeElement, body } = element.ownerDocument;
	return activeElement === null || activeElement === body || element.contains(activeElement);
}
