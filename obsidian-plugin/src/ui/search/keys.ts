/** What the keys of the search box do. */

import type { Where } from "../host";
import { whereTo } from "../parts";

export type KeyAct =
	| { act: "move"; by: number }
	| { act: "open"; where: Where }
	| { act: "insert" }
	| { act: "why" }
	/** Into the passage, and out of it. */
	| { act: "enter" }
	| { act: "leave" }
	| { act: "forget" }
	| { act: "escape" };

const PAGE = 8;

/** The act of a key; null for all that belong to the text. */
export function actOf(event: KeyboardEvent): KeyAct | null {
	// Until it is composed, a word of Chinese, Japanese or Korean has all keys to itself.
	if (event.isComposing) return null;
	const isMod = event.ctrlKey || event.metaKey;
	switch (event.key) {
		case "ArrowDown":
			return { act: "move", by: 1 };
		case "ArrowUp":
			return { act: "move", by: -1 };
		case "PageDown":
			return { act: "move", by: PAGE };
		case "PageUp":
			return { act: "move", by: -PAGE };
		case "Enter":
			return event.altKey && !isMod ? { act: "insert" } : { act: "open", where: whereTo(event) };
		case "Tab":
			return event.shiftKey ? { act: "leave" } : { act: "enter" };
		case "Delete":
			return { act: "forget" };
		case "Escape":
			return { act: "escape" };
		default:
			return isMod && !event.altKey && event.key.toLowerCase() === "i" ? { act: "why" } : null;
	}
}
