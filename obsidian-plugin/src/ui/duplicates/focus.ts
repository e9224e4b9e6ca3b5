/** Which group the keyboard goes to when the one it was in is gone. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { hasKeyboard } from "../changes/focus";

/** Gives what is to be called before a group goes: then the next one is focused, or what was told about it. */
export function useNextFocus(panel: RefObject<HTMLElement | null>): (groupId: string) => void {
	const next = useRef<string | null>(null);
	useEffect(() => {
		if (next.current === null) return;
		panel.current?.querySelector<HTMLElement>(next.current)?.focus();
		next.current = null;
	});
	return (groupId) => {
		if (!hasKeyboard(panel.current)) return;
		const groups = [...(panel.current?.querySelectorAll<HTMLElement>("[data-group]") ?? [])].map((each) => each.dataset["group"]);
		const place = groups.indexOf(groupId);
		const after = groups[place + 1] ?? groups[place - 1];
		next.current = after === undefined ? "[data-focus='told']" : `[data-group="${after}"] button`;
	};
}
