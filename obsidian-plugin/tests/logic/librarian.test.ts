import { beforeEach, expect, test } from "vitest";

import { Librarian, type LibrarianOptions } from "../../src/librarian";
import { PATIENCE } from "../../src/patience";
import { ERRORS, PROTOCOL } from "../../src/protocol";
import { CallFailed, Disconnected } from "../../src/rpc";
import type { State } from "../../src/state";
import { FakeClock } from "./fake_clock";
import { COMMAND, FakeMachine, VAULT, statusOf } from "./fake_machine";

let machine: FakeMachine;
let clock: FakeClock;
let tokens: number;

beforeEach(() => {
	machine = new FakeMachine();
	clock = new FakeClock();
	tokens = 0;
});

function librarian(options: Partial<LibrarianOptions> = {}): Librarian {
	const token = () => `token-${++tokens}`.padEnd(43, "x");
	const means = { system: machine, clock, connect: machine.connect, patience: PATIENCE, token };
	return new Librarian({ vaultPath: VAULT, version: "0.1.0", command: () => "", isAllowed: () => true, ...options }, means);
}

/** One that is ready. */
async function running(options: Partial<LibrarianOptions> = {}): Promise<Librarian> {
	const made = librarian(options);
	await made.start();
	expect(made.state.value.kind).toBe("ready");
	return made;
}

function kindsOf(made: Librarian): State["kind"][] {
	const kinds: State["kind"][] = [];
	made.state.subscribe(({ kind }) => kinds.at(-1) !== kind && kinds.push(kind));
	return kinds;
}

function problemOf(made: Librarian): string {
	const state = made.state.value;
	return "problem" in state ? `${state.problem.title} ${state.problem.detail} ${state.problem.remedy}` : state.kind;
}

test("it starts, opens the vault and is ready", async () => {
	const made = librarian({ applyEdit: async () => ({ changed: [], refused: [] }) });
	const kinds = kindsOf(made);
	await made.start();
	expect(kinds).toEqual(["stopped", "starting", "opening", "ready"]);
	expect(machine.sidecar).toMatchObject({ command: COMMAND, args: ["serve"] });
	expect(machine.sidecar.env["PYTHONUTF8"]).toBe("1");
	expect(machine.server.heard.slice(0, 2)).toMatchObject([
		{ method: "session.initialize", params: { protocol: PROTOCOL, capabilities: { applyEdit: [VAULT] } } },
		{ method: "vault.open", params: { path: VAULT } },
	]);
});

test("the token goes by stdin and nowhere else", async () => {
	await running();
	const { args, env, stdin } = machine.sidecar;
	expect(stdin.text).toBe(`${JSON.stringify({ token: machine.server.token })}\n`);
	expect(JSON.stringify([args, env])).not.toContain(machine.server.token);
	expect(stdin.isClosed).toBe(false);
});

test("calls name the vault", async () => {
	const made = await running();
	await made.call("search.query", { text: "tea" });
	expect(machine.server.heard.at(-1)).toEqual({ method: "search.query", params: { text: "tea", vaultId: "v1" } });
});

test("starting twice starts one process", async () => {
	const made = librarian();
	await Promise.all([made.start(), made.start()]);
	await made.start();
	expect(machine.children).toHaveLength(1);
});

test("a call waits for a sidecar that is on its way", async () => {
	const made = librarian();
	void made.start();
	expect(await made.call("search.query", { text: "tea" })).toMatchObject({ total: 0 });
});

test("a call does not wait for ever, and not when its caller changed their mind", async () => {
	machine.manners.answers = false;
	const made = librarian();
	void made.start();
	const impatient = new AbortController();
	const taken_back = made.call("search.query", { text: "tea" }, { signal: impatient.signal }).catch((error: unknown) => error);
	const waiting = made.call("search.query", { text: "tea" }).catch((error: unknown) => error);
	impatient.abort();
	expect(await taken_back).toMatchObject({ name: "AbortError" });
	await clock.pass(PATIENCE.call_ms);
	expect(await waiting).toBeInstanceOf(Disconnected);
	await Promise.all([made.stop(), clock.pass(20_000)]);
});

