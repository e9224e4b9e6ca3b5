import { expect, test } from "vitest";

import { GrowingText } from "../../src/ui/draft/growing";

function shown(...texts: string[]): HTMLElement {
	const element = createDiv();
	const growing = new GrowingText(element);
	for (const text of texts) growing.show(text);
	return element;
}

/** A text as it grows, so many letters at a time. */
function grown(text: string, letters: number): string[] {
	return Array.from({ length: Math.ceil(text.length / letters) }, (_, step) => text.slice(0, (step + 1) * letters));
}

const TEXT = "It nests\n\n\nin tussocks, 🪶\n- one\n- two\n\nand its chicks fall to floods.\n";

test.each([1, 2, 3, 7, 20, 200])("a text that grows by %i letters is shown letter for letter", (letters) => {
	for (const texts of grown(TEXT, letters).map((_, step, all) => all.slice(0, step + 1))) {
		expect(shown(...texts).textContent).toBe(texts.at(-1));
	}
});

test("lines that are whole are written no more, and are blocks but for the first", () => {
	const element = createDiv();
	const growing = new GrowingText(element);
	const [one, two, three] = ["One\n", "two\n", "three"];
	growing.show(one + two);
	growing.show(one + two + two);
	const before = [...element.children].slice(0, 2);
	growing.show(one + two + two + three);
	before.forEach((each, place) => expect(element.children[place]).toBe(each));
	expect([...element.children].map((each) => [each.className, each.textContent])).toEqual([
		["", one + two],
		["is-whole", two],
		["", three],
	]);
});

test("a text that became another is shown in the place of the first", () => {
	expect(shown("One\ntwo\n", "One\nthree").textContent).toBe("One\nthree");
	expect(shown("One", "").textContent).toBe("");
});
