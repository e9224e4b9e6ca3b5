import { beforeEach, expect, test } from "vitest";

import { PATIENCE } from "../../src/sidecar/patience";
import { PROTOCOL } from "../../src/protocol";
import { Disconnected } from "../../src/rpc";
import { type FakeLife, fakeLife, kindsOf } from "./fake_life";
import { COMMAND, VAULT, statusOf } from "./fake_machine";

let machine: FakeLife["machine"];
let clock: FakeLife["clock"];
let librarian: FakeLife["librarian"];
let running: FakeLife["running"];

beforeEach(() => {
	({ machine, clock, librarian, running } = fakeLife());
});

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

test("while it is expected it is on its way, calls wait, and nothing is started yet", async () => {
	const made = librarian();
	made.expect();
	const answer = made.call("search.query", { text: "tea" });
	await clock.pass(1_000);
	expect([made.state.get().kind, machine.children.length]).toEqual(["starting", 0]);
	await Promise.all([made.start(), made.start()]);
	expect(await answer).toMatchObject({ total: 0 });
	expect(machine.children).toHaveLength(1);
	made.expect();
	await Promise.all([made.stop(), clock.pass(20_000)]);
	expect(made.state.get().kind).toBe("stopped");
});

test("the token goes by stdin and nowhere else", async () => {
	await running();
	const { args, env, stdin } = machine.sidecar;
	expect(stdin.text).toBe(`${JSON.stringify({ token: machine.server.token })}\n`);
	expect(JSON.stringify([args, env])).not.toContain(machine.server.token);
	expect(stdin.isClosed).toBe(false);
});

test("keys of providers go the same way, as they are when it is started, and are never shown", async () => {
	let secrets: Record<string, string> = { openai: "a secret of mine" };
	const made = await running({ secrets: () => secrets });
	expect(JSON.parse(machine.sidecar.stdin.text)).toEqual({ token: machine.server.token, secrets });
	machine.sidecar.stderr.emit("data", "careless: a secret of mine\n");
	expect(made.lastErrors().join()).not.toContain("secret of mine");
	secrets = { openai: "another" };
	await made.retry();
	expect(machine.sidecar.stdin.text).toContain("another");
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
	expect(made.state.get().kind).toBe("new");
	expect(machine.living).toEqual([]);
	isAllowed = true;
	await made.start();
	expect(made.state.get().kind).toBe("ready");
});

test("a command that is nowhere is missing, and retry looks again", async () => {
	machine.files.clear();
	const made = librarian();
	await made.start();
	expect(made.state.get()).toEqual({ kind: "missing", looked: [COMMAND, "/usr/bin/librarian"] });
	machine.files.add("/usr/bin/librarian");
	await made.retry();
	expect(made.state.get().kind).toBe("ready");
	expect(machine.sidecar.command).toBe("/usr/bin/librarian");
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
	expect(made.state.get()).toMatchObject({ kind: "opening", progress: { total: 1_000 } });
	expect(told).toBeGreaterThan(5);
	expect(told).toBeLessThan(15);
	await made.stop();
});

test("the state follows the indexes, and answers are out of date once a part is ready", async () => {
	machine.status = statusOf("building");
	const made = await running();
	const generation = made.generation.get();
	await clock.pass(5_000);
	expect(made.generation.get()).toBe(generation);
	machine.status = statusOf("ready");
	await clock.pass(PATIENCE.busy_ms);
	expect(made.state.get()).toEqual({ kind: "ready", status: statusOf("ready") });
	expect(made.generation.get()).toBe(generation + 1);
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
	const generation = made.generation.get();
	made.changed({ kind: "modified", path: "a.md" });
	await clock.pass(150);
	expect(machine.server.heard.at(-1)).toEqual({
		method: "vault.changed",
		params: { vaultId: "v1", changes: [{ kind: "modified", path: "a.md" }] },
	});
	expect(made.generation.get()).toBe(generation + 1);
});

test("where files change without end, answers are out of date now and then only, and once more at the end", async () => {
	const made = await running();
	const generation = made.generation.get();
	for (let number = 0; number < 100; number++) {
		made.changed({ kind: "modified", path: `${number}.md` });
		await clock.pass(PATIENCE.news_ms / 10);
	}
	expect(made.generation.get() - generation).toBeLessThanOrEqual(11);
	expect(made.generation.get() - generation).toBeGreaterThanOrEqual(10);
	await clock.pass(2 * PATIENCE.news_ms);
	for (const path of ["next to last.md", "last.md"]) {
		made.changed({ kind: "modified", path });
		await clock.pass(150);
	}
	const before = made.generation.get();
	await clock.pass(PATIENCE.news_ms);
	expect(made.generation.get()).toBe(before + 1);
	made.changed({ kind: "modified", path: "a.md" });
	made.changed({ kind: "modified", path: "b.md" });
	await Promise.all([made.stop(), clock.pass(20_000)]);
	expect(clock.waiting).toBe(0);
});