test("without a sidecar a call fails at once, and says what to do", async () => {
	const made = librarian({ isAllowed: () => false });
	await made.start();
	await expect(made.call("search.query", { text: "x" })).rejects.toThrow("welcome view");
	await expect(librarian().call("search.query", { text: "x" })).rejects.toThrow(Disconnected);
});

test("nothing is started before the person allowed it", async () => {
	let isAllowed = false;
	const made = librarian({ isAllowed: () => isAllowed });
	await made.start();
	expect(made.state.value.kind).toBe("new");
	expect(machine.living).toEqual([]);
	isAllowed = true;
	await made.start();
	expect(made.state.value.kind).toBe("ready");
});

test("a command that is nowhere is missing, and retry looks again", async () => {
	machine.files.clear();
	const made = librarian();
	await made.start();
	expect(made.state.value).toEqual({ kind: "missing", looked: [COMMAND, "/usr/bin/librarian"] });
	machine.files.add("/usr/bin/librarian");
	await made.retry();
	expect(made.state.value.kind).toBe("ready");
	expect(machine.sidecar.command).toBe("/usr/bin/librarian");
});

test("a crash is followed by a restart, with another token and port", async () => {
	const made = await running();
	const before = machine.server;
	const generation = made.generation.value;
	machine.sidecar.exit(1);
	await clock.pass(0);
	expect(made.state.value.kind).toBe("degraded");
	await clock.pass(PATIENCE.restarts_ms[0] ?? 0);
	expect(made.state.value.kind).toBe("ready");
	expect(machine.server).not.toBe(before);
	expect(machine.server.token).not.toBe(before.token);
	expect(made.generation.value).toBeGreaterThan(generation);
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
		expect(made.state.value.kind).toBe("degraded");
		await clock.pass(delay_ms);
	}
	await clock.pass(3_600_000);
	expect(machine.children).toHaveLength(4);
	expect(made.state.value.kind).toBe("failed");
	expect(problemOf(made)).toContain("ImportError: no module named librarian");
});

test("restarts are counted anew after five minutes of health", async () => {
	const made = await running();
	for (let crash = 0; crash < 6; crash++) {
		machine.sidecar.exit(1);
		await clock.pass(20_000);
		expect(made.state.value.kind).toBe("ready");
		await clock.pass(PATIENCE.healthy_ms);
	}
	for (let crash = 0; crash < 4; crash++) {
		machine.sidecar.exit(1);
		await clock.pass(60_000);
	}
	expect(made.state.value.kind).toBe("failed");
});

test("retry after it gave up counts from zero", async () => {
	machine.manners.endsWith = 1;
	const made = librarian();
	await made.start();
	await clock.pass(60_000);
	expect(made.state.value.kind).toBe("failed");
	machine.manners.endsWith = null;
	await made.retry();
	machine.sidecar.exit(1);
	await clock.pass(0);
	expect(made.state.value.kind).toBe("degraded");
});

test("a vault that is held is told with the process that holds it, and not asked for again", async () => {
	machine.answers["vault.open"] = () => {
		throw new CallFailed(ERRORS.VaultHeld, "held", { pid: 4321 });
	};
	const made = librarian();
	void made.start();
	await clock.pass(60_000);
	expect(made.state.value.kind).toBe("failed");
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
	expect(made.state.value.kind).toBe("ready");
});

test.each([
	[PROTOCOL - 1, "The librarian is too old. ", "uv tool install vault-librarian==0.1.0"],
	[PROTOCOL + 1, "This plugin is too old. ", "community plugins"],
])("of two versions of the protocol that do not fit, the older side is to be updated (%i)", async (protocol, title, remedy) => {
	machine.manners.ready = { ...machine.manners.ready, protocol };
	const made = librarian();
	await made.start();
	expect(made.state.value.kind).toBe("failed");
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
	expect(made.state.value.kind).toBe("ready");
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
	expect(made.state.value.kind).toBe("ready");
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
	expect(made.state.value.kind).toBe("ready");
	expect(machine.living).toHaveLength(1);
});

test("a process that ends is noticed, also when its connection is not cut", async () => {
	const made = await running();
	machine.manners.cuts = false;
	machine.sidecar.exit(1);
	await clock.pass(0);
	expect(made.state.value).toMatchObject({ kind: "degraded", problem: { detail: "It ended with code 1." } });
	await clock.pass(2_000);
	expect(made.state.value.kind).toBe("ready");
});

