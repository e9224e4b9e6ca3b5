import { afterEach, expect, test } from "vitest";

import type { ComparedLine, Comparison, Piece } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import { Difference } from "../../src/ui/duplicates/Difference";
import { excerpt, rowsOf, shortened } from "../../src/ui/duplicates/rows";
import { FakeHost } from "../fake_host";
import { COMPARED, KEPT, OTHER } from "./duplicates_recorded";
import { type Page, later, show } from "./panel_page";

let page: Page | null = null;
afterEach(async () => {
	await page?.close();
	page = null;
});

const same = (text: string): Piece => ({ text, same: true });
const own = (text: string): Piece => ({ text, same: false });
const both = (text: string): ComparedLine => ({ kind: "same", left: [same(text)], right: [same(text)] });

function comparison(about: Partial<Comparison>): Comparison {
	return { left: "A.md", right: "B.md", similarity: 0.9, hunks: [], same: 0, changed: 0, removed: 0, added: 0, more: 0, ...about };
}

async function compared(answer: Comparison, host = new FakeHost()): Promise<FakeHost> {
	host.on("duplicates.compare", () => answer);
	page = await show(<Difference host={host} left={answer.left} right={answer.right} onClose={() => undefined} />);
	return host;
}

test("lines are numbered on either side, and those between are counted", () => {
	const rows = rowsOf(
		comparison({
			hunks: [
				{ leftLine: 4, rightLine: 4, lines: [both("x"), { kind: "removed", left: [own("gone")], right: null }, both("y")] },
				{ leftLine: 20, rightLine: 19, lines: [{ kind: "added", left: null, right: [own("new")] }] },
			],
			same: 40,
		}),
	);
	expect(rows.map((row) => (row.kind === "line" ? [row.left, row.right] : [row.kind, row.count]))).toEqual([
		["gap", 4],
		[5, 5],
		[6, null],
		[7, 6],
		["gap", 13],
		[null, 20],
		["gap", 21],
	]);
});

test("lines that are not in the answer are counted at the end", () => {
	const rows = rowsOf(comparison({ hunks: [{ leftLine: 0, rightLine: 0, lines: [both("x")] }], same: 100, more: 5000 }));
	expect(rows.at(-1)).toEqual({ kind: "untold", count: 5000 });
});

test("a passage is the rows of its lines in the right note", () => {
	const lines: ComparedLine[] = [both("0"), both("1"), { kind: "removed", left: [own("-")], right: null }, both("2"), both("3")];
	const rows = excerpt(rowsOf(comparison({ hunks: [{ leftLine: 0, rightLine: 0, lines }], same: 4 })), 1, 2);
	expect(rows.map((row) => row.kind === "line" && row.right)).toEqual([2, 3]);
});

test("of a long paragraph what is around a change stays", () => {
	const long = "word ".repeat(200);
	const [before, change, after] = shortened([same(long), own("new"), same(long)]);
	expect(before?.text).toBe(`…${long.slice(-80)}`);
	expect(change?.text).toBe("new");
	expect(after?.text).toBe(`${long.slice(0, 80)}…`);
	expect(shortened([same("short")])).toEqual([same("short")]);
});

test("what only one note has is marked as such in the page, not by colour alone", async () => {
	await compared(COMPARED);
	const deleted = page?.all("del").map((each) => each.textContent);
	const inserted = page?.all("ins").map((each) => each.textContent);
	expect(deleted).toContain("1800");
	expect(inserted).toContain("1080");
	expect(page?.text()).toContain("In Rye Sourdough (revised): time_min: 1800");
	expect(page?.text()).toContain("61 % in common");
	expect(page?.text()).toMatch(/\d+ lines? the same/);
});

