/** What ends or never begins: told, and started again where that makes sense. */

import { beforeEach, expect, test } from "vitest";

import { PATIENCE } from "../../src/sidecar/patience";
import { ERRORS, PROTOCOL } from "../../src/protocol";
import { CallFailed, Disconnected } from "../../src/rpc";
import { type FakeLife, fakeLife, problemOf } from "./fake_life";

let machine: FakeLife["machine"];
let clock: FakeLife["clock"];
let librarian: FakeLife["librarian"];
let running: FakeLife["running"];

beforeEach(() => {
	({ machine, clock, librarian, running } = fakeLife());
});

test("a crash is followed by a restart, with another token and port", async () => {
	const made = await running();
	const before = machine.server;
	const generation = made.generation.get();
	machine.sidecar.exit(1);
	await clock.pass(0);
	expect(made.state.get().kind).toBe("degraded");
	await clock.pass(PATIENCE.restarts_ms[0] ?? 0);
	expect(made.state.get().kind).toBe("ready");
	expect(machine.server).not.toBe(before);
	expect(machine.server.token).not.toBe(before.token);
	expect(made.generation.get()).toBeGreaterThan(generation);
});

test("a call that is cut short by a crash fails, and the next one waits for the restart", async () => {
	const made = await running();
	machine.answers["search.query"] = () => new Promise(() => undefined);
	const cut = made.call("search.query", { text: "tea" }).catch((error: unknown) => error);
	machine.sidecar.exit(null, "SIGKILL");
	expect(await cut).toBeInstanceOf(Disconnected);
	await clock.pass(0);
	machine.answers["search.query"] = () => ({ total: 7 });
	const next = made.call("search.query", { text: "tea" });
	await clock.pass(2_000);
	expect(await next).toMatchObject({ total: 7 });
});

test("after three restarts it gives up, with the last line of the log", async () => {
	machine.manners.says = "Traceback\nImportError: no module named librarian\n";
	machine.manners.endsWith = 1;
	const made = librarian();
	await made.start();
	for (const delay_ms of PATIENCE.restarts_ms) {
		expect(made.state.get().kind).toBe("degraded");
		await clock.pass(delay_ms);
	}
	await clock.pass(3_600_000);
	expect(machine.children).toHaveLength(4);
	expect(made.state.get().kind).toBe("failed");
	expect(problemOf(made)).toContain("ImportError: no module named librarian");
});

test("restarts are counted anew after five minutes of health", async () => {
	const made = await running();
	for (let crash = 0; crash < 6; crash++) {
		machine.sidecar.exit(1);
		await clock.pass(20_000);
		expect(made.state.get().kind).toBe("ready");
		await clock.pass(PATIENCE.healthy_ms);
	}
	for (let crash = 0; crash < 4; crash++) {
		machine.sidecar.exit(1);
		await clock.pass(60_000);
	}
	expect(made.state.get().kind).toBe("failed");
});

test("retry after it gave up counts from zero", async () => {
	machine.manners.endsWith = 1;
	const made = librarian();
	await made.start();
	await clock.pass(60_000);
	expect(made.state.get().kind).toBe("failed");
	machine.manners.endsWith = null;
	await made.retry();
	machine.sidecar.exit(1);
	await clock.pass(0);
	expect(made.state.get().kind).toBe("degraded");
});

test("a vault that is held is told with the process that holds it, and not asked for again", async () => {
	machine.answers["vault.open"] = () => {
		throw new CallFailed(ERRORS.VaultHeld, "held", { pid: 4321 });
	};
	const made = librarian();
	void made.start();
	await clock.pass(60_000);
	expect(made.state.get().kind).toBe("failed");
	expect(problemOf(made)).toContain("process 4321");
	expect(machine.living).toEqual([]);
	expect(machine.children).toHaveLength(1);
	await clock.pass(3_600_000);
	expect(machine.children).toHaveLength(1);
});

test("a predecessor that is on its way out does not keep us from the vault", async () => {
	const opened_ms = clock.now() + 3_000;
	const open = machine.answers["vault.open"];
	machine.answers["vault.open"] = (params, server) => {
		if (clock.now() < opened_ms) throw new CallFailed(ERRORS.VaultHeld, "held", { pid: 4321 });
		return open?.(params, server);
	};
	const made = librarian();
	void made.start();
	await clock.pass(4_000);
	expect(made.state.get().kind).toBe("ready");
});

test.each([
	[PROTOCOL - 1, "The librarian is too old. ", "uv tool install vault-librarian==0.1.0"],
	[PROTOCOL + 1, "This plugin is too old. ", "community plugins"],
])("of two versions of the protocol that do not fit, the older side is to be updated (%i)", async (protocol, title, remedy) => {
	machine.manners.ready = { ...machine.manners.ready, protocol };
	const made = librarian();
	await made.start();
	expect(made.state.get().kind).toBe("failed");
	expect(problemOf(made)).toContain(title);
	expect(problemOf(made)).toContain(remedy);
	expect(machine.living).toEqual([]);
});