test("a new process is not started before the old one is gone", async () => {
	const made = await running();
	Object.assign(machine.manners, { answers: false, leavesWhenCut: false, leavesAtTerm: false });
	const old = machine.sidecar;
	void made.retry();
	await clock.pass(PATIENCE.leave_ms);
	expect(made.state.value.kind).toBe("starting");
	expect(machine.living).toEqual([old]);
	machine.manners.answers = true;
	await clock.pass(PATIENCE.terminate_ms * 2);
	expect(made.state.value.kind).toBe("ready");
	expect(machine.living).toEqual([machine.sidecar]);
	expect(old.isGone).toBe(true);
});

test("a stop while a lost process leaves means no restart", async () => {
	const made = await running();
	Object.assign(machine.manners, { answers: false, leavesWhenCut: false, leavesAtTerm: false });
	machine.server.cut();
	await clock.pass(100);
	expect(made.state.value.kind).toBe("degraded");
	void made.stop();
	await clock.pass(3_600_000);
	expect(made.state.value.kind).toBe("stopped");
	expect(machine.children).toHaveLength(1);
});

test("an answer that comes while the sidecar is let go does not bring it back", async () => {
	let answer: (status: unknown) => void = () => undefined;
	machine.answers["vault.status"] = () => new Promise((resolve) => (answer = resolve));
	machine.answers["session.shutdown"] = () => new Promise((resolve) => clock.after(1_000, () => resolve(null)));
	const made = librarian();
	void made.start();
	await clock.pass(500);
	void made.stop();
	answer(machine.status);
	await clock.pass(500);
	expect(made.state.value.kind).toBe("stopped");
	await clock.pass(3_600_000);
	expect(made.state.value.kind).toBe("stopped");
	expect(clock.waiting).toBe(0);
});

test("a sidecar that never says that it is ready is ended", async () => {
	machine.manners.ready = null;
	const made = librarian();
	void made.start();
	await clock.pass(PATIENCE.ready_ms);
	expect(made.state.value.kind).toBe("degraded");
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
	expect(made.state.value.kind).toBe("failed");
	expect(problemOf(made)).toContain("another command named “librarian”");
	expect(problemOf(made)).toContain("No such command");
});

const PHASES: Record<string, () => void> = {
	"while it looks for the command": () => {
		machine.isExecutable = () => new Promise((resolve) => clock.after(1_000, () => resolve(true)));
	},
	"before the ready line": () => {
		machine.manners.ready = null;
	},
	"while it connects": () => {
		machine.door = new Promise((resolve) => clock.after(1_000, resolve));
	},
	"while it introduces itself": () => {
		machine.answers["session.initialize"] = () => new Promise(() => undefined);
	},
	"while the vault is opened": () => {
		machine.answers["vault.open"] = () => new Promise(() => undefined);
	},
	"while the vault is held": () => {
		machine.answers["vault.open"] = () => {
			throw new CallFailed(ERRORS.VaultHeld, "held");
		};
	},
	"before the first status": () => {
		machine.answers["vault.status"] = () => new Promise(() => undefined);
	},
	"when it is ready": () => undefined,
	"between a crash and the restart": () => {
		machine.manners.endsWith = 1;
	},
	"after it failed": () => {
		machine.manners.throws = new Error("no");
	},
};

test.each(Object.entries(PHASES))("stopped %s, it leaves no process and no timer, and stays stopped", async (_, arrange) => {
	arrange();
	const made = librarian();
	void made.start();
	await clock.pass(500);
	const stopped = made.stop();
	await clock.pass(1_000);
	await stopped;
	expect(machine.living).toEqual([]);
	const kinds = kindsOf(made);
	await clock.pass(3_600_000);
	expect(kinds).toEqual(["stopped"]);
	expect(machine.living).toEqual([]);
	expect(clock.waiting).toBe(0);
});

