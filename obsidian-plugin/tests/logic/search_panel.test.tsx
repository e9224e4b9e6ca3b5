import { render } from "preact";
import { expect, test, vi } from "vitest";

import { CallFailed, Disconnected } from "../../src/rpc";
import { SearchPanel } from "../../src/ui/search/SearchPanel";
import { click, settled, statusWith, type as typeInto } from "./acting";
import { answer, asked, box, buttonWith, chosen, find, foot, hit, host, labelled, notes, options, place, show, strike, titles, type } from "./search_page";

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
