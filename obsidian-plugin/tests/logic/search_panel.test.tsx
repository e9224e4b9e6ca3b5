import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Hit, SavedSearch, SearchAnswer } from "../../src/protocol";
import { CallFailed, Disconnected, type VaultParams } from "../../src/rpc";
import { SearchPanel } from "../../src/ui/search/SearchPanel";
import { FakeHost } from "../fake_host";
import { Questions, click, settled, statusWith, strike as strikeOn, type as typeInto } from "./acting";

let host: FakeHost;
let place: HTMLElement;
let asked: Questions<VaultParams<"search.query">, SearchAnswer>;
let saved: SavedSearch[];

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
const titles = () => options().map((option) => option.querySelector(".vl-hit-title")?.textContent);
const chosen = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
const labelled = (label: string) => place.querySelector<HTMLElement>(`[aria-label="${label}"]`);
const buttonWith = (text: string) => [...place.querySelectorAll("button")].find((each) => each.textContent?.includes(text));
const foot = () => place.querySelector(".vl-search-foot")?.textContent;
const type = (text: string) => typeInto(box(), text);
const strike = (key: string, held: KeyboardEventInit = {}) => strikeOn(box(), key, held);

const hover = (index: number) => settled(() => void options()[index]?.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })));

/** Type a text and have it answered. */
async function find(text: string, given: SearchAnswer) {
	await type(text);
	await asked.latest.answer(given);
}

test("every keystroke asks at once, and takes back the question before", async () => {
	await show();
	await type("t");
	await type("ti");
	expect(asked.all.map(({ params }) => params.text)).toEqual(["t", "ti"]);
	expect(asked.all.map(({ signal }) => signal.aborted)).toEqual([true, false]);
});

test("an answer that comes late is dropped", async () => {
	await show();
	await type("t");
	await type("ti");
	await asked.all[1]?.answer(notes("new"));
	await asked.all[0]?.answer(notes("old"));
	expect(titles()).toEqual(["new"]);
});

test("what was found before stays until the next answer is there", async () => {
	await show();
	await find("t", notes("a", "b"));
	await type("ti");
	expect(titles()).toEqual(["a", "b"]);
	await asked.latest.answer(notes("c"));
	expect(titles()).toEqual(["c"]);
});

test("a hit shows title, folder, heading and passage with what matched marked, and no score", async () => {
	await show();
	await find("tide", notes("a"));
	const [option] = options();
	expect(option?.textContent).toBe("aFolderSea › the tide comes in");
	expect([...(option?.querySelectorAll("mark") ?? [])].map((mark) => mark.textContent)).toEqual(["tide"]);
});

test("arrows choose among the hits while the box keeps the focus", async () => {
	await show();
	box().focus();
	await find("t", notes("a", "b", "c"));
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
	await find("t", notes("a", "b"));
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
	await find("t", notes("a"));
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
	await find("t", notes("a"));
	await strike("Enter");
	expect(onDone).toHaveBeenCalledTimes(1);
	await strike("Escape");
	expect(onDone).toHaveBeenCalledTimes(2);
});

test("in the sidebar Escape clears the box", async () => {
	await show();
	await find("t", notes("a"));
	await strike("Escape");
	expect(box().value).toBe("");
	expect(titles()).toEqual([]);
});

test("Enter that is struck before the answer came opens nothing when no answer comes", async () => {
	await show();
	await find("t", notes("a"));
	await type("ti");
	await strike("Enter");
	await asked.latest.fail(new Disconnected("It went away."));
	expect(place.textContent).toContain("It went away.");
	expect(host.did("openNote")).toEqual([]);
});

test("Enter that is struck before the answer came opens the best hit of that answer", async () => {
	await show();
	await find("t", notes("old"));
	await type("ti");
	await strike("Enter");
	expect(host.did("openNote")).toEqual([]);
	await asked.latest.answer(notes("new"));
	expect(host.did("openNote")).toEqual([{ path: "Folder/new.md", where: "here", line: 7 }]);
});

test("keys that compose a word are left alone", async () => {
	await show();
	await find("に", notes("a"));
	expect(await strike("Enter", { isComposing: true })).toBe(true);
	expect(host.did("openNote")).toEqual([]);
});

