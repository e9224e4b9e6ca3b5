/**
 * One process of the sidecar, from its start to its exit. The token goes to it by stdin, which stays open as the lifeline:
 * when it closes, for whatever reason, the sidecar leaves.
 */

import { type Clock, isOverIn } from "../clock";
import type { Patience } from "./patience";
import { type Child, type System, textOf } from "./system";
import { Tail } from "./tail";

/** The first thing that a sidecar says. */
export interface Ready {
	port: number;
	pid: number;
	protocol: number;
	version: string;
}

/** What a sidecar is told first, by stdin, where nobody else can read it. */
export interface Start {
	token: string;
	/** Keys of providers of models, by the provider's name. */
	secrets?: Readonly<Record<string, string>>;
}

/** How a process ended, or why it never began. */
export interface Exit {
	code: number | null;
	signal: string | null;
	error: Error | null;
}

/** A command that is no sidecar, or none that works. */
export class NotStarted extends Error {
	constructor(
		/** It could not be started at all, it does not know what it is told, it ended at once, or it said nothing. */
		readonly why: "refused" | "foreign" | "ended" | "silent",
		message: string,
	) {
		super(message);
	}
}

/** For what follows the exit: the last of what it logged may still be on its way. */
const LAST_WORDS_MS = 300;
/** The code by which commands say that they were called wrongly: another program, or one from another time. */
const WRONG_USAGE = 2;
const MAX_LINE_CHARACTERS = 65_536;

export class Sidecar {
	/** Throws `NotStarted`. */
	readonly ready: Promise<Ready>;
	readonly exited: Promise<Exit>;
	readonly #child: Child | null;
	readonly #log: Tail;
	readonly #decoders = { out: new TextDecoder(), err: new TextDecoder() };
	#ending: Promise<void> | null = null;
	readonly #hurried: Promise<void>;
	#hurry: () => void = () => undefined;

	readonly #system: System;
	readonly #clock: Clock;
	readonly #patience: Patience;

	constructor({ system, clock, patience }: { system: System; clock: Clock; patience: Patience }, command: string, start: Start) {
		this.#system = system;
		this.#clock = clock;
		this.#patience = patience;
		this.#log = new Tail([start.token, ...Object.values(start.secrets ?? {})]);
		this.#hurried = new Promise((resolve) => (this.#hurry = resolve));
		const { child, error } = begin(system, command);
		this.#child = child;
		this.exited = child ? this.#exitOf(child) : Promise.resolve({ code: null, signal: null, error });
		this.ready = this.#readyOf(child);
		// Whoever does not ask is not to be told by the window.
		this.ready.catch(() => undefined);
		child?.stderr?.on("data", (chunk) => this.#log.take(textOf(chunk, this.#decoders.err)));
		child?.stdin?.on("error", () => undefined);
		child?.stdin?.write(`${JSON.stringify(start)}\n`);
	}

	/** The last lines that it logged, without anything secret. */
	logged(): string[] {
		return this.#log.lines();
	}

	/** Let it leave, and see to it that it does; returns when it is gone. */
	stop(): Promise<void> {
		this.#ending ??= this.#end();
		return this.#ending;
	}

	/** As `stop`, but without waiting for a process that does not answer. */
	kill(): Promise<void> {
		this.#hurry();
		return this.stop();
	}

	async #end(): Promise<void> {
		this.#child?.stdin?.end();
		if (await this.#isGoneIn(this.#patience.leave_ms)) return;
		if (this.#system.platform === "win32") {
			// The command may be a launcher with the sidecar as its child: the whole tree has to go.
			await this.#endTree();
		} else {
			this.#child?.kill("SIGTERM");
		}
		if (await this.#isGoneIn(this.#patience.terminate_ms)) return;
		this.#child?.kill("SIGKILL");
		await isOverIn(this.#clock, this.#patience.kill_ms, this.exited);
	}

	async #endTree(): Promise<void> {
		const pid = this.#child?.pid;
		if (pid === undefined) return;
		const { env } = this.#system;
		const command = `${env["SystemRoot"] ?? "C:\\Windows"}\\System32\\taskkill.exe`;
		const { child } = begin(this.#system, command, ["/T", "/F", "/PID", String(pid)], env);
		if (child) await isOverIn(this.#clock, this.#patience.kill_ms, ended(child));
	}

	#isGoneIn(ms: number): Promise<boolean> {
		const inTime = isOverIn(this.#clock, ms, this.exited);
		const hurried = this.#hurried.then(() => isOverIn(this.#clock, 0, this.exited));
		return Promise.race([inTime, hurried]);
	}

	async #exitOf(child: Child): Promise<Exit> {
		const closed = new Promise((resolve) => child.on("close", resolve));
		const exit = await ended(child);
		if (!exit.error) await isOverIn(this.#clock, LAST_WORDS_MS, closed);
		return exit;
	}

	async #readyOf(child: Child | null): Promise<Ready> {
		const first = new Promise<Ready>((resolve) => this.#listen(child, resolve));
		const exit = this.exited.then((how) => {
			if (how.error) throw new NotStarted("refused", how.error.message);
			const words = this.#log.last() || `It ended with code ${how.code ?? how.signal}.`;
			throw new NotStarted(how.code === WRONG_USAGE ? "foreign" : "ended", words);
		});
		if (!(await isOverIn(this.#clock, this.#patience.ready_ms, Promise.race([first, exit])))) {
			throw new NotStarted("silent", "It started, but did not say that it is ready.");
		}
		return Promise.race([first, exit]);
	}

	/** Read stdout for the ready line, and after that only so that it is never full. */
	#listen(child: Child | null, tell: (ready: Ready) => void): void {
		let open = "";
		let isReady = false;
		child?.stdout?.on("data", (chunk) => {
			if (isReady) return;
			const lines = (open + textOf(chunk, this.#decoders.out)).split("\n");
			open = (lines.pop() ?? "").slice(0, MAX_LINE_CHARACTERS);
			const ready = lines.map(readyIn).find((each) => each !== null);
			if (!ready) return;
			isReady = true;
			tell(ready);
		});
	}
}

function begin(
	system: System,
	command: string,
	args: readonly string[] = ["serve"],
	env: System["env"] = { ...system.env, PYTHONUTF8: "1" },
): { child: Child | null; error: Error | null } {
	try {
		return { child: system.spawn(command, args, env), error: null };
	} catch (error) {
		return { child: null, error: error instanceof Error ? error : new Error(String(error)) };
	}
}

/** The exit of a process, or why there never was one. */
function ended(child: Child): Promise<Exit> {
	return new Promise((resolve) => {
		child.on("exit", (code, signal) => resolve({ code, signal, error: null }));
		// Also told when a signal cannot be sent to a process that lives.
		child.on("error", (error) => {
			if (child.pid === undefined) resolve({ code: null, signal: null, error });
		});
	});
}

function readyIn(line: string): Ready | null {
	let said: unknown;
	try {
		said = JSON.parse(line);
	} catch {
		return null;
	}
	if (typeof said !== "object" || said === null) return null;
	const { ready, port, pid, protocol, version } = said as Record<string, unknown>;
	const isWhole =
		ready === true && isNumber(port) && port > 0 && port < 65_536 && isNumber(pid) && isNumber(protocol) && typeof version === "string";
	return isWhole ? { port, pid, protocol, version } : null;
}

function isNumber(value: unknown): value is number {
	return Number.isInteger(value);
}