test("changes from the time of the opening are told when it is done, in messages that are read", async () => {
	const made = librarian();
	void made.start();
	for (let number = 0; number < 1_900; number++) made.changed({ kind: "created", path: `${number}-${"x".repeat(200)}.md` });
	await clock.pass(0);
	const told = machine.server.heard.filter(({ method }) => method === "vault.changed");
	const changes = told.flatMap(({ params }) => params["changes"] as { path: string }[]);
	expect(changes.map(({ path }) => Number.parseInt(path))).toEqual(Array.from({ length: 1_900 }, (_, number) => number));
	expect(told.length).toBeGreaterThan(1);
	expect(told.length).toBeLessThan(10);
});

test("changes while the sidecar is away are told to the next one", async () => {
	const made = await running();
	machine.sidecar.exit(1);
	await clock.pass(0);
	made.changed({ kind: "renamed", path: "a.md", newPath: "b.md" });
	await clock.pass(500);
	made.changed({ kind: "renamed", path: "b.md", newPath: "c.md" });
	await clock.pass(5_000);
	expect(made.state.get().kind).toBe("ready");
	const told = machine.server.heard.filter(({ method }) => method === "vault.changed");
	expect(told.flatMap(({ params }) => params["changes"])).toEqual([
		{ kind: "renamed", path: "a.md", newPath: "b.md" },
		{ kind: "renamed", path: "b.md", newPath: "c.md" },
	]);
});

test("changes are nobody's business while nothing runs", async () => {
	const made = librarian();
	made.changed({ kind: "created", path: "a.md" });
	await made.start();
	await clock.pass(1_000);
	expect(machine.server.heard.some(({ method }) => method === "vault.changed")).toBe(false);
});

test("a change that the librarian made leaves earlier answers out of date", async () => {
	const made = await running();
	const generation = made.generation.get();
	await made.call("edits.undo", { changeId: "c1" });
	expect(made.generation.get()).toBe(generation + 1);
});

test("slow reading rests and goes on", async () => {
	const made = await running();
	await made.pause();
	await made.resume();
	const asked = machine.server.heard.map(({ method }) => method).filter((method) => method.startsWith("embedding"));
	expect(asked).toEqual(["embedding.pause", "embedding.resume"]);
});

test("diagnostics tell of versions, state and log, and of nothing that is private", async () => {
	machine.status = { ...machine.status, path: "/mnt/Ann's own" };
	const made = await running();
	const { token } = machine.server;
	machine.sidecar.stderr.emit(
		"data",
		[
			"2026-01-02 03:04:05,678 INFO librarian.startup: leaving: stdin_closed",
			`2026-01-02 03:04:05,678 ERROR librarian.indexing: a pass failed: ${VAULT}/Diary/My secret love.md is gone`,
			`careless: bearer.${token} and ${token}, api_key=abcdef123456 and sk-abcdefghijklmnop`,
			"2026-01-02 03:04:05,678 WARNING librarian.vault: /mnt/Ann's own is slow",
			'2026-01-02 03:04:05,678 WARNING librarian.edits: a change that was cut short (merge "My lover" into "Divorce") is settled',
			`PermissionError: [Errno 13] Permission denied: '${VAULT}/Therapy/scan.png'`,
			'  File "/usr/lib/python3.12/asyncio/base.py", line 12, in run',
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
	expect(said).toContain("Permission denied: 'the vault/…");
	expect(said).toContain('File "/usr/lib/python3.12/asyncio/base.py", line 12');
	for (const secret of [token, "abcdef123456", "sk-abc", "/home/ann", "Ann's own", VAULT, "Diary", "secret love", "lover", "Divorce", "Therapy", "scan"]) {
		expect(said).not.toContain(secret);
	}
	expect(made.lastErrors().join()).toContain("My secret love.md");
	expect(made.lastErrors().join()).not.toContain(token);
});

test("on Windows, too, diagnostics tell no folder of a person's, however Python quotes it", async () => {
	machine.platform = "win32";
	machine.home = "C:\\Users\\Ann";
	machine.files.add("C:\\Users\\Ann\\.local\\bin\\librarian.exe");
	const made = await running({ vaultPath: "C:\\Users\\Ann\\Notes" });
	machine.sidecar.stderr.emit(
		"data",
		[
			"PermissionError: [WinError 5] Access is denied: 'C:\\\\Users\\\\Ann\\\\Notes\\\\Therapy\\\\scan.png'",
			"OSError: c:/users/ann/notes/Divorce/letter.pdf cannot be read",
			'  File "C:\\Users\\Ann\\AppData\\Roaming\\uv\\tools\\vault-librarian\\Lib\\site-packages\\librarian\\startup.py", line 12, in run',
			"",
		].join("\n"),
	);
	const said = made.diagnostics();
	expect(said).toContain("Command: ~\\.local\\bin\\librarian.exe");
	expect(said).toContain('File "~\\AppData\\Roaming\\uv');
	for (const secret of ["Ann", "ann\\", "ann/", "Therapy", "scan", "Divorce", "letter"]) expect(said).not.toContain(secret);
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