test("Tab goes into the chosen passage and Shift+Tab out of it; elsewhere they keep their effect", async () => {
	await show();
	const text = `${"a long way before it ".repeat(6)}the tide\nturns`;
	await find("tide", answer([hit("a.md", { passage: { text, heading: null, line: 1, ranges: [[130, 134]] } })]));
	const passage = () => place.querySelector(".vl-passage");
	expect(passage()?.textContent).toMatch(/^….*the tide/);
	expect(await strike("Tab", { shiftKey: true })).toBe(true);
	expect(await strike("Tab")).toBe(false);
	expect(passage()?.textContent).toBe(text);
	expect(passage()?.classList.contains("is-whole")).toBe(true);
	expect(await strike("Tab")).toBe(true);
	expect(await strike("Tab", { shiftKey: true })).toBe(false);
	expect(passage()?.classList.contains("is-whole")).toBe(false);
});

test("why a note matched is told on demand: in which fields, how, and how near in meaning", async () => {
	await show();
	const why: Hit["why"] = [
		{ field: "title", term: "tide", kind: "exact" },
		{ field: "body", term: "tide", kind: "exact" },
		{ field: "body", term: "tidal", kind: "stem" },
		{ field: "body", term: "tidings", kind: "prefix" },
		{ field: "aliases", term: "tied", kind: "typo" },
		{ field: "body", term: "", kind: "meaning", similarity: 0.5832 },
	];
	await find("tide", answer([hit("a.md", { why })]));
	expect(place.querySelector(".vl-why")).toBeNull();
	expect(await strike("i", { ctrlKey: true })).toBe(false);
	expect([...place.querySelectorAll(".vl-why > span")].map((line) => line.textContent)).toEqual([
		"tide in title, text",
		"tidal in text, another form of your word",
		"tidings in text, begins like your word",
		"tied in other names, spelt a little differently",
		"A passage says something near to it (similarity 0.58 of 1)",
	]);
	await hover(0);
	await click(place.querySelector('[data-act="why"]'));
	expect(place.querySelector(".vl-why")).toBeNull();
});

test("a click opens, the middle button opens in a tab, and signs act on their own row", async () => {
	await show();
	await find("t", notes("a", "b"));
	await click(options()[1], { ctrlKey: true });
	await settled(() => void options()[0]?.dispatchEvent(new MouseEvent("auxclick", { button: 1, bubbles: true })));
	expect(host.did("openNote")).toEqual([
		{ path: "Folder/b.md", where: "tab", line: 7 },
		{ path: "Folder/a.md", where: "tab", line: 7 },
	]);
	await hover(1);
	expect(place.querySelectorAll('[data-act="insert"]')).toHaveLength(1);
	await click(options()[1]?.querySelector('[data-act="insert"]'));
	expect(host.did("insertLink")).toEqual(["Folder/b.md"]);
	await settled(() => void options()[1]?.dispatchEvent(new Event("dragstart", { bubbles: true })));
	expect(host.did("dragLink")).toEqual(["Folder/b.md"]);
	expect(host.did("hoverLink")).toEqual(["Folder/b.md"]);
});

test("a note that cannot be opened is told of", async () => {
	await show();
	host.openNote = async () => {
		throw new Error("It is gone.");
	};
	await find("t", notes("a"));
	await strike("Enter");
	expect(host.did("notice")).toEqual([{ text: "It is gone.", action: undefined }]);
});

test("canvases and attachments have signs and words of what they are, and no passage when there is none", async () => {
	await show();
	const nothing = { text: "", heading: null, line: 0, ranges: [] };
	await find("t", answer([hit("Boards/x.canvas", { kind: "canvas", passage: nothing }), hit("Files/y.png", { kind: "attachment", passage: nothing })]));
	expect(options().map((option) => option.textContent)).toEqual(["Canvas: x.canvasBoards", "Attachment: y.pngFiles · PNG"]);
	expect(options()[0]?.querySelector("[data-icon]")?.getAttribute("data-icon")).toBe("layout-dashboard");
	await strike("Enter");
	expect(host.did("openNote")).toEqual([{ path: "Boards/x.canvas", where: "here", line: undefined }]);
});

test("the mode is the person's until another is chosen, and then the question is asked anew", async () => {
	host.choices.set({ ...host.choices.get(), mode: "keyword", limit: 5 });
	await show();
	await type("t");
	expect(asked.latest.params).toEqual({ text: "t", mode: "keyword", limit: 5 });
	const select = labelled("Search by") as HTMLSelectElement;
	await settled(() => {
		select.value = "semantic";
		select.dispatchEvent(new Event("change", { bubbles: true }));
	});
	expect(asked.all.map(({ params }) => params.mode)).toEqual(["keyword", "semantic"]);
});

