import { atom } from "nanostores";
import { beforeEach, expect, test } from "vitest";

import { until } from "../../src/sidecar/until";
import { FakeClock } from "./fake_clock";

let clock: FakeClock;
let looked: number;
const number = atom(0);

beforeEach(() => {
	clock = new FakeClock();
	looked = 0;
	number.set(0);
});

function isThree(value: number): boolean {
	looked += 1;
	return value === 3;
}

/** Nothing is left behind: no timer, and nobody who looks. */
function expectNothingLeft(): void {
	expect(clock.waiting).toBe(0);
	const before = looked;
	number.set(9);
	expect(looked).toBe(before);
}

test("it returns once the value is there", async () => {
	const waiting = until(number, isThree, { clock, ms: 1_000 });
	number.set(2);
	number.set(3);
	await waiting;
	expectNothingLeft();
});

test("a value that is there already is not waited for", async () => {
	number.set(3);
	await until(number, isThree, { clock, ms: 1_000 });
	expectNothingLeft();
});

test("it returns when the time is over", async () => {
	const waiting = until(number, isThree, { clock, ms: 1_000 });
	await clock.pass(1_000);
	await waiting;
	expectNothingLeft();
});

test("it throws why its caller changed their mind, before or meanwhile", async () => {
	const change_of_mind = new AbortController();
	const waiting = until(number, isThree, { clock, ms: 1_000, signal: change_of_mind.signal });
	change_of_mind.abort(new Error("never mind"));
	await expect(waiting).rejects.toThrow("never mind");
	await expect(until(number, isThree, { clock, ms: 1_000, signal: change_of_mind.signal })).rejects.toThrow("never mind");
	expectNothingLeft();
});