test("both sides have every word of the lines that are shown", async () => {
	await compared(COMPARED);
	const lines = COMPARED.hunks.flatMap((hunk) => hunk.lines);
	const texts = (side: "left" | "right") => lines.flatMap((line) => line[side]?.map((each) => each.text).join("") ?? []);
	const drawn = (side: string) =>
		page
			?.all(`.vl-side.is-${side}:not(.is-blank) .vl-line-text`)
			.map((each) => (each.textContent ?? "").replace(/^In [^:]*: /, ""));
	expect(drawn("left")).toEqual(texts("left"));
	expect(drawn("right")).toEqual(texts("right"));
});

test("a line number opens the note there", async () => {
	const host = await compared(COMPARED);
	const first = page?.all(".vl-row:not(.is-same) .is-right a")[0];
	first?.click();
	expect(host.did("openNote")).toEqual([{ path: OTHER, where: "here", line: 3 }]);
});

test("notes that say the same are said to", async () => {
	await compared(comparison({ same: 12, similarity: 1 }));
	expect(page?.text()).toContain("Both say the same.");
});

test("of thousands of lines some are drawn, and more when they are wanted", async () => {
	const gone = (place: number): ComparedLine => ({ kind: "removed", left: [own(`line ${place}`)], right: null });
	const lines = Array.from({ length: 5000 }, (_, place) => gone(place));
	await compared(comparison({ hunks: [{ leftLine: 0, rightLine: 0, lines }], removed: 5000 }));
	expect(page?.all(".vl-row")).toHaveLength(200);
	expect(page?.text()).toContain("4,800 more lines not shown");
	await page?.press("Show 200 more");
	expect(page?.all(".vl-row")).toHaveLength(400);
});

test("whole notes are asked for when they are wanted", async () => {
	const host = await compared(COMPARED);
	const select = page?.element.querySelector("select") as HTMLSelectElement;
	expect([...select.options].map((each) => each.textContent)).toEqual(["What differs", "Whole notes"]);
	select.value = "whole";
	select.dispatchEvent(new Event("change", { bubbles: true }));
	await page?.settle();
	expect(host.did("duplicates.compare")).toEqual([
		{ a: KEPT, b: OTHER, context: 3 },
		{ a: KEPT, b: OTHER, context: 1_000_000 },
	]);
});

test("of notes with a passage in common that is shown first, in full", async () => {
	const long = "a word ".repeat(100);
	const lines: ComparedLine[] = [
		{ kind: "removed", left: [own("before")], right: null },
		both(long),
		{ kind: "added", left: null, right: [own("after")] },
	];
	const answer = comparison({ hunks: [{ leftLine: 0, rightLine: 0, lines }], same: 1, removed: 1, added: 1 });
	const host = new FakeHost().on("duplicates.compare", () => answer);
	const passage = { line: 0, lastLine: 0 };
	page = await show(<Difference host={host} left="A.md" right="B.md" passage={passage} onClose={() => undefined} />);
	expect(host.did("duplicates.compare")).toEqual([{ a: "A.md", b: "B.md", context: 1_000_000 }]);
	expect(page.all(".vl-row")).toHaveLength(1);
	expect(page.text()).toContain(long);
});

test("a comparison on its way says so, and one that failed is tried again", async () => {
	const slow = later<Comparison>();
	const host = new FakeHost().on("duplicates.compare", () => slow.promise);
	page = await show(<Difference host={host} left={KEPT} right={OTHER} onClose={() => undefined} />);
	expect(page.text()).toContain("Comparing");
	slow.fail(new CallFailed(-32026, "'A.md' cannot be read: it is no text."));
	await page.settle();
	expect(page.element.querySelector("[role=alert]")?.textContent).toContain("cannot be read");
	host.on("duplicates.compare", () => COMPARED);
	await page.press("Try again");
	expect(page.all("ins").length).toBeGreaterThan(0);
});

test("another note's comparison is not shown under this one's name", async () => {
	await compared(COMPARED);
	const host = new FakeHost().on("duplicates.compare", () => later<Comparison>().promise);
	await page?.close();
	page = await show(<Difference host={host} left={KEPT} right="Other.md" onClose={() => undefined} />);
	expect(page.all(".vl-row")).toHaveLength(0);
});