test("an answer in another mode says so, and why when that can be mended", async () => {
	await show();
	await find("ti", answer([hit("a.md")], { mode: "keyword" }));
	expect(foot()).toBe("1 result, by words only150 notes");
	await settled(() => void (host.state.set({ kind: "ready", status: statusWith("absent") })));
	await asked.latest.answer(answer([hit("a.md")], { mode: "keyword" }));
	expect(foot()).toContain("by words only. Meaning is switched off.");
	await click(buttonWith("Open the settings"));
	expect(host.did("openSettings")).toHaveLength(1);
	await settled(() => void (host.state.set({ kind: "ready", status: statusWith("building") })));
	expect(foot()).toContain("Notes are still being read for meaning: 20 of 150.");
});

test("what a search looked at is always told, before there is an answer, too", async () => {
	const skipped = [{ path: "huge.md", reason: "too large" }];
	host.state.set({ kind: "ready", status: statusWith("ready", { skipped }) });
	await show();
	expect(foot()).toBe("150 notes · 1 left out");
	await find("t", answer([hit("a.md")], { coverage: { notes: 150, searched: 90, skipped: 0, checking: true } }));
	expect(foot()).toBe("1 result90 of 150 notes · still comparing with the files");
});

test("more hits are appended, each note once, also when the choice comes to the end", async () => {
	await show();
	await find("t", answer([hit("a.md"), hit("b.md")], { total: 5 }));
	expect(foot()).toContain("5 results, 2 shown.");
	await click(buttonWith("Show more"));
	expect(asked.latest.params).toEqual({ text: "t", mode: "hybrid", limit: 20, offset: 2 });
	await asked.latest.answer(answer([hit("b.md"), hit("c.md")], { total: 5 }));
	expect(titles()).toEqual(["a", "b", "c"]);
	await strike("ArrowDown");
	expect(asked.all).toHaveLength(2);
	await strike("ArrowDown");
	expect(asked.latest.params.offset).toBe(3);
	await asked.latest.answer(answer([hit("d.md"), hit("e.md")], { total: 5 }));
	expect(titles()).toEqual(["a", "b", "c", "d", "e"]);
	expect(chosen()).toBe(2);
	expect(buttonWith("Show more")).toBeUndefined();
});

test("scrolling near the end asks for more, and another list is shown from its beginning", async () => {
	await show();
	await find("t", answer([hit("a.md")], { total: 2 }));
	const list = place.querySelector('[role="listbox"]') as HTMLElement;
	const scrolls = vi.spyOn(list, "scrollTo");
	list.scrollTop = 50;
	await settled(() => void list.dispatchEvent(new Event("scroll")));
	expect(asked.latest.params.offset).toBe(1);
	await asked.latest.answer(answer([hit("b.md")], { total: 2 }));
	expect(scrolls).not.toHaveBeenCalled();
	await find("ti", notes("a"));
	expect(scrolls).toHaveBeenCalledWith({ top: 0 });
});

test("more hits that come after another question are dropped", async () => {
	await show();
	await find("t", answer([hit("a.md")], { total: 2 }));
	await click(buttonWith("Show more"));
	const late = asked.latest;
	await find("ti", answer([hit("x.md")], { total: 2 }));
	await click(buttonWith("Show more"));
	await asked.latest.answer(answer([hit("y.md")], { total: 2 }));
	await late.answer(answer([hit("b.md")], { total: 2 }));
	expect(titles()).toEqual(["x", "y"]);
});

test("when notes were indexed anew, as many hits are asked for as are shown, and the choice stays with its note", async () => {
	await show();
	await find("t", answer([hit("a.md"), hit("b.md")], { total: 3 }));
	await click(buttonWith("Show more"));
	await asked.latest.answer(answer([hit("c.md")], { total: 3 }));
	await strike("ArrowDown");
	host.choices.set({ ...host.choices.get(), limit: 2 });
	await settled(() => void (host.generation.set(host.generation.get() + 1)));
	expect(asked.latest.params).toEqual({ text: "t", mode: "hybrid", limit: 3 });
	expect(titles()).toEqual(["a", "b", "c"]);
	await asked.latest.answer(answer([hit("new.md"), hit("a.md"), hit("b.md")], { total: 4 }));
	expect(titles()).toEqual(["new", "a", "b"]);
	expect(chosen()).toBe(2);
});

