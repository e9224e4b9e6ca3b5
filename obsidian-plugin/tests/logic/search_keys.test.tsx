import { expect, test, vi } from "vitest";

import type { Hit } from "../../src/protocol";
import { Disconnected } from "../../src/rpc";
import { click, settled } from "./acting";
import { answer, asked, box, chosen, find, hit, host, hover, notes, options, place, show, strike, titles, type } from "./search_page";

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