test.each(Object.entries(PHASES))("started anew after a stop %s, there is one process", async (_, arrange) => {
	const { answers, manners, door } = machine;
	const usual = { answers: { ...answers }, manners: { ...manners } };
	arrange();
	const made = librarian();
	void made.start();
	await clock.pass(500);
	void made.stop();
	machine.door = door;
	Object.assign(machine.answers, usual.answers);
	Object.assign(machine.manners, usual.manners);
	void made.start();
	await clock.pass(2_000);
	expect(made.state.value.kind).toBe("ready");
	expect(machine.living).toHaveLength(1);
});

test("a sidecar that does not leave when asked is ended with growing force", async () => {
	const made = await running();
	Object.assign(machine.manners, { answers: false, leavesWhenCut: false, leavesAtTerm: false });
	const { sidecar } = machine;
	const stopped = made.stop();
	await clock.pass(PATIENCE.terminate_ms);
	expect(sidecar.stdin.isClosed).toBe(true);
	expect(sidecar.signals).toEqual([]);
	await clock.pass(PATIENCE.leave_ms);
	expect(sidecar.signals).toEqual(["SIGTERM"]);
	await clock.pass(PATIENCE.terminate_ms);
	await stopped;
	expect(sidecar.signals).toEqual(["SIGTERM", "SIGKILL"]);
	expect(sidecar.isGone).toBe(true);
});

test("on Windows the whole tree is ended, by the system's own command", async () => {
	machine.platform = "win32";
	machine.env["SystemRoot"] = "D:\\Windows";
	machine.files.add("C:\\librarian.exe");
	const made = await running({ command: () => "C:\\librarian.exe" });
	Object.assign(machine.manners, { answers: false, leavesWhenCut: false, leavesAtTerm: false });
	const { sidecar } = machine;
	const stopped = made.stop();
	await clock.pass(60_000);
	await stopped;
	const tool = machine.children.at(-1);
	expect(tool?.command).toBe("D:\\Windows\\System32\\taskkill.exe");
	expect(tool?.args).toEqual(["/T", "/F", "/PID", String(sidecar.pid)]);
	expect(sidecar.isGone).toBe(true);
	expect(sidecar.signals).toEqual([]);
});

test("what an earlier process still says changes nothing", async () => {
	const made = await running();
	const { server: old_server, sidecar: old } = machine;
	await made.retry();
	const generation = made.generation.value;
	old_server.say({ method: "vault.progress", params: { vaultId: "v1", part: "keyword", phase: "reading", done: 1, total: 2 } });
	old_server.cut();
	old.emit("exit", 1, null);
	old.stdout.emit("data", '{"ready": true, "port": 1, "pid": 1, "protocol": 1, "version": "0"}\n');
	await clock.pass(500);
	expect(made.state.value.kind).toBe("ready");
	expect(made.generation.value).toBe(generation);
	expect(machine.living).toHaveLength(1);
});

test("while the vault is opened, its progress is told, and not more often than can be seen", async () => {
	let say = (_done: number): void => undefined;
	machine.answers["vault.open"] = ({ progressToken }, server) => {
		const value = { vaultId: "v1", part: "keyword", phase: "reading", total: 1_000 };
		say = (done) => server.say({ method: "$/progress", params: { token: progressToken, value: { ...value, done } } });
		return new Promise(() => undefined);
	};
	const made = librarian();
	void made.start();
	await clock.pass(1_000);
	let told = 0;
	made.state.subscribe(() => (told += 1));
	for (let done = 1; done <= 1_000; done++) {
		say(done);
		if (done % 10 === 0) await clock.pass(10);
	}
	expect(made.state.value).toMatchObject({ kind: "opening", progress: { total: 1_000 } });
	expect(told).toBeGreaterThan(5);
	expect(told).toBeLessThan(15);
	await made.stop();
});

test("the state follows the indexes, and answers are out of date once a part is ready", async () => {
	machine.status = statusOf("building");
	const made = await running();
	const generation = made.generation.value;
	await clock.pass(5_000);
	expect(made.generation.value).toBe(generation);
	machine.status = statusOf("ready");
	await clock.pass(PATIENCE.busy_ms);
	expect(made.state.value).toEqual({ kind: "ready", status: statusOf("ready") });
	expect(made.generation.value).toBe(generation + 1);
});

