/** A list that is one stop for Tab: arrows move the focus through its rows. */

import { useState } from "preact/hooks";

export interface Roving {
	/** Of a row, and of the buttons in it. */
	tabIndex: (index: number) => 0 | -1;
	/** For the list; its rows carry `data-row`. */
	onKeyDown: (event: KeyboardEvent) => void;
	onFocusIn: (event: FocusEvent) => void;
}

export function useRoving(count: number): Roving {
	const [at, setAt] = useState(0);
	const current = Math.min(at, count - 1);
	return {
		tabIndex: (index) => (index === current ? 0 : -1),
		onKeyDown: (event) => {
			const last = count - 1;
			const targets: Record<string, number> = {
				ArrowDown: Math.min(last, current + 1),
				ArrowUp: Math.max(0, current - 1),
				Home: 0,
				End: last,
			};
			const next = targets[event.key];
			if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			rowsOf(event.currentTarget as HTMLElement)[next]?.focus();
		},
		onFocusIn: (event) => {
			const row = (event.target as HTMLElement).closest("li")?.querySelector<HTMLElement>("[data-row]");
			const index = row ? rowsOf(event.currentTarget as HTMLElement).indexOf(row) : -1;
			if (index >= 0) setAt(index);
		},
	};
}

function rowsOf(list: HTMLElement): HTMLElement[] {
	return [...list.querySelectorAll<HTMLElement>("[data-row]")];
}
