import { expect, test, vi } from "vitest";

import { click, settled, strike as strikeOn, type as typeInto } from "./acting";
import { answer, asked, box, buttonWith, chosen, find, host, keep, labelled, notes, options, saved, show, strike } from "./search_page";

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
	keep({ name: "Open things", text: "[status:open]", mode: "keyword", savedAt: "" });
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
