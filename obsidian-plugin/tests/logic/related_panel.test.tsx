import { render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Mention, Mentions, RelatedAnswer, RelatedNote, Status } from "../../src/protocol";
import { CallFailed, Disconnected, type VaultParams } from "../../src/rpc";
import { RelatedPanel } from "../../src/ui/related/RelatedPanel";
import { FakeHost } from "../fake_host";
import { Questions, click, settled, statusWith, strike } from "./acting";

let host: FakeHost;
let place: HTMLElement;
let related: Questions<VaultParams<"notes.related">, RelatedAnswer>;
let mentions: Questions<VaultParams<"notes.mentions">, Mentions>;

beforeEach(() => {
	vi.useFakeTimers();
	host = new FakeHost();
	host.state.set({ kind: "ready", status: statusWith("ready") });
	host.activeNote.set("Folder/open.md");
	place = document.createElement("div");
	document.body.append(place);
	related = new Questions();
	mentions = new Questions();
	host.on("notes.related", related.ask);
	host.on("notes.mentions", mentions.ask);
});

afterEach(() => {
	render(null, place);
	place.remove();
	vi.useRealTimers();
});

const ALL = { notes: 150, searched: 150, skipped: 0, embedded: 150 };

function near(path: string, more: Partial<RelatedNote> = {}): RelatedNote {
	const passage = { text: "mud settles", heading: "Mud", line: 4, ranges: [] };
	return { path, title: path.replace(/^.*\/|\.md$/g, ""), similarity: 0.5, linked: false, passage, ...more };
}

function mention(path: string, more: Partial<Mention> = {}): Mention {
	const passage = { text: "on the marsh", heading: null, line: 9, ranges: [[7, 12]] as [number, number][] };
	return { path, title: path.replace(/^.*\/|\.md$/g, ""), name: "marsh", count: 1, linked: false, passage, ...more };
}

const answer = (...hits: RelatedNote[]): RelatedAnswer => ({ hits, coverage: ALL, tookMs: 1 });

async function show() {
	await settled(() => render(<RelatedPanel host={host} />, place));
}

/** Show the panel with an answer for the note that is open. */
async function showWith(...hits: RelatedNote[]) {
	await show();
	await related.latest.answer(answer(...hits));
}

const goTo = (note: string | null) => settled(() => void (host.activeNote.set(note)));
const wait = (ms: number) => settled(() => void vi.advanceTimersByTime(ms));
const ready = (semantic: Status["parts"][number]["state"], more: Partial<Status> = {}) =>
	settled(() => void (host.state.set({ kind: "ready", status: statusWith(semantic, more) })));
const rows = () => [...place.querySelectorAll<HTMLElement>("[data-row]")];
const row = (index: number) => rows()[index] as HTMLElement;
const titles = () => rows().map((each) => each.querySelector(".vl-hit-title")?.textContent);
const empty = () => place.querySelector(".vl-empty-title")?.textContent;
const labelled = (label: string) => place.querySelector<HTMLElement>(`[aria-label="${label}"]`);
const buttonWith = (text: string) => [...place.querySelectorAll("button")].find((each) => each.textContent === text);

test("related notes of the open note are listed with folder, passage, likeness as a bar, and whether they are linked", async () => {
	await showWith(near("Ecology/mud.md", { similarity: 0.894, linked: true }), near("tide.md"));
	expect(related.latest.params).toEqual({ path: "Folder/open.md", limit: 20, includeLinked: true });
	expect(titles()).toEqual(["mud", "tide"]);
	expect(row(0).textContent).toBe("mudlinkedEcologyMud › mud settles");
	expect(row(1).textContent).toBe("tideMud › mud settles");
	const bar = row(0).querySelector('[role="img"]');
	expect(bar?.getAttribute("aria-label")).toBe("89 % alike in meaning");
	expect(bar?.getAttribute("title")).toBe("89 % alike in meaning");
	expect(place.textContent).toContain("150 notes");
});

test("the panel follows the note that is worked on, once one stayed for a while", async () => {
	await showWith(near("mud.md"));
	await goTo("b.md");
	await wait(200);
	await goTo("c.md");
	await wait(200);
	expect(related.all).toHaveLength(1);
	await wait(100);
	expect(related.all.map(({ params }) => params.path)).toEqual(["Folder/open.md", "c.md"]);
	expect(titles()).toEqual(["mud"]);
	await related.latest.answer(answer(near("new.md")));
	expect(titles()).toEqual(["new"]);
});

