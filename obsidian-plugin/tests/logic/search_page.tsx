/** The panel of search in a page, with questions that a test answers. */

import { render } from "preact";
import { afterEach, beforeEach, vi } from "vitest";

import type { Hit, SavedSearch, SearchAnswer } from "../../src/protocol";
import type { VaultParams } from "../../src/rpc";
import { SearchPanel } from "../../src/ui/search/SearchPanel";
import { FakeHost } from "../fake_host";
import { Questions, settled, statusWith, strike as strikeOn, type as typeInto } from "./acting";

/** The host, and where the panel stands in the page. */
export let host: FakeHost;
export let place: HTMLElement;
/** Questions to search, which a test answers. */
export let asked: Questions<VaultParams<"search.query">, SearchAnswer>;
/** Searches that have a name. */
export let saved: SavedSearch[];

beforeEach(() => {
	host = new FakeHost();
	host.state.set({ kind: "ready", status: statusWith("ready") });
	place = document.createElement("div");
	document.body.append(place);
	asked = new Questions();
	saved = [];
	host.on("search.query", asked.ask);
	host.on("search.saved", () => ({ searches: [...saved] }));
	host.on("search.save", ({ name, text, mode = "hybrid" }) => {
		const search = { name, text, mode, savedAt: "2026-01-01T00:00:00Z" };
		saved = [...saved.filter((each) => each.name !== name), search];
		return search;
	});
	host.on("search.forget", ({ name }) => {
		saved = saved.filter((each) => each.name !== name);
		return null;
	});
});

afterEach(() => {
	render(null, place);
	place.remove();
	vi.useRealTimers();
});

export function hit(path: string, more: Partial<Hit> = {}): Hit {
	return {
		path,
		title: path.replace(/^.*\//, "").replace(/\.md$/, ""),
		kind: "note",
		score: 0.123456,
		passage: { text: "the tide comes in", heading: "Sea", line: 7, ranges: [[4, 8]] },
		why: [{ field: "body", term: "tide", kind: "exact" }],
		...more,
	};
}

export function answer(hits: Hit[], more: Partial<SearchAnswer> = {}): SearchAnswer {
	return {
		hits,
		total: hits.length,
		coverage: { notes: 150, searched: 150, skipped: 0 },
		mode: "hybrid",
		tookMs: 1,
		...more,
	};
}

export const notes = (...names: string[]) => answer(names.map((name) => hit(`Folder/${name}.md`)));

export async function show(props: { isModal?: boolean; onDone?: () => void } = {}) {
	await settled(() => render(<SearchPanel host={host} {...props} />, place));
}

export const box = () => place.querySelector<HTMLInputElement>('[role="combobox"]') as HTMLInputElement;
export const options = () => [...place.querySelectorAll<HTMLElement>('[role="option"]')];
export const titles = () => options().map((option) => option.querySelector(".vl-hit-title")?.textContent);
export const chosen = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
export const labelled = (label: string) => place.querySelector<HTMLElement>(`[aria-label="${label}"]`);
export const buttonWith = (text: string) => [...place.querySelectorAll("button")].find((each) => each.textContent?.includes(text));
export const foot = () => place.querySelector(".vl-search-foot")?.textContent;
export const type = (text: string) => typeInto(box(), text);
export const strike = (key: string, held: KeyboardEventInit = {}) => strikeOn(box(), key, held);

export const hover = (index: number) => settled(() => void options()[index]?.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })));

/** Type a text and have it answered. */
export async function find(text: string, given: SearchAnswer) {
	await type(text);
	await asked.latest.answer(given);
}

/** Have a search kept under a name before the panel is shown. */
export function keep(search: SavedSearch): void {
	saved = [...saved, search];
}
