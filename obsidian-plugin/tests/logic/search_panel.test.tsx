import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Hit, SearchAnswer } from "../../src/protocol";
import type { VaultParams } from "../../src/rpc";
import { SearchPanel } from "../../src/ui/search/SearchPanel";
import { FakeHost } from "../fake_host";

type Query = VaultParams<"search.query">;

let host: FakeHost;
let place: HTMLElement;
/** Questions that wait, in the order in which they were asked. */
let asked: { query: Query; signal: AbortSignal; answer: (answer: SearchAnswer) => Promise<void>; fail: (error: Error) => Promise<void> }[];

beforeEach(() => {
	host = new FakeHost();
	host.state.value = { kind: "ready", status: status() };
	place = document.createElement("div");
	document.body.append(place);
	asked = [];
	host.on("search.saved", () => ({ searches: [] }));
	host.on("search.query", (query, { signal }) => {
		return new Promise((resolve, reject) => {
			asked.push({
				query,
				signal: signal ?? new AbortController().signal,
				answer: (answer) => settled(() => resolve(answer)),
				fail: (error) => settled(() => reject(error)),
			});
		});
	});
});

afterEach(() => {
	render(null, place);
	place.remove();
	vi.useRealTimers();
});

/** Do something, and wait for all that promises make of it. */
async function settled(something: () => void): Promise<void> {
	await act(async () => {
		something();
		for (let turn = 0; turn < 20; turn++) await Promise.resolve();
	});
}

function status(semantic: "ready" | "absent" | "building" = "ready") {
	return {
		vaultId: "v",
		path: "/vault",
		ready: { keyword: true, catalog: true, semantic: semantic === "ready" },
		parts: [{ name: "semantic" as const, state: semantic, done: 20, total: 150, detail: null }],
		counts: { notes: 150, canvases: 0, bases: 0, attachments: 0 },
		skipped: [],
		timings: { scanMs: 1, keywordMs: 1 },
	};
}

function hit(path: string, more: Partial<Hit> = {}): Hit {
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

function answer(hits: Hit[], more: Partial<SearchAnswer> = {}): SearchAnswer {
	return {
		hits,
		total: hits.length,
		coverage: { notes: 150, searched: 150, skipped: 0 },
		mode: "hybrid",
		tookMs: 1,
		...more,
	};
}

const notes = (...names: string[]) => answer(names.map((name) => hit(`Folder/${name}.md`)));

async function show(props: { isModal?: boolean; onDone?: () => void } = {}) {
	await settled(() => render(<SearchPanel host={host} {...props} />, place));
}

const box = () => place.querySelector<HTMLInputElement>('[role="combobox"]') as HTMLInputElement;
const options = () => [...place.querySelectorAll<HTMLElement>('[role="option"]')];
const titles = () => options().map((option) => option.querySelector(".librarian-hit-title")?.textContent);
const chosen = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
const last = () => asked[asked.length - 1] as (typeof asked)[number];

async function type(text: string) {
	await settled(() => {
		box().value = text;
		box().dispatchEvent(new Event("input", { bubbles: true }));
	});
}

/** Strike a key in the box; false when the panel kept its usual effect from happening. */
async function strike(key: string, held: Partial<KeyboardEventInit> = {}): Promise<boolean> {
	let went = true;
	await settled(() => {
		went = box().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...held }));
	});
	return went;
}

async function found(text: string, given: SearchAnswer) {
	await type(text);
	await last().answer(given);
}

test("every keystroke asks at once, and takes back the question before", async () => {
	await show();
	await type("t");
	await type("ti");
	expect(asked.map(({ query }) => query.text)).toEqual(["t", "ti"]);
	expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
});

test("an answer that comes late is dropped", async () => {
	await show();
	await type("t");
	await type("ti");
	await asked[1]?.answer(notes("new"));
	await asked[0]?.answer(notes("old"));
	expect(titles()).toEqual(["new"]);
});

test("what was found before stays until the next answer is there", async () => {
	await show();
	await found("t", notes("a", "b"));
	await type("ti");
	expect(titles()).toEqual(["a", "b"]);
	await last().answer(notes("c"));
	expect(titles()).toEqual(["c"]);
});

test("a hit shows title, folder, heading and passage with what matched marked, and no score", async () => {
	await show();
	await found("tide", notes("a"));
	const [option] = options();
	expect(option?.textContent).toBe("aFolderSea › the tide comes in");
	expect([...(option?.querySelectorAll("mark") ?? [])].map((mark) => mark.textContent)).toEqual(["tide"]);
});

test("arrows choose among the hits while the box keeps the focus", async () => {
	await show();
	box().focus();
	await found("t", notes("a", "b", "c"));
	expect(chosen()).toBe(0);
	await strike("ArrowDown");
	await strike("ArrowDown");
	await strike("ArrowDown");
	expect(chosen()).toBe(2);
	await strike("ArrowUp");
	expect(chosen()).toBe(1);
	expect(box().getAttribute("aria-activedescendant")).toBe(options()[1]?.id);
	expect(box().getAttribute("aria-controls")).toBe(place.querySelector('[role="listbox"]')?.id);
	expect(document.activeElement).toBe(box());
});

test("Enter opens the chosen hit at its line; with keys held in a tab or a split", async () => {
	await show();
	await found("t", notes("a", "b"));
	await strike("ArrowDown");
	await strike("Enter");
	await strike("Enter", { ctrlKey: true });
	await strike("Enter", { metaKey: true, altKey: true });
	expect(host.did("openNote")).toEqual([
		{ path: "Folder/b.md", where: "here", line: 7 },
		{ path: "Folder/b.md", where: "tab", line: 7 },
		{ path: "Folder/b.md", where: "split", line: 7 },
	]);
});

test("Alt+Enter inserts a link; where there is no note for it, that is told", async () => {
	await show();
	await found("t", notes("a"));
	await strike("Enter", { altKey: true });
	expect(host.did("insertLink")).toEqual(["Folder/a.md"]);
	expect(host.did("notice")).toEqual([]);
	host.insertLink = () => false;
	await strike("Enter", { altKey: true });
	expect(host.did("notice")).toHaveLength(1);
});

test("the modal is done with when a note is opened, and on Escape", async () => {
	const onDone = vi.fn();
	await show({ isModal: true, onDone });
	expect(document.activeElement).toBe(box());
	await found("t", notes("a"));
	await strike("Enter");
	expect(onDone).toHaveBeenCalledTimes(1);
	await strike("Escape");
	expect(onDone).toHaveBeenCalledTimes(2);
});

test("in the sidebar Escape clears the box", async () => {
	await show();
	await found("t", notes("a"));
	await strike("Escape");
	expect(box().value).toBe("");
	expect(titles()).toEqual([]);
});

test("Enter that is struck before the answer came opens the best hit of that answer", async () => {
	await show();
	await found("t", notes("old"));
	await type("ti");
	await strike("Enter");
	expect(host.did("openNote")).toEqual([]);
	await last().answer(notes("new"));
	expect(host.did("openNote")).toEqual([{ path: "Folder/new.md", where: "here", line: 7 }]);
});

test("keys that compose a word are left alone", async () => {
	await show();
	await found("に", notes("a"));
	expect(await strike("Enter", { isComposing: true })).toBe(true);
	expect(host.did("openNote")).toEqual([]);
});