test.each([
	["VaultNotFound", "The vault's folder cannot be found."],
	["VaultUnavailable", "See that its disk is connected"],
	["StoreTooNew", "Update the librarian"],
	["StorageFull", "Make room on the disk"],
	["InternalError", "copy the diagnostics"],
] as const)("%s says what to do, and nothing is tried again by itself", async (name, words) => {
	machine.answers["vault.open"] = () => {
		throw new CallFailed(ERRORS[name], "It is so.");
	};
	const made = librarian();
	await made.start();
	expect(problemOf(made)).toContain(words);
	expect(problemOf(made)).toContain("It is so.");
	expect(machine.living).toEqual([]);
	await clock.pass(3_600_000);
	expect(machine.children).toHaveLength(1);
});

test("a sidecar that does not answer any more is replaced", async () => {
	const made = await running();
	const hung = machine.sidecar;
	machine.manners.answers = false;
	machine.manners.leavesWhenCut = false;
	machine.manners.leavesAtTerm = false;
	await clock.pass(4 * PATIENCE.ping_ms);
	expect(hung.signals).toContain("SIGKILL");
	machine.manners.answers = true;
	await clock.pass(5_000);
	expect(made.state.get().kind).toBe("ready");
	expect(machine.sidecar).not.toBe(hung);
	expect(machine.living).toHaveLength(1);
});

test("a single answer that is late is no reason to end a sidecar", async () => {
	const made = await running();
	const only = machine.sidecar;
	for (let times = 0; times < 10; times++) {
		machine.manners.answers = false;
		await clock.pass(2 * PATIENCE.ping_ms);
		machine.manners.answers = true;
		await clock.pass(2 * PATIENCE.ping_ms);
	}
	expect(made.state.get().kind).toBe("ready");
	expect(machine.sidecar).toBe(only);
});

test("a connection that is cut while the process lives ends that process, too, in its own time", async () => {
	const made = await running();
	const cut = machine.sidecar;
	machine.manners.leavesWhenCut = false;
	cut.stdin.on("closed", () => clock.after(500, () => cut.exit(0)));
	machine.server.cut();
	await clock.pass(2_000);
	expect(cut.isGone).toBe(true);
	expect(cut.signals).toEqual([]);
	expect(made.state.get().kind).toBe("ready");
	expect(machine.living).toHaveLength(1);
});

test("a process that ends is noticed, also when its connection is not cut", async () => {
	const made = await running();
	machine.manners.cuts = false;
	machine.sidecar.exit(1);
	await clock.pass(0);
	expect(made.state.get()).toMatchObject({ kind: "degraded", problem: { detail: "It ended with code 1." } });
	await clock.pass(2_000);
	expect(made.state.get().kind).toBe("ready");
});

test("a sidecar that never says that it is ready is ended", async () => {
	machine.manners.ready = null;
	const made = librarian();
	void made.start();
	await clock.pass(PATIENCE.ready_ms);
	expect(made.state.get().kind).toBe("degraded");
	expect(problemOf(made)).toContain("does not answer");
	expect(machine.living).toEqual([]);
});

test("a command that cannot be started says so, and is not tried again", async () => {
	for (const way of ["throws", "fails"] as const) {
		machine.manners[way] = new Error("spawn ENOENT");
		const made = librarian();
		await made.start();
		expect(problemOf(made)).toContain("cannot be started");
		expect(problemOf(made)).toContain("spawn ENOENT");
		machine.manners[way] = null;
	}
});

test("another command of the same name is told apart from a crash", async () => {
	machine.manners.says = "Error: No such command 'serve'.\n";
	machine.manners.endsWith = 2;
	const made = librarian();
	await made.start();
	expect(made.state.get().kind).toBe("failed");
	expect(problemOf(made)).toContain("another command named “librarian”");
	expect(problemOf(made)).toContain("No such command");
});

test("the last words of a program end as a sentence before ours begins", async () => {
	machine.manners.endsWith = 2;
	for (const [says, told] of [
		["usage: librarian [add|lend]\n", "usage: librarian [add|lend]. Install the right one"],
		["Error: No such command 'serve'.\n", "Error: No such command 'serve'. Install the right one"],
	] as const) {
		machine.manners.says = says;
		const made = librarian();
		await made.start();
		expect(problemOf(made)).toContain(told);
	}
});

test("what an earlier process still says changes nothing", async () => {
	const made = await running();
	const { server: old_server, sidecar: old } = machine;
	await made.retry();
	const generation = made.generation.get();
	old_server.say({ method: "vault.progress", params: { vaultId: "v1", part: "keyword", phase: "reading", done: 1, total: 2 } });
	old_server.cut();
	old.emit("exit", 1, null);
	old.stdout.emit("data", '{"ready": true, "port": 1, "pid": 1, "protocol": 1, "version": "0"}\n');
	await clock.pass(500);
	expect(made.state.get().kind).toBe("ready");
	expect(made.generation.get()).toBe(generation);
	expect(machine.living).toHaveLength(1);
});