test("an answer about a note that was left is dropped", async () => {
	await show();
	await goTo("b.md");
	await wait(300);
	expect(related.all[0]?.signal.aborted).toBe(true);
	await related.all[1]?.answer(answer(near("of-b.md")));
	await related.all[0]?.answer(answer(near("of-open.md")));
	expect(titles()).toEqual(["of-b"]);
});

test("what belongs to another note is not shown when the question about this one fails", async () => {
	await showWith(near("mud.md"));
	await goTo("b.md");
	await wait(300);
	await related.latest.fail(new Error("It went wrong."));
	expect(titles()).toEqual([]);
	expect(place.querySelector('[role="alert"]')?.textContent).toContain("It went wrong.");
	await click(buttonWith("Try again"));
	await related.latest.answer(answer(near("of-b.md")));
	expect(titles()).toEqual(["of-b"]);
});

test("a pinned note stays until it is let go", async () => {
	await showWith(near("mud.md"));
	await click(labelled("Stay with this note"));
	await goTo("b.md");
	await wait(300);
	expect(related.all).toHaveLength(1);
	expect(labelled("Stay with this note")?.getAttribute("aria-pressed")).toBe("true");
	await click(labelled("Stay with this note"));
	expect(related.latest.params.path).toBe("b.md");
});

test("hiding linked notes asks for others in their place, and is remembered", async () => {
	await showWith(near("mud.md", { linked: true }));
	await click(labelled("Hide notes that are linked already"));
	expect(related.latest.params.includeLinked).toBe(false);
	await related.latest.answer(answer());
	expect(empty()).toBe("No related notes that are not linked yet");
	await click(buttonWith("Show linked notes"));
	expect(related.latest.params.includeLinked).toBe(true);
	await click(labelled("Hide notes that are linked already"));
	render(null, place);
	await show();
	expect(related.latest.params.includeLinked).toBe(false);
});

test("the list is one stop for Tab, and arrows go through it", async () => {
	await showWith(near("a.md"), near("b.md"), near("c.md"));
	const stops = () => rows().map((each) => each.tabIndex);
	expect(stops()).toEqual([0, -1, -1]);
	await settled(() => row(0).focus());
	await strike(row(0), "ArrowDown");
	expect(document.activeElement).toBe(row(1));
	expect(stops()).toEqual([-1, 0, -1]);
	await strike(row(1), "End");
	expect(document.activeElement).toBe(row(2));
	await strike(row(2), "ArrowDown");
	expect(document.activeElement).toBe(row(2));
	await strike(row(2), "Home");
	expect(document.activeElement).toBe(row(0));
});

test("keys open the note at its passage, insert a link, and show the whole passage", async () => {
	await showWith(near("a.md"));
	await strike(row(0), "Enter");
	await strike(row(0), "Enter", { ctrlKey: true });
	await strike(row(0), "Enter", { ctrlKey: true, altKey: true });
	expect(host.did("openNote")).toEqual([
		{ path: "a.md", where: "here", line: 4 },
		{ path: "a.md", where: "tab", line: 4 },
		{ path: "a.md", where: "split", line: 4 },
	]);
	await strike(row(0), "Enter", { altKey: true });
	expect(host.did("insertLink")).toEqual(["a.md"]);
	expect(await strike(row(0), " ")).toBe(false);
	expect(row(0).querySelector(".is-whole")).not.toBeNull();
});

test("the mouse opens, drags and looks at notes", async () => {
	await showWith(near("a.md"));
	await click(row(0), { metaKey: true });
	await settled(() => void row(0).dispatchEvent(new Event("dragstart", { bubbles: true })));
	await settled(() => void row(0).dispatchEvent(new MouseEvent("mouseenter")));
	await click(labelled("Insert a link to a"));
	expect(host.did("openNote")).toEqual([{ path: "a.md", where: "tab", line: 4 }]);
	expect(host.did("dragLink")).toEqual(["a.md"]);
	expect(host.did("hoverLink")).toEqual(["a.md"]);
	expect(host.did("insertLink")).toEqual(["a.md"]);
});

