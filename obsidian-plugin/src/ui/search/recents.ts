/** Searches that were worth something, the last one first; kept on this device. */

import type { Host } from "../host";
import { MODES, type Mode } from "./modes";

export interface Recent {
	text: string;
	mode: Mode;
}

const KEY = "search.recent";
const MOST = 20;

export function recents(host: Host): Recent[] {
	const kept = host.recall<unknown>(KEY);
	return Array.isArray(kept) ? kept.filter(isRecent) : [];
}

export function keepRecent(host: Host, search: Recent): void {
	host.remember(KEY, withRecent(recents(host), search));
}

export function dropRecent(host: Host, text: string): void {
	host.remember(
		KEY,
		recents(host).filter((each) => each.text !== text),
	);
}

/** The newest first, each once. The one before gives way when it was only the beginning of this one. */
export function withRecent(kept: readonly Recent[], { text, mode }: Recent): Recent[] {
	const search = { text: text.trim(), mode };
	const [last, ...older] = kept;
	const others = last && search.text.startsWith(last.text) ? older : kept;
	return [search, ...others.filter((each) => each.text !== search.text)].slice(0, MOST);
}

/** What lies in storage may be from another version. */
function isRecent(value: unknown): value is Recent {
	const { text, mode = "" } = (value ?? {}) as Partial<Recent>;
	return typeof text === "string" && mode in MODES;
}
