import { expect, test } from "vitest";

import { costTold, placeInFile, useTold } from "../../src/writing/placing";
import { type NextFrame, framed } from "../../src/writing/frames";

/** Frames that are drawn when a test says so. */
class Frames {
	private waiting: (() => void)[] = [];

	readonly next: NextFrame = (run) => {
		this.waiting.push(run);
		return () => void (this.waiting = this.waiting.filter((each) => each !== run));
	};

	draw(): void {
		for (const run of this.waiting.splice(0)) run();
	}

	get asked(): number {
		return this.waiting.length;
	}
}

test("however many pieces come between two frames, one text is given on for each", () => {
	const [frames, given] = [new Frames(), [] as string[]];
	const pieces = framed(frames.next, (text) => given.push(text));
	for (let number = 0; number < 100; number += 1) pieces.add(`${number} `);
	expect([frames.asked, given]).toEqual([1, []]);
	frames.draw();
	expect(given).toEqual([Array.from({ length: 100 }, (_, number) => `${number} `).join("")]);
	frames.draw();
	pieces.add("more");
	pieces.end();
	pieces.add("late");
	frames.draw();
	expect(given.slice(1)).toEqual(["more"]);
});

test.each([
	["one\ntwo", 5, 5],
	["one\r\ntwo", 5, 6],
	["a\r\nb\r\n", 4, 6],
	["👋\r\n!", 3, 4],
	["short", 99, 5],
	["lone\rletter", 6, 6],
])("in %j the editor's place %i is the file's %i", (file, place, there) => {
	expect(placeInFile(file, place)).toBe(there);
});

test("what a text cost is told as people say it", () => {
	const told = ["0.00", "0.000123", "0.0034", "0.02", "0.10", "12.5"].map((usd) => costTold(usd));
	expect(told).toEqual(["no cost", "less than 0.1 ¢", "0.3 ¢", "2.0 ¢", "$0.10", "$12.50"]);
	const use = { provider: "openai", model: "gpt-5-mini", costUsd: "0.25", calls: 2, cached: 0 };
	expect(useTold(use)).toBe("openai gpt-5-mini · $0.25");
	expect(useTold({ ...use, cached: 2, costUsd: "0.00" })).toBe("openai gpt-5-mini · kept from before, no cost");
	expect(useTold(null)).toBe("");
});