test("another question begins with its best hit chosen", async () => {
	await show();
	await find("t", notes("a", "b"));
	await strike("ArrowDown");
	await type("ti");
	expect(chosen()).toBe(1);
	await asked.latest.answer(notes("b", "a"));
	expect(chosen()).toBe(0);
});

test("a search whose hit was opened, or that stood for two seconds, is offered while the box is empty", async () => {
	vi.useFakeTimers();
	await show();
	await find("fleeting", notes("a"));
	await settled(() => void vi.advanceTimersByTime(1900));
	await find("stood", notes("a"));
	await settled(() => void vi.advanceTimersByTime(2100));
	await find("nothing", answer([]));
	await settled(() => void vi.advanceTimersByTime(2100));
	await find("opened", notes("a"));
	await strike("Enter");
	await strike("Escape");
	expect(options().map((option) => option.querySelector(".vl-past-name")?.textContent)).toEqual(["opened", "stood"]);
});

test("an earlier search is chosen with the arrows, taken with Enter and forgotten with Delete", async () => {
	host.remember("search.recent", [
		{ text: "tide", mode: "hybrid" },
		{ text: "mud", mode: "keyword" },
		"from another version",
	]);
	saved = [{ name: "Open things", text: "[status:open]", mode: "keyword", savedAt: "" }];
	await show();
	expect(chosen()).toBe(-1);
	expect(options().map((option) => option.textContent)).toEqual(["Open things[status:open]Words", "tide", "mudWords"]);
	await strike("ArrowDown");
	await strike("ArrowDown");
	expect(await strike("Delete")).toBe(false);
	expect(options()).toHaveLength(2);
	await strike("ArrowUp");
	await strike("Enter");
	expect(box().value).toBe("[status:open]");
	expect(asked.latest.params).toMatchObject({ text: "[status:open]", mode: "keyword" });
	expect(await strike("Delete")).toBe(true);
});

test("an earlier search is taken with a click, and forgotten with one on its sign", async () => {
	host.remember("search.recent", [
		{ text: "tide", mode: "hybrid" },
		{ text: "mud", mode: "hybrid" },
	]);
	await show();
	await click(options()[0]?.querySelector(".vl-sign"));
	expect(box().value).toBe("");
	expect(host.recall("search.recent")).toEqual([{ text: "mud", mode: "hybrid" }]);
	await click(options()[0]);
	expect(box().value).toBe("mud");
	expect(document.activeElement).toBe(box());
});

test("a search is saved under a name, recognised as saved, and can be forgotten and kept after all", async () => {
	await show();
	await find("tag:todo", notes("a"));
	await click(labelled("Save this search"));
	const name = labelled("Name of this search") as HTMLInputElement;
	expect(name.value).toBe("tag:todo");
	await typeInto(name, "To do");
	await strikeOn(name, "Enter");
	expect(saved).toMatchObject([{ name: "To do", text: "tag:todo", mode: "hybrid" }]);
	expect(labelled("Name of this search")).toBeNull();
	expect(document.activeElement).toBe(box());
	await click(labelled("Saved as “To do”. Forget it"));
	expect(saved).toEqual([]);
	const [notice] = host.did("notice") as { action: { run: () => void } }[];
	await settled(() => notice?.action.run());
	expect(saved).toMatchObject([{ name: "To do" }]);
});

test("naming a search is given up with Escape, and the modal stays", async () => {
	const onDone = vi.fn();
	await show({ isModal: true, onDone });
	await find("t", notes("a"));
	await click(labelled("Save this search"));
	await strikeOn(labelled("Name of this search") as HTMLElement, "Escape");
	expect(labelled("Name of this search")).toBeNull();
	expect(onDone).not.toHaveBeenCalled();
});

test("an operator from the cheat sheet is put where the cursor is, its blank selected", async () => {
	await show();
	await find("tide", notes("a"));
	expect(buttonWith("tag:project")).toBeUndefined();
	await click(labelled("What you can type"));
	box().setSelectionRange(4, 4);
	await click(buttonWith("tag:project"));
	expect(box().value).toBe("tide tag:project");
	expect(box().value.slice(box().selectionStart ?? 0, box().selectionEnd ?? 0)).toBe("project");
	expect(document.activeElement).toBe(box());
	expect(asked.latest.params.text).toBe("tide tag:project");
});

