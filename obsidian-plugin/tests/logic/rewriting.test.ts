import { expect, test } from "vitest";

import { decoded, digestOf, encoded, isPlain, isSameText, reverted, rewritten, united } from "../../src/vault/rewriting";

test("a digest is BLAKE3, as the sidecar has it", () => {
	expect(digestOf(encoded(""))).toBe("af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
	expect(digestOf(encoded("naïve 👩‍🚀\r\n"))).toBe("597399a11fe1517b23eaf6ba1221a02bdc4f720a15afed4d5cfff3af35fc49d1");
});

test("ranges count in UTF-16 units, and all between them stays", () => {
	const replacements = [
		{ start: 3, end: 4, text: "-" },
		{ start: 0, end: 2, text: "🌱" },
	];
	expect(rewritten("👩 x\r\n家\u0301", replacements)).toBe("🌱 -\r\n家\u0301");
	expect(rewritten("ab", [])).toBe("ab");
});

test("of several insertions at one place, the first is put first", () => {
	const replacements = [
		{ start: 1, end: 1, text: "1" },
		{ start: 1, end: 1, text: "2" },
		{ start: 1, end: 2, text: "3" },
	];
	expect(united(replacements)).toEqual([{ start: 1, end: 2, text: "123" }]);
	expect(rewritten("abc", replacements)).toBe("a123c");
});

test("a byte order mark is no part of what ranges count, and stays", () => {
	expect(rewritten("\uFEFFabc", [{ start: 0, end: 1, text: "x" }])).toBe("\uFEFFxbc");
	expect(encoded(decoded(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])))).toEqual(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]));
});

test("ranges that are not of the text are refused", () => {
	for (const [start, end] of [[0, 4], [-1, 0], [2, 1]] as const) {
		expect(() => rewritten("abc", [{ start, end, text: "" }])).toThrow(RangeError);
	}
	expect(() => rewritten("abc", [{ start: 0, end: 2, text: "" }, { start: 1, end: 3, text: "" }])).toThrow(RangeError);
});

test("what was replaced can be put back, wherever it was", () => {
	const text = "one two three four";
	const replacements = [
		{ start: 8, end: 13, text: "3" },
		{ start: 0, end: 3, text: "eleven" },
		{ start: 18, end: 18, text: " five" },
		{ start: 4, end: 7, text: "" },
	];
	const after = rewritten(text, replacements);
	expect(after).toBe("eleven  3 four five");
	expect(rewritten(after, reverted(text, replacements))).toBe(text);
});

test("an editor's text is the file's, however lines end and whether it has a mark", () => {
	expect(isSameText("a\nb\n", "\uFEFFa\r\nb\r")).toBe(true);
	expect(isSameText("a\nb", "a\nb\n")).toBe(false);
	expect([isPlain("a\nb"), isPlain("a\r\nb"), isPlain("\uFEFFa")]).toEqual([true, false, false]);
});
