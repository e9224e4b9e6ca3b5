import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { ERRORS, type Applied } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import { patiently } from "../../src/writing/inserting";
import { costTold, placeInFile, topOf, useTold } from "../../src/writing/placing";
import { type NextFrame, framed } from "../../src/writing/frames";
import { tellFailure } from "../../src/writing/writing";
import { FakeHost } from "../fake_host";

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

test.each([
	["# Title\n", 0],
	["---\ntags: [a]\n---\n# Title\n", 18],
	["---\n---\nText", 8],
	["---\ntags: [a]\n---", 17],
	["---\nno end of it\n", 0],
	["Text\n\n---\n\n---\n", 0],
	["---\na: 1\n---\n\n> [!summary|librarian] Summary\n> Said before.\n", 14],
	["> [!summary] Of somebody else\n", 0],
])("in %j a summary at the top will stand at %i", (text, at) => {
	expect(topOf(text)).toBe(at);
});

describe("putting a text in while somebody writes", () => {
	const done: Applied = { changeId: "1", applied: ["a.md"], conflicts: [], offer: null };
	const against = (reason: "refused" | "missing"): Applied => ({
		changeId: null,
		applied: [],
		conflicts: [{ path: "a.md", reason, read: null, ours: null, found: null }],
		offer: null,
	});
	const refused = against("refused");
	const changed = new CallFailed(ERRORS.NoteChanged, "It was changed meanwhile.");
	let stages: string[];
	let givenUp: AbortController;

	beforeEach(() => {
		vi.useFakeTimers();
		stages = [];
		givenUp = new AbortController();
	});
	afterEach(() => void vi.useRealTimers());

	async function outcome(...answers: (Applied | Error)[]): Promise<{ asked: number; end: unknown }> {
		let asked = 0;
		const put = () => {
			const answer = answers[Math.min(asked, answers.length - 1)] ?? done;
			asked += 1;
			return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
		};
		const end = patiently({ signal: givenUp.signal, stage: { set: (words) => void stages.push(words) } }, put).catch((error: unknown) => error);
		await vi.runAllTimersAsync();
		return { asked, end: await end };
	}

	test("is tried again until it is in, and the person is told what it waits for", async () => {
		expect(await outcome(changed, refused, done)).toEqual({ asked: 3, end: done });
		expect(stages).toEqual(["It goes in when you pause.", "It goes in when you pause."]);
	});

	test("comes to an end where nobody pauses", async () => {
		expect(await outcome(refused)).toEqual({ asked: 10, end: refused });
		expect(await outcome(changed)).toEqual({ asked: 10, end: changed });
	});

	test("is tried once where waiting is no help", async () => {
		const gone = against("missing");
		expect(await outcome(gone)).toEqual({ asked: 1, end: gone });
		const full = new CallFailed(ERRORS.StorageFull, "The disk is full.");
		expect(await outcome(full)).toEqual({ asked: 1, end: full });
	});

	test("is not tried again when the person does not want it any more", async () => {
		const asked = outcome(changed);
		givenUp.abort(new DOMException("No.", "AbortError"));
		expect(await asked).toMatchObject({ asked: 1, end: { name: "AbortError" } });
	});
});

test.each([
	["It floods", { partial: "It floods tw" }, "Copy what there is"],
	["It floods", {}, "Copy what there is"],
	["", {}, "Open settings"],
])("a budget that ends a text in its midst (%j) loses nothing of it", (shown, data, offered) => {
	const host = new FakeHost();
	tellFailure(host, new CallFailed(ERRORS.BudgetExceeded, "This may cost too much.", data), shown);
	expect(host.did("notice")).toMatchObject([{ text: "This may cost too much.", action: { label: offered } }]);
});

test("what a text cost is told as people say it", () => {
	const told = ["0.00", "0.000123", "0.0034", "0.02", "0.10", "12.5"].map((usd) => costTold(usd));
	expect(told).toEqual(["no cost", "less than 0.1 ¢", "0.3 ¢", "2.0 ¢", "$0.10", "$12.50"]);
	const use = { provider: "openai", model: "gpt-5-mini", costUsd: "0.25", calls: 2, cached: 0 };
	expect(useTold(use)).toBe("openai gpt-5-mini · $0.25");
	expect(useTold({ ...use, cached: 2, costUsd: "0.00" })).toBe("openai gpt-5-mini · kept from before, no cost");
	expect(useTold(null)).toBe("");
});
