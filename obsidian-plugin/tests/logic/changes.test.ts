import { beforeEach, expect, test } from "vitest";

import { batched, type Changes, type Tell } from "../../src/vault/changes";
import type { Change } from "../../src/protocol";
import { FakeClock } from "./fake_clock";

let clock: FakeClock;
let told: Change[][];
/** Who listens; null while nobody does. */
let listener: Tell | null;
let changes: Changes;

beforeEach(() => {
	clock = new FakeClock();
	told = [];
	listener = async (batch) => told.push(batch);
	changes = batched(() => listener, clock);
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
	listener = (batch) => {
		told.push(batch);
		return new Promise<void>((resolve) => (heard = resolve));
	};
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
	listener = async (batch) => {
		told.push(batch);
		await new Promise<void>((resolve) => clock.after(20, resolve));
	};
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

test("while a message is not heard, a path waits once, and many paths become a look at everything", async () => {
	let heard = () => undefined as void;
	listener = (batch) => {
		told.push(batch);
		return new Promise<void>((resolve) => (heard = resolve));
	};
	changes.add(modified("first.md"));
	await clock.pass(200);
	for (let second = 0; second < 5; second++) {
		changes.add(modified("again.md"));
		await clock.pass(1000);
	}
	heard();
	await clock.pass(0);
	for (let number = 0; number < 5000; number++) {
		changes.add(modified(`${number}.md`));
		if (number % 500 === 0) await clock.pass(1000);
	}
	await clock.pass(1000);
	heard();
	await clock.pass(0);
	expect(told).toEqual([[modified("first.md")], [modified("again.md")], [modified("")]]);
});

test("while nobody listens changes wait, and are told in order once somebody does", async () => {
	const hear = listener;
	listener = null;
	changes.add({ kind: "renamed", path: "a.md", newPath: "b.md" });
	await clock.pass(2000);
	changes.add({ kind: "renamed", path: "b.md", newPath: "c.md" });
	changes.add(modified("d.md"));
	await clock.pass(2000);
	expect([told, clock.waiting]).toEqual([[], 0]);
	listener = hear;
	await changes.flush();
	expect(told).toEqual([
		[{ kind: "renamed", path: "a.md", newPath: "b.md" }, { kind: "renamed", path: "b.md", newPath: "c.md" }, modified("d.md")],
	]);
});

test("what a listener leaves behind who goes away is told to the next one", async () => {
	const long = Array.from({ length: 500 }, (_, number) => modified(`${number}/${"x".repeat(1_000)}.md`));
	listener = async (batch) => {
		told.push(batch);
		listener = null;
	};
	for (const each of long) changes.add(each);
	await clock.pass(200);
	expect(told).toHaveLength(1);
	listener = async (batch) => told.push(batch);
	await changes.flush();
	expect(told.flat()).toEqual(long);
});

test("what went wrong is not told twice, and does not hold up what follows", async () => {
	listener = async (batch) => {
		told.push(batch);
		throw new Error("it stopped");
	};
	changes.add(modified("a.md"));
	await clock.pass(200);
	listener = async (batch) => told.push(batch);
	changes.add(modified("b.md"));
	await clock.pass(200);
	expect(told).toEqual([[modified("a.md")], [modified("b.md")]]);
});

test("messages stay below what the sidecar reads, and lose nothing", async () => {
	const huge = ["y", "z"].map((letter) => letter.repeat(200_000));
	const long = Array.from({ length: 500 }, (_, number) => `${number}/${"x".repeat(1_000)}.md`);
	const all = [huge[0] ?? "", ...long, huge[1] ?? ""].map(modified);
	for (const each of all) changes.add(each);
	await clock.pass(200);
	expect(told.flat()).toEqual(all);
	expect(told.length).toBeGreaterThan(5);
	for (const batch of told) expect(batch.length === 1 || batch.map(({ path }) => path).join("").length <= 100_000).toBe(true);
});

test("what was forgotten is not told", async () => {
	changes.add(modified("a.md"));
	changes.forget();
	expect(clock.waiting).toBe(0);
	await clock.pass(2000);
	changes.add(modified("b.md"));
	await clock.pass(200);
	expect(told).toEqual([[modified("b.md")]]);
});

test("with nothing to tell, nothing is told", async () => {
	await changes.flush();
	expect(told).toEqual([]);
});
