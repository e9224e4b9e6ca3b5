/** One window with the real sidecar: its whole life, and the ways in which it is cut short. */

import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { Disconnected } from "../../src/rpc";
import { argumentsOf, environmentOf, isLinux, lives, openDescriptors, withEnvironment } from "./processes";
import { type World, holds, world } from "./world";

let here: World;
beforeEach(() => {
	here = world();
});
afterEach(() => here.end());

/** No more patience than a test has. */
const SOON = { restarts_ms: [50, 50, 50] };

function pidNow(): number {
	const pid = here.pids.at(-1);
	if (pid === undefined) throw new Error("none was started");
	return pid;
}

test("the sidecar is found, started, asked and stopped", async () => {
	const librarian = here.librarian();
	await librarian.start();
	expect(librarian.state.get().kind).toBe("ready");
	const answer = await librarian.call("search.query", { text: "coffee" });
	expect(answer.hits.length).toBeGreaterThan(0);
	await librarian.stop();
	expect(librarian.state.get()).toEqual({ kind: "stopped" });
	expect(here.pids.map(lives)).toEqual([false]);
});

test("indexes become ready one after the other, and every time answers are out of date", async () => {
	const librarian = here.librarian({ busy_ms: 50 });
	await librarian.start();
	const first = librarian.generation.get();
	await holds(() => {
		const state = librarian.state.get();
		return state.kind === "ready" && state.status.ready.keyword && state.status.ready.catalog && state.status.ready.semantic;
	}, 30_000);
	expect(librarian.generation.get()).toBeGreaterThan(first);
});

test("a change that is told can be found before long", async () => {
	const librarian = here.librarian();
	await librarian.start();
	appendFileSync(join(here.vault, "Zebrafish notes.md"), "# Zebrafish\n\nA quokkasaurus lives here.\n");
	librarian.changed({ kind: "created", path: "Zebrafish notes.md" });
	const found = async () => (await librarian.call("search.query", { text: "quokkasaurus" })).hits[0]?.path;
	// Others may be near to it in meaning.
	await expect.poll(found, { timeout: 20_000 }).toBe("Zebrafish notes.md");
});

test("a call that is taken back ends over there, and the conversation goes on", async () => {
	const librarian = here.librarian();
	await librarian.start();
	const change_of_mind = new AbortController();
	const scan = librarian.call("duplicates.scan", {}, { signal: change_of_mind.signal }).catch((error: unknown) => error);
	change_of_mind.abort();
	expect(await scan).toMatchObject({ name: "AbortError" });
	expect((await librarian.call("search.query", { text: "coffee" })).total).toBeGreaterThan(0);
});

test.runIf(isLinux)("nothing secret can be read from outside", async () => {
	const tokens: string[] = [];
	const means = here.means();
	const token = () => tokens[tokens.push(means.token()) - 1] ?? "";
	const librarian = here.librarian({}, {}, { token });
	await librarian.start();
	expect(tokens[0]).toMatch(/^[\w-]{43}$/);
	for (const seen of [argumentsOf(pidNow()), environmentOf(pidNow()), librarian.diagnostics(), librarian.lastErrors().join()]) {
		expect(seen).not.toContain(tokens[0]);
	}
	expect(environmentOf(pidNow())).toContain("PYTHONUTF8=1");
});

test.runIf(isLinux)("a plugin that is reloaded 50 times leaves no process and no open file", { timeout: 300_000 }, async () => {
	const descriptors: number[] = [];
	let leaving = Promise.resolve();
	for (let times = 0; times < 50; times++) {
		// As when it is disabled and enabled at once: nobody waits for the one before.
		const librarian = here.librarian();
		await librarian.start();
		expect(librarian.state.get().kind, librarian.lastErrors().join("\n")).toBe("ready");
		expect((await librarian.call("search.query", { text: "coffee" })).total).toBeGreaterThan(0);
		descriptors.push(openDescriptors());
		leaving = librarian.stop();
	}
	await leaving;
	await holds(() => withEnvironment(here.folder).length === 0, 5_000);
	expect(here.pids).toHaveLength(50);
	expect(Math.max(...descriptors.slice(25))).toBeLessThanOrEqual(Math.max(...descriptors.slice(5, 25)) + 3);
});

