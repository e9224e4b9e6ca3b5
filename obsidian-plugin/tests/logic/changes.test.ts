import { beforeEach, expect, test } from "vitest";

import { batched, type Changes } from "../../src/vault/changes";
import type { Change } from "../../src/protocol";
import { FakeClock } from "./fake_clock";

let clock: FakeClock;
let told: Change[][];
let changes: Changes;

beforeEach(() => {
	clock = new FakeClock();
	told = [];
	changes = batched(async (batch) => told.push(batch), clock);
});

function modified(path: string): Change {
	return { kind: "modified", path };
}

test("what happens in a moment is told at once when the moment is over", async () => {
	changes.add({ kind: "created", path: "a.md" });
	await clock.pass(100);
	changes.add(modified("b.md"));
	await clock.pass(149);
	expect(told).toEqual([]);
	await clock.pass(1);
	expect(told).toEqual([[{ kind: "created", path: "a.md" }, modified("b.md")]]);
	await clock.pass(5000);
	expect(told).toHaveLength(1);
	expect(clock.waiting).toBe(0);
});

test("however much goes on, nothing waits for more than a second", async () => {
	for (let time_ms = 0; time_ms < 2000; time_ms += 100) {
		changes.add(modified(`${time_ms}.md`));
		await clock.pass(100);
	}
	expect(told.map((batch) => batch.length)).toEqual([10, 10]);
});

test("a path is told once, by the last that happened to it, and renames each", async () => {
	changes.add({ kind: "created", path: "a.md" });
	changes.add(modified("a.md"));
	changes.add(modified("b.md"));
	changes.add({ kind: "deleted", path: "b.md" });
	changes.add({ kind: "renamed", path: "c.md", newPath: "d.md" });
	changes.add({ kind: "renamed", path: "d.md", newPath: "c.md" });
	await clock.pass(200);
	expect(told).toEqual([
		[
			{ kind: "created", path: "a.md" },
			{ kind: "deleted", path: "b.md" },
			{ kind: "renamed", path: "c.md", newPath: "d.md" },
			{ kind: "renamed", path: "d.md", newPath: "c.md" },
		],
	]);
});

test("batches follow one another, and none is told before the last was heard", async () => {
	let heard = () => undefined as void;
	changes = batched((batch) => {
		told.push(batch);
		return new Promise<void>((resolve) => (heard = resolve));
	}, clock);
	changes.add(modified("a.md"));
	await clock.pass(200);
	changes.add(modified("b.md"));
	await clock.pass(2000);
	changes.add(modified("c.md"));
	await clock.pass(2000);
	expect(told).toEqual([[modified("a.md")]]);
	heard();
	await clock.pass(0);
	expect(told.slice(1)).toEqual([[modified("b.md"), modified("c.md")]]);
	heard();
	await clock.pass(0);
	changes.add(modified("d.md"));
	await clock.pass(200);
	expect(told).toHaveLength(3);
});

test("changes that come while others are told wait for a moment of their own", async () => {
	changes = batched(async (batch) => {
		told.push(batch);
		await new Promise<void>((resolve) => clock.after(20, resolve));
	}, clock);
	for (let time_ms = 0; time_ms < 3000; time_ms += 10) {
		changes.add(modified(`${time_ms}.md`));
		await clock.pass(10);
	}
	await clock.pass(1000);
	expect(told.length).toBeLessThanOrEqual(4);
	expect(told.flat()).toHaveLength(300);
});

test("of more changes than are worth telling, the sidecar is told to look at everything", async () => {
	for (let number = 0; number < 5000; number++) changes.add(modified(`${number}.md`));
	await clock.pass(200);
	expect(told).toEqual([[modified("")]]);
	changes.add(modified("a.md"));
	await clock.pass(200);
	expect(told.at(-1)).toEqual([modified("a.md")]);
});

test("without a sidecar changes are dropped, and told again once there is one", async () => {
	let isThere = false;
	changes = batched(async (batch) => {
		if (!isThere) throw new Error("disconnected");
		told.push(batch);
	}, clock);
	for (let number = 0; number < 1200; number++) changes.add(modified(`${number}.md`));
	await clock.pass(200);
	isThere = true;
	await clock.pass(2000);
	expect(told).toEqual([]);
	changes.add(modified("a.md"));
	await clock.pass(200);
	expect(told).toEqual([[modified("a.md")]]);
});

test("once stopped, nothing is told any more", async () => {
	changes.add(modified("a.md"));
	changes.stop();
	changes.add(modified("b.md"));
	expect(clock.waiting).toBe(0);
	await clock.pass(2000);
	expect(told).toEqual([]);
});
