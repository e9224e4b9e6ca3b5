import { expect, test } from "vitest";

import { excerpt } from "../../src/ui/search/excerpt";
import { shortened } from "../../src/ui/search/Nothing";
import { OPERATORS, type Operator, inserted } from "../../src/ui/search/operators";
import { withRecent } from "../../src/ui/search/recents";

const operator = (sample: string) => OPERATORS.find((each) => each.sample === sample) as Operator;
/** A text with what is selected in it between bars. */
const shown = ({ text, start, end }: { text: string; start: number; end: number }) =>
	`${text.slice(0, start)}|${text.slice(start, end)}|${text.slice(end)}`;

test("an excerpt begins at a word before the first match, and marks the same characters", () => {
	const text = `${"some words that come before ".repeat(5)}the tide`;
	const at = text.indexOf("tide");
	const short = excerpt({ text, ranges: [[at, at + 4]] });
	expect(short.text).toBe("…that come before the tide");
	expect(short.ranges.map(([start, end]) => short.text.slice(start, end))).toEqual(["tide"]);
});

test("a passage whose match is seen anyway is left whole", () => {
	const passage = { text: "the tide comes in", ranges: [[4, 8]] as [number, number][] };
	expect(excerpt(passage)).toEqual(passage);
	expect(excerpt({ text: "x".repeat(300), ranges: [] }).text).toHaveLength(300);
});

test("an excerpt cuts no character in two where there are no spaces", () => {
	for (const lead of ["", "x"]) {
		const text = `${lead}${"🌊".repeat(60)}红树林`;
		const at = text.indexOf("红");
		const short = excerpt({ text, ranges: [[at, at + 3]] });
		expect(() => encodeURIComponent(short.text)).not.toThrow();
		expect(short.ranges.map(([start, end]) => short.text.slice(start, end))).toEqual(["红树林"]);
	}
});

test("an operator is put where the cursor is, with spaces where they are needed", () => {
	expect(shown(inserted({ text: "", start: 0, end: 0 }, operator("tag:project")))).toBe("tag:|project|");
	expect(shown(inserted({ text: "mud tide", start: 3, end: 3 }, operator("-word")))).toBe("mud -|word| tide");
	expect(shown(inserted({ text: "mudtide", start: 3, end: 3 }, operator("[status:open]")))).toBe("mud [|status:open|] tide");
});

test("what was selected becomes the operator's value", () => {
	expect(shown(inserted({ text: "low water mud", start: 0, end: 9 }, operator('"two words"')))).toBe('"|low water|" mud');
	expect(shown(inserted({ text: "$& mud", start: 0, end: 2 }, operator("tag:project")))).toBe("tag:|$&| mud");
});

test("every operator of the cheat sheet has its blank in its sample", () => {
	for (const { sample, blank } of OPERATORS) expect(sample).toContain(blank);
});

test("recent searches are listed once, newest first, twenty of them", () => {
	let kept = withRecent([], { text: "mud", mode: "hybrid" });
	for (let index = 0; index < 30; index++) kept = withRecent(kept, { text: `${index} things`, mode: "hybrid" });
	expect(kept).toHaveLength(20);
	kept = withRecent(kept, { text: " 15 things ", mode: "keyword" });
	expect(kept).toHaveLength(20);
	expect(kept[0]).toEqual({ text: "15 things", mode: "keyword" });
});

test("a search that was only the beginning of the next gives way to it", () => {
	const kept = withRecent(withRecent([{ text: "mud", mode: "hybrid" }], { text: "tide", mode: "hybrid" }), { text: "tide pools", mode: "hybrid" });
	expect(kept.map(({ text }) => text)).toEqual(["tide pools", "mud"]);
});

test("a query is shortened by its last part, quotes and brackets kept together", () => {
	expect(shortened("mud tide")).toBe("mud");
	expect(shortened('mud "low water"')).toBe("mud");
	expect(shortened('mud path:"old notes" [status:in review]')).toBe('mud path:"old notes"');
	expect(shortened("mud")).toBeNull();
	expect(shortened("mud OR tide")).toBeNull();
	expect(shortened("(mud tide")).toBeNull();
});