test("indexes at rest are asked about now and then only, and soon after they tell of progress", async () => {
	const made = await running();
	await clock.pass(PATIENCE.busy_ms);
	const asked = () => machine.server.heard.filter(({ method }) => method === "vault.status").length;
	const before = asked();
	await clock.pass(10 * PATIENCE.idle_ms);
	expect(asked() - before).toBe(10);
	for (let done = 0; done < 100; done++) {
		machine.server.say({ method: "vault.progress", params: { vaultId: "v1", part: "catalog", phase: "reading", done, total: 100 } });
		await clock.pass(10);
	}
	expect(asked() - before).toBe(11);
	await made.refresh();
	expect(asked() - before).toBe(12);
});

test("changes are told, and answers are out of date once they can be found", async () => {
	const made = await running();
	const generation = made.generation.value;
	await made.changed([{ kind: "modified", path: "a.md" }]);
	expect(machine.server.heard.at(-1)).toEqual({
		method: "vault.changed",
		params: { vaultId: "v1", changes: [{ kind: "modified", path: "a.md" }] },
	});
	expect(made.generation.value).toBe(generation + 1);
});

test("changes from the time of the opening are told when it is done, in messages that are read", async () => {
	const made = librarian();
	void made.start();
	for (let number = 0; number < 5_000; number++) void made.changed([{ kind: "created", path: `${number}.md` }]);
	await clock.pass(0);
	const told = machine.server.heard.filter(({ method }) => method === "vault.changed");
	const changes = told.flatMap(({ params }) => params["changes"] as { path: string }[]);
	expect(changes.map(({ path }) => path)).toEqual(Array.from({ length: 5_000 }, (_, number) => `${number}.md`));
	expect(told.length).toBeLessThan(10);
});

test("changes are nobody's business while nothing runs", async () => {
	const made = librarian();
	await made.changed([{ kind: "created", path: "a.md" }]);
	await made.start();
	await clock.pass(1_000);
	expect(machine.server.heard.some(({ method }) => method === "vault.changed")).toBe(false);
});

test("a change that the librarian made leaves earlier answers out of date", async () => {
	const made = await running();
	const generation = made.generation.value;
	await made.call("edits.undo", { changeId: "c1" });
	expect(made.generation.value).toBe(generation + 1);
});

test("slow reading rests and goes on", async () => {
	const made = await running();
	await made.pause();
	await made.resume();
	const asked = machine.server.heard.map(({ method }) => method).filter((method) => method.startsWith("embedding"));
	expect(asked).toEqual(["embedding.pause", "embedding.resume"]);
});

test("diagnostics tell of versions, state and log, and of nothing that is private", async () => {
	const made = await running();
	const { token } = machine.server;
	machine.sidecar.stderr.emit(
		"data",
		[
			"2026-01-02 03:04:05,678 INFO librarian.startup: leaving: stdin_closed",
			`2026-01-02 03:04:05,678 ERROR librarian.indexing: a pass failed: ${VAULT}/Diary/My secret love.md is gone`,
			`careless: bearer.${token} and ${token}, api_key=abcdef123456 and sk-abcdefghijklmnop`,
			"at /home/ann/.local/share/uv/tools/vault-librarian/lib/python3.12/site-packages/librarian/startup.py",
			"",
		].join("\n"),
	);
	const said = made.diagnostics();
	expect(said).toContain("Plugin: 0.1.0, protocol 1");
	expect(said).toContain("Command: ~/.local/bin/librarian");
	expect(said).toContain("State: ready");
	expect(said).toContain("catalog: ready");
	expect(said).toContain("leaving: stdin_closed");
	expect(said).toContain("at ~/.local/share/uv/tools");
	for (const secret of [token, "abcdef123456", "sk-abc", "/home/ann", VAULT, "Diary", "secret love"]) {
		expect(said).not.toContain(secret);
	}
	expect(made.lastErrors().join()).toContain("My secret love.md");
	expect(made.lastErrors().join()).not.toContain(token);
});

test("the log of a process that ended can still be read", async () => {
	machine.manners.says = "it was the disk\n";
	const made = await running();
	machine.sidecar.exit(1);
	await clock.pass(0);
	expect(made.lastErrors().at(0)).toMatch(/^2026-01-02T.*stopped unexpectedly/);
	expect(made.lastErrors()).toContain("it was the disk");
	expect(made.diagnostics()).toContain("it was the disk");
});
