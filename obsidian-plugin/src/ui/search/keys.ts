/** What the keys of the search box do. */

import type { Where } from "../host";
import { whereTo } from "../parts";

export type KeyAct =
	| { act: "move"; by: number }
	| { act: "open"; where: Where }
	/** Enter and leave: into the passage, and out of it. */
	| { act: "insert" | "why" | "enter" | "leave" | "forget" | "escape" };

const MOVES: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

/** The act of a key; null for all that belong to the text. */
export function actOf(event: KeyboardEvent): KeyAct | null {
	const { key, altKey } = event;
	// Until it is composed, a word of Chinese, Japanese or Korean has all keys to itself.
	if (event.isComposing) return null;
	const isMod = event.ctrlKey || event.metaKey;
	const by = MOVES[key];
	if (by) return { act: "move", by };
	if (key === "Enter") return altKey && !isMod ? { act: "insert" } : { act: "open", where: whereTo(event) };
	if (key === "Tab") return { act: event.shiftKey ? "leave" : "enter" };
	if (key === "Delete") return { act: "forget" };
	if (key === "Escape") return { act: "escape" };
	return isMod && !altKey && key.toLowerCase() === "i" ? { act: "why" } : null;
}