test.runIf(isLinux)("a plugin that is unloaded at any moment of the start leaves no process", { timeout: 120_000 }, async () => {
	for (const after_ms of [0, 5, 50, 150, 300, 450, 600, 800, 1_000, 1_300]) {
		const librarian = here.librarian();
		void librarian.start();
		const started = Date.now();
		await holds(() => Date.now() - started >= after_ms, 20_000);
		await librarian.stop();
		expect(librarian.state.get().kind).toBe("stopped");
		await holds(() => withEnvironment(here.folder).length === 0, 2_000);
	}
});

test("a sidecar that is killed is replaced, and calls go on", async () => {
	const librarian = here.librarian(SOON);
	await librarian.start();
	const killed = pidNow();
	const generation = librarian.generation.get();
	const during = librarian.call("vault.status", { wait: true }).catch((error: unknown) => error);
	process.kill(killed, "SIGKILL");
	await holds(() => librarian.state.get().kind !== "ready", 20_000);
	const answer = await librarian.call("search.query", { text: "coffee" });
	expect(answer.total).toBeGreaterThan(0);
	const cut = await during;
	if (cut instanceof Error) expect(cut).toBeInstanceOf(Disconnected);
	expect(pidNow()).not.toBe(killed);
	expect(librarian.generation.get()).toBeGreaterThan(generation);
	expect(here.pids.filter(lives)).toHaveLength(1);
});

test("a sidecar that is killed again and again is given up, and can be started by hand", async () => {
	const librarian = here.librarian(SOON);
	await librarian.start();
	for (let times = 0; times < 4; times++) {
		await holds(() => librarian.state.get().kind === "ready", 20_000);
		process.kill(pidNow(), "SIGKILL");
		await holds(() => librarian.state.get().kind !== "ready", 20_000);
	}
	await holds(() => librarian.state.get().kind === "failed", 20_000);
	expect(here.pids).toHaveLength(4);
	await librarian.retry();
	expect(librarian.state.get().kind).toBe("ready");
});

test("a sidecar that hangs is replaced", async () => {
	const librarian = here.librarian({ ...SOON, ping_ms: 300 });
	await librarian.start();
	const hung = pidNow();
	process.kill(hung, "SIGSTOP");
	await holds(() => pidNow() !== hung && librarian.state.get().kind === "ready", 20_000);
	expect(lives(hung)).toBe(false);
	expect((await librarian.call("search.query", { text: "coffee" })).total).toBeGreaterThan(0);
});

test("a hung sidecar can be stopped", async () => {
	const librarian = here.librarian({ leave_ms: 300, terminate_ms: 300 });
	await librarian.start();
	process.kill(pidNow(), "SIGSTOP");
	await librarian.stop();
	expect(here.pids.filter(lives)).toEqual([]);
});

test("a vault that is gone is told with what to do", async () => {
	const librarian = here.librarian(SOON, { vaultPath: join(here.folder, "nowhere") });
	await librarian.start();
	expect(librarian.state.get()).toMatchObject({ kind: "failed", problem: { title: "The vault's folder cannot be found." } });
	expect(here.pids.filter(lives)).toEqual([]);
	expect(existsSync(join(here.folder, "nowhere"))).toBe(false);
});

test("two vaults have a sidecar each", async () => {
	const other = world();
	try {
		const [one, two] = [here.librarian(), other.librarian()];
		await Promise.all([one.start(), two.start()]);
		expect([one.state.get().kind, two.state.get().kind]).toEqual(["ready", "ready"]);
		await one.stop();
		expect((await two.call("search.query", { text: "coffee" })).total).toBeGreaterThan(0);
	} finally {
		await other.end();
	}
});

test("the editor is asked to make changes, and what it leaves is made by the sidecar", async () => {
	const asked: string[] = [];
	const applyEdit: Parameters<typeof here.librarian>[1] = {
		applyEdit: async ({ edits }) => {
			asked.push(...edits.map(({ path }) => path));
			return { changed: [], refused: [] };
		},
	};
	const librarian = here.librarian({}, applyEdit);
	await librarian.start();
	const { groups } = await librarian.call("duplicates.scan", { kinds: ["identical"] });
	const group = groups[0];
	if (!group) throw new Error("the example vault has identical notes");
	const plan = await librarian.call("duplicates.plan", { groupId: group.id, keeper: group.keeper, action: "merge" });
	const { applied } = await librarian.call("edits.apply", { planId: plan.planId, confirmation: plan.confirmation });
	expect(applied.length).toBeGreaterThan(0);
	expect(asked).toEqual(expect.arrayContaining(applied));
});