test("names without a link are listed in both directions, and lead to the place where they stand", async () => {
	await showWith(near("a.md"));
	await mentions.latest.answer({
		incoming: [mention("Daily/one.md", { count: 3 })],
		outgoing: [mention("Ecology/Marsh.md", { linked: true })],
		tookMs: 1,
	});
	expect(mentions.latest.params).toEqual({ path: "Folder/open.md" });
	expect(place.querySelector("summary")?.textContent).toBe("Named without a link (2)");
	expect(row(1).textContent).toBe("one“marsh”, 3 timeson the marsh");
	expect(row(2).textContent).toBe("Marsh“marsh”, linked elsewhereon the marsh");
	expect(row(2).querySelector("mark")?.textContent).toBe("marsh");
	await click(row(1));
	await click(row(2));
	expect(host.did("openNote")).toEqual([
		{ path: "Daily/one.md", where: "here", line: 9 },
		{ path: "Folder/open.md", where: "here", line: 9 },
	]);
	await strike(row(2), "Enter", { altKey: true });
	expect(host.did("insertLink")).toEqual(["Ecology/Marsh.md"]);
	await click(labelled("Hide notes that are linked already"));
	expect(place.querySelector("summary")?.textContent).toBe("Named without a link (1)");
});

test("where no note is open, or a file that is none, that is said", async () => {
	host.activeNote.set(null);
	await show();
	expect(empty()).toBe("No note is open");
	expect(related.all).toHaveLength(0);
	await goTo("Boards/x.canvas");
	await wait(300);
	await related.latest.answer(answer());
	await mentions.latest.answer({ incoming: [mention("one.md")], outgoing: [mention("two.md")], tookMs: 1 });
	expect(empty()).toBe("Only notes are compared by meaning");
	expect(titles()).toEqual(["one"]);
});

test("a note that was not read yet says so, and is asked about again when more is known", async () => {
	await ready("building");
	await show();
	await related.latest.answer({ ...answer(), coverage: { ...ALL, embedded: 20 } });
	expect(empty()).toBe("This note may not have been read yet");
	expect(place.textContent).toContain("20 of 150");
	await settled(() => void (host.generation.set(host.generation.get() + 1)));
	await related.latest.answer(answer(near("a.md")));
	expect(titles()).toEqual(["a"]);
});

test("a note that is new, or left out, is told from one that has nothing related", async () => {
	await show();
	await related.latest.fail(new CallFailed(-32021, "There is no note."));
	expect(empty()).toBe("This note has not been read yet");
	await ready("ready", { skipped: [{ path: "Folder/open.md", reason: "in an excluded folder" }] });
	await settled(() => void (host.generation.set(host.generation.get() + 1)));
	await related.latest.answer(answer());
	expect(empty()).toBe("This note is left out");
	expect(place.textContent).toContain("in an excluded folder");
	await ready("ready");
	expect(empty()).toBe("No related notes");
});

test("a pinned note stays pinned when it gets another name", async () => {
	await showWith(near("a.md"));
	await click(labelled("Stay with this note"));
	await goTo("Other.md");
	await settled(() => {
		for (const [from, to] of [["x.md", "y.md"], ["Folder/open.md", "Folder/New name.md"], ["y.md", "z.md"]] as const) {
			host.lastRename.set({ from, to });
		}
	});
	expect(related.latest.params).toMatchObject({ path: "Folder/New name.md" });
	expect(place.querySelector(".vl-related-note")?.textContent).toBe("New name");
});

test("a pinned note that is gone can be let go", async () => {
	await showWith(near("a.md"));
	await click(labelled("Stay with this note"));
	await settled(() => void (host.generation.set(host.generation.get() + 1)));
	await related.latest.fail(new CallFailed(-32021, "There is no note."));
	expect(empty()).toBe("The note that was pinned is gone");
	await click(buttonWith("Follow the note that is open"));
	expect(labelled("Stay with this note")?.getAttribute("aria-pressed")).toBe("false");
});

test("where meaning is switched off it is said how to switch it on, and names are listed all the same", async () => {
	await ready("absent");
	await show();
	await related.latest.answer({ ...answer(), coverage: { ...ALL, embedded: null } });
	await mentions.latest.answer({ incoming: [mention("one.md")], outgoing: [], tookMs: 1 });
	expect(empty()).toBe("Related notes are found by meaning");
	await click(buttonWith("Open the settings"));
	expect(host.did("openSettings")).toHaveLength(1);
	expect(titles()).toEqual(["one"]);
});

test("while the librarian is away the list stays, and says so", async () => {
	await showWith(near("a.md"));
	const problem = { title: "The librarian stopped.", detail: "It is started again.", remedy: "" };
	await settled(() => void (host.state.set({ kind: "degraded", problem })));
	await related.latest.fail(new Disconnected("away"));
	expect(titles()).toEqual(["a"]);
	expect(place.querySelector(".vl-away")?.textContent).toContain("What is listed here is from before.");
	expect(place.querySelector('[role="alert"]')).toBeNull();
});
