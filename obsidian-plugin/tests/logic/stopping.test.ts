/** Stopping and starting anew, at any moment: never a process too many, and never one that comes back. */

import { beforeEach, expect, test } from "vitest";

import { PATIENCE } from "../../src/sidecar/patience";
import { ERRORS } from "../../src/protocol";
import { CallFailed } from "../../src/rpc";
import { type FakeLife, fakeLife, kindsOf } from "./fake_life";

let machine: FakeLife["machine"];
let clock: FakeLife["clock"];
let librarian: FakeLife["librarian"];
let running: FakeLife["running"];

beforeEach(() => {
	({ machine, clock, librarian, running } = fakeLife());
});

test("a new process is not started before the old one is gone", async () => {
	const made = await running();
	Object.assign(machine.manners, { answers: false, leavesWhenCut: false, leavesAtTerm: false });
	const old = machine.sidecar;
	void made.retry();
	await clock.pass(PATIENCE.leave_ms);
	expect(made.state.get().kind).toBe("starting");
	expect(machine.living).toEqual([old]);
	machine.manners.answers = true;
	await clock.pass(PATIENCE.terminate_ms * 2);
	expect(made.state.get().kind).toBe("ready");
	expect(machine.living).toEqual([machine.sidecar]);
	expect(old.isGone).toBe(true);
});

test("a stop while a lost process leaves means no restart", async () => {
	const made = await running();
	Object.assign(machine.manners, { answers: false, leavesWhenCut: false, leavesAtTerm: false });
	machine.server.cut();
	await clock.pass(100);
	expect(made.state.get().kind).toBe("degraded");
	void made.stop();
	await clock.pass(3_600_000);
	expect(made.state.get().kind).toBe("stopped");
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
	expect(made.state.get().kind).toBe("stopped");
	await clock.pass(3_600_000);
	expect(made.state.get().kind).toBe("stopped");
	expect(clock.waiting).toBe(0);
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
	expect(made.state.get().kind).toBe("ready");
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

test("once it is stopped for good, nothing that is still open starts it again", async () => {
	const made = await running();
	void made.end();
	await made.retry();
	await made.start();
	await clock.pass(20_000);
	expect(made.state.get().kind).toBe("stopped");
	expect([machine.children.length, machine.living.length, clock.waiting]).toEqual([1, 0, 0]);
});
