import { beforeEach, expect, test } from "vitest";

import { PendingChanges } from "../../src/sidecar/pending_changes";
import type { Change } from "../../src/protocol";

let told: string[][];
let answer: () => Promise<boolean>;
let pending: PendingChanges;

beforeEach(() => {
	told = [];
	answer = async () => true;
	pending = new PendingChanges((changes) => {
		told.push(changes.map(({ path }) => path));
		return answer();
	});
});

function changes(...paths: string[]): Change[] {
	return paths.map((path) => ({ kind: "modified", path }));
}

test("what comes while a message is on its way is told in the next one", async () => {
	let go: (isHeard: boolean) => void = () => undefined;
	answer = () => new Promise((resolve) => (go = resolve));
	const all = [pending.add(changes("a")), pending.add(changes("b")), pending.add(changes("c"))];
	expect(told).toEqual([["a"]]);
	answer = async () => true;
	go(true);
	await Promise.all(all);
	expect(told).toEqual([["a"], ["b", "c"]]);
});

test("what nobody heard is told again, in order", async () => {
	answer = async () => false;
	await pending.add(changes("a"));
	await pending.add(changes("b"));
	answer = async () => true;
	await pending.flush();
	expect(told.at(-1)).toEqual(["a", "b"]);
});

test("what went wrong is not told twice, and does not hold up what follows", async () => {
	answer = () => Promise.reject(new Error("it stopped"));
	await pending.add(changes("a"));
	answer = async () => true;
	await pending.add(changes("b"));
	expect(told).toEqual([["a"], ["b"]]);
});

test("messages stay below what the sidecar reads, and lose nothing", async () => {
	const long = Array.from({ length: 500 }, (_, number) => `${number}/${"x".repeat(1_000)}.md`);
	const huge = "y".repeat(200_000);
	await pending.add(changes(huge, ...long, huge));
	expect(told.flat()).toEqual([huge, ...long, huge]);
	expect(told.length).toBeGreaterThan(5);
	for (const paths of told) expect(paths.length === 1 || paths.join("").length <= 100_000).toBe(true);
});

test("what was forgotten is not told", async () => {
	answer = async () => false;
	await pending.add(changes("a"));
	pending.forget();
	answer = async () => true;
	await pending.add(changes("b"));
	expect(told.at(-1)).toEqual(["b"]);
});

test("with nothing to tell, nothing is told", async () => {
	await pending.flush();
	await pending.add([]);
	expect(told).toEqual([]);
});
