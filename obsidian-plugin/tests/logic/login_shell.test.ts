import { beforeEach, expect, test } from "vitest";

import { loginPath } from "../../src/sidecar/login_shell";
import { FakeClock } from "./fake_clock";
import { FakeMachine } from "./fake_machine";

let machine: FakeMachine;
let clock: FakeClock;

beforeEach(() => {
	machine = new FakeMachine();
	machine.env["SHELL"] = "/bin/zsh";
	machine.runTool = () => undefined;
	clock = new FakeClock();
});

function shell() {
	const child = machine.children.at(-1);
	if (!child) throw new Error("no shell was asked");
	return child;
}

test("the shell's answer is found among what its profile prints", async () => {
	const path = loginPath(machine, clock);
	expect(shell().command).toBe("/bin/zsh");
	expect(shell().args[0]).toBe("-lc");
	shell().stdout.emit("data", "Welcome!\nlibrarian-path-be");
	shell().stdout.emit("data", new TextEncoder().encode("gin:/opt/bin:/usr/bin:librarian-path-end\nBye"));
	shell().exit(0);
	expect(await path).toBe("/opt/bin:/usr/bin");
});

test("a shell that does not answer is not waited for", async () => {
	const path = loginPath(machine, clock);
	await clock.pass(10_000);
	expect(await path).toBeNull();
	expect(shell().signals).toEqual(["SIGKILL"]);
});

test("no shell, a relative one and one that cannot be started have no answer", async () => {
	machine.manners.throws = new Error("spawn EACCES");
	expect(await loginPath(machine, clock)).toBeNull();
	machine.manners.throws = null;
	machine.manners.fails = new Error("spawn ENOENT");
	expect(await loginPath(machine, clock)).toBeNull();
	machine.env["SHELL"] = "zsh";
	expect(await loginPath(machine, clock)).toBeNull();
	delete machine.env["SHELL"];
	expect(await loginPath(machine, clock)).toBeNull();
});
