import { beforeEach, expect, test } from "vitest";

import { PATIENCE } from "../../src/sidecar/patience";
import { NotStarted, Sidecar } from "../../src/sidecar/sidecar";
import { FakeClock } from "./fake_clock";
import { COMMAND, FakeMachine } from "./fake_machine";

let machine: FakeMachine;
let clock: FakeClock;

beforeEach(() => {
	machine = new FakeMachine();
	machine.manners.ready = null;
	clock = new FakeClock();
});

function sidecar(): Sidecar {
	return new Sidecar({ system: machine, clock, patience: PATIENCE }, COMMAND, { token: "t".repeat(43) });
}

const TOLD = { port: 40_001, pid: 7, protocol: 1, version: "0.1.0" };
const READY = { ready: true, ...TOLD };

test("the ready line is found among other lines, in pieces, with more that follows", async () => {
	const made = sidecar();
	const { stdout } = machine.sidecar;
	const text = `Python says hello\n{"ready": false}\n[1]\nnull\n${JSON.stringify({ ...READY, new: 1 })}\nmore`;
	for (const piece of text.match(/[^]{1,7}/g) ?? []) stdout.emit("data", piece);
	expect(await made.ready).toEqual(TOLD);
	stdout.emit("data", JSON.stringify({ ...READY, port: 1 }));
	expect(await made.ready).toEqual(TOLD);
});

test.each([
	{ port: 0 },
	{ port: 65_536 },
	{ port: "80" },
	{ port: 1.5 },
	{ pid: null },
	{ protocol: "1" },
	{ version: 1 },
	{ ready: "yes" },
])("a ready line with %j is none", async (wrong) => {
	const made = sidecar();
	machine.sidecar.stdout.emit("data", `${JSON.stringify({ ...READY, ...wrong })}\n`);
	const outcome = made.ready.catch((error: unknown) => error);
	await clock.pass(PATIENCE.ready_ms);
	expect(await outcome).toBeInstanceOf(NotStarted);
	expect(await outcome).toMatchObject({ why: "silent" });
});

test("endless lines on stdout are let go", async () => {
	const made = sidecar();
	for (let times = 0; times < 200; times++) machine.sidecar.stdout.emit("data", "x".repeat(65_536));
	machine.sidecar.stdout.emit("data", `\n${JSON.stringify(READY)}\n`);
	expect(await made.ready).toEqual(TOLD);
});

test("what it said before it ended is why", async () => {
	const made = sidecar();
	machine.sidecar.stderr.emit("data", "cannot import\n");
	machine.sidecar.exit(1);
	await expect(made.ready).rejects.toMatchObject({ why: "ended", message: "cannot import" });
	expect(await made.exited).toEqual({ code: 1, signal: null, error: null });
});

test("a process that ended without a word is told by its code", async () => {
	const made = sidecar();
	machine.sidecar.exit(null, "SIGSEGV");
	await expect(made.ready).rejects.toThrow("SIGSEGV");
});

test("stopping twice, and killing on top, is stopping once", async () => {
	Object.assign(machine.manners, { leavesWhenCut: false, leavesAtTerm: false });
	const made = sidecar();
	const stops = [made.stop(), made.stop()];
	await clock.pass(100);
	const killed = made.kill();
	await clock.pass(0);
	await Promise.all([...stops, killed, made.stop()]);
	expect(machine.sidecar.signals).toEqual(["SIGTERM", "SIGKILL"]);
});

test("a process that never began is stopped at once", async () => {
	machine.manners.throws = new Error("spawn EINVAL");
	const made = sidecar();
	await expect(made.ready).rejects.toMatchObject({ why: "refused", message: "spawn EINVAL" });
	await made.stop();
});

test("what goes wrong when a process is written to is no error of the window's", () => {
	sidecar();
	expect(() => machine.sidecar.stdin.emit("error", new Error("EPIPE"))).not.toThrow();
});
