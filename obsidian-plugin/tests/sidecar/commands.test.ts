/** Commands that are no sidecar, none that works or fits, or that start it in their turn. */

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { loginPath } from "../../src/sidecar/login_shell";
import { PATIENCE, type Patience } from "../../src/sidecar/patience";
import { Sidecar } from "../../src/sidecar/sidecar";
import { machine } from "../../src/sidecar/system";
import { isLinux, lives, withEnvironment } from "./processes";
import { COMMAND, type World, holds, nodeClock, world } from "./world";

let here: World;
beforeEach(() => {
	here = world();
});
afterEach(() => here.end());

const QUICK = { restarts_ms: [10, 10, 10], ready_ms: 2_000, leave_ms: 1_000 };

/** A command of ours, in JavaScript. */
function command(code: string, mode = 0o755): string {
	const path = join(here.folder, "librarian");
	writeFileSync(path, `#!${process.execPath}\n${code}\n`);
	chmodSync(path, mode);
	return path;
}

/** A command that starts the real sidecar as a child of its own, as launchers on Windows do, and has a say in its first line. */
function launcher(change = ""): string {
	return command(
		[
			"const { spawn } = require('node:child_process');",
			`const child = spawn(${JSON.stringify(COMMAND)}, process.argv.slice(2), { stdio: ['inherit', 'pipe', 'inherit'] });`,
			`child.stdout.on('data', (line) => process.stdout.write(String(line)${change}));`,
			"child.on('exit', (code) => process.exit(code ?? 1));",
		].join("\n"),
	);
}

async function problemWith(path: string, patience: Partial<Patience> = {}): Promise<string> {
	const librarian = here.librarian({ ...QUICK, ...patience }, { command: () => path });
	await librarian.start();
	const { state } = librarian;
	for (const end = Date.now() + 20_000; state.get().kind === "degraded" || state.get().kind === "starting"; ) {
		if (Date.now() > end) throw new Error("no end");
		await new Promise((resolve) => nodeClock.after(20, () => resolve(null)));
	}
	expect(librarian.lastErrors().length).toBeGreaterThan(state.get().kind === "missing" ? -1 : 0);
	return JSON.stringify(state.get());
}

test("a command that is not there, is a folder or cannot be executed is missing", async () => {
	const nowhere = join(here.folder, "nowhere");
	expect(JSON.parse(await problemWith(nowhere))).toEqual({ kind: "missing", looked: [nowhere] });
	expect(JSON.parse(await problemWith(here.folder))).toEqual({ kind: "missing", looked: [here.folder] });
	const plain = command("", 0o644);
	expect(JSON.parse(await problemWith(plain))).toEqual({ kind: "missing", looked: [plain] });
});

test("a script whose interpreter is gone cannot be started", async () => {
	const path = join(here.folder, "librarian");
	writeFileSync(path, "#!/nowhere/python3\n", { mode: 0o755 });
	expect(await problemWith(path)).toContain("cannot be started");
});

test("a command that ends at once is told with its last words", async () => {
	const told = await problemWith(command("console.error('a\\nThe wheel does not fit this Python.'); process.exit(1)"));
	expect(told).toContain('"kind":"failed"');
	expect(told).toContain("The wheel does not fit this Python.");
	expect(here.pids).toHaveLength(4);
});

test("another program of the same name is told apart, and started once", async () => {
	expect(await problemWith(command("console.error('usage: librarian [add|lend]'); process.exit(2)"))).toContain("another command");
	expect(here.pids).toHaveLength(1);
});

test("a command that prints garbage without end is ended", async () => {
	const told = await problemWith(command("const line = 'garbage '.repeat(1000); setInterval(() => console.log(line), 0)"), { restarts_ms: [] });
	expect(told).toContain("does not answer");
});

test("a flood of log lines is read, and not kept", async () => {
	const code = [
		"const { writeSync } = require('node:fs');",
		"const flood = Buffer.from('0123456789 abcdef\\n'.repeat(60_000));",
		"for (let times = 0; times < 100; times++) for (let at = 0; at < flood.length; ) {",
		"	try { at += writeSync(2, flood, at); } catch (error) { if (error.code !== 'EAGAIN') throw error; }",
		"}",
		"console.log(JSON.stringify({ ready: true, port: 1, pid: process.pid, protocol: 1, version: 'x' }));",
		"process.stdin.on('end', () => process.exit()).resume();",
	];
	const path = command(code.join("\n"));
	const before = process.memoryUsage().rss;
	const sidecar = new Sidecar({ system: here.system, clock: nodeClock, patience: PATIENCE }, path, { token: "t".repeat(43) });
	await sidecar.ready;
	expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
	expect(sidecar.logged().join("").length).toBeLessThanOrEqual(8192);
	await sidecar.stop();
});

test.skipIf(process.platform === "win32")("a login shell tells its PATH, whatever its profile prints", async () => {
	mkdirSync(join(here.folder, "home"));
	writeFileSync(join(here.folder, "home", ".profile"), "echo Welcome\nPATH=/from/the/profile:$PATH\n");
	const real = machine();
	const env = { ...real.env, SHELL: "/bin/sh", HOME: join(here.folder, "home") };
	expect(await loginPath({ ...real, env }, nodeClock)).toMatch(/^\/from\/the\/profile:/);
});

test.runIf(isLinux).each([
	[0, "The librarian is too old."],
	[999, "This plugin is too old."],
])("the real sidecar, speaking version %i of the protocol, is ended, and it is told which side to update", async (protocol, title) => {
	expect(await problemWith(launcher(`.replace(/("protocol": ?)\\d+/, '$1${protocol}')`), { ready_ms: PATIENCE.ready_ms })).toContain(title);
	expect(here.pids).toHaveLength(1);
	await holds(() => withEnvironment(here.folder).length === 0, 5_000);
});

test.runIf(isLinux)("a sidecar behind a launcher leaves with it: told to, or when the launcher is killed", async () => {
	const librarian = here.librarian({ ...QUICK, ready_ms: PATIENCE.ready_ms }, { command: () => launcher() });
	await librarian.start();
	expect(librarian.state.get().kind, librarian.lastErrors().join("\n")).toBe("ready");
	const first = withEnvironment(here.folder);
	expect(first.length).toBeGreaterThan(1);
	process.kill(here.pids[0] ?? 0, "SIGKILL");
	await holds(() => here.pids.length === 2 && librarian.state.get().kind === "ready", 20_000);
	await holds(() => !first.some(lives), 5_000);
	await librarian.stop();
	await holds(() => withEnvironment(here.folder).length === 0, 5_000);
});