test("nothing found says what to try, and the buttons try it", async () => {
	await show();
	await find('mud "low water"', answer([]));
	expect(place.textContent).toContain("Nothing found for “mud \"low water\"”");
	await click(buttonWith("Search by meaning only"));
	expect(asked.latest.params.mode).toBe("semantic");
	await asked.latest.answer(answer([], { mode: "semantic" }));
	await click(buttonWith("Search for “mud”"));
	expect(document.activeElement).toBe(box());
	expect(box().value).toBe("mud");
	expect(asked.latest.params).toMatchObject({ text: "mud", mode: "semantic" });
});

test("a failure is told in words, and the question can be asked again", async () => {
	await show();
	await find("t", notes("a"));
	await type("ti");
	await asked.latest.fail(new CallFailed(-32603, "internal", { incident: "abc1" }));
	expect(place.querySelector('[role="alert"]')?.textContent).toContain("incident abc1");
	expect(titles()).toEqual(["a"]);
	await click(buttonWith("Try again"));
	await asked.latest.answer(notes("b"));
	expect(place.querySelector('[role="alert"]')).toBeNull();
	expect(titles()).toEqual(["b"]);
});

test("while the librarian is away old results stay and can be opened; once it is back it is asked again", async () => {
	await show();
	await find("t", notes("a"));
	const problem = { title: "The librarian stopped.", detail: "It is started again.", remedy: "" };
	await settled(() => void (host.state.set({ kind: "degraded", problem })));
	await asked.latest.fail(new Disconnected("away"));
	await type("ti");
	await asked.latest.fail(new Disconnected("away"));
	expect(place.querySelector(".vl-away")?.textContent).toContain("What is listed here is from before.");
	expect(place.querySelector('[role="alert"]')).toBeNull();
	expect(titles()).toEqual(["a"]);
	await strike("Enter");
	expect(host.did("openNote")).toHaveLength(1);
	await settled(() => void (host.state.set({ kind: "ready", status: statusWith("ready") })));
	await asked.latest.answer(notes("b"));
	expect(titles()).toEqual(["b"]);
	expect(place.querySelector(".vl-away")).toBeNull();
});

test("while notes are read for the first time there is progress, and what is known already is found", async () => {
	host.state.set({ kind: "opening", progress: { vaultId: "v", part: "keyword", phase: "reading", done: 30, total: 120 } });
	await show();
	const progress = place.querySelector("progress");
	expect([progress?.value, progress?.max]).toEqual([30, 120]);
	await find("t", notes("a"));
	expect(titles()).toEqual(["a"]);
});

test.each([
	[{ kind: "stopped" as const }, "Start it", "retry"],
	[{ kind: "new" as const }, "See how it works", "show"],
	[{ kind: "missing" as const, looked: [] }, "Show how to install it", "show"],
	[{ kind: "failed" as const, problem: { title: "Held.", detail: "", remedy: "" } }, "Show what is wrong", "show"],
])("where the librarian stands still (%o) one button leads on", async (state, label, deed) => {
	host.state.set(state);
	await show();
	await click(buttonWith(label));
	expect(host.did(deed)).toHaveLength(1);
});

test("when the choice moves only two rows are rendered", async () => {
	await show();
	const rendered: string[] = [];
	const seen = (name: string) => ({
		...hit(`${name}.md`),
		get title() {
			rendered.push(name);
			return name;
		},
	});
	await find("t", answer([..."abcdefghij"].map(seen)));
	expect(rendered).toContain("j");
	rendered.length = 0;
	await strike("ArrowDown");
	expect(new Set(rendered)).toEqual(new Set(["a", "b"]));
});

test("twenty hits are rendered fast", async () => {
	await show();
	const took: number[] = [];
	for (let round = 0; round < 10; round++) {
		await type(`t${round}`);
		const given = notes(...[..."abcdefghijklmnopqrst"].map((name) => `${name}${round}`));
		const started = performance.now();
		await asked.latest.answer(given);
		took.push(performance.now() - started);
	}
	// A slow stand-in for a browser, on a machine that may be busy: a guard against something quadratic, no measurement.
	expect(Math.min(...took)).toBeLessThan(50);
});

test("two panels in one window have ids of their own", async () => {
	await show();
	await find("t", notes("a"));
	const other = document.createElement("div");
	document.body.append(other);
	await settled(() => render(<SearchPanel host={host} />, other));
	await typeInto(other.querySelector("input") as HTMLInputElement, "t");
	await asked.latest.answer(notes("a"));
	const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
	expect(new Set(ids).size).toBe(ids.length);
	render(null, other);
	other.remove();
});
