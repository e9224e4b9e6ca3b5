/** Child processes that the plugin starts: they are the bridge's children, and lose their pipes when the page goes. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

import type { Answer, HostEvent, Question, Served } from "./wire";

type Tell = (event: HostEvent) => void;

/** A process that was started, for tests to look at. */
export interface Started {
	command: string;
	args: string[];
	/** Everything that was written to its stdin. */
	stdin: string;
	child: ChildProcessWithoutNullStreams;
}

export class Processes {
	readonly started: Started[] = [];

	constructor(private readonly tell: Tell) {}

	readonly served = {
		"system.spawn": (question) => this.spawn(question),
		"system.stdin": ({ id, text }) => {
			const process = this.of(id);
			process.stdin += text;
			process.child.stdin.write(text);
			return null;
		},
		"system.endStdin": ({ id }) => {
			this.of(id).child.stdin.end();
			return null;
		},
		"system.kill": ({ id, signal }) => this.of(id).child.kill(signal as NodeJS.Signals),
	} satisfies Partial<Served>;

	/** Ids of the processes that still run. */
	running(): number[] {
		return this.started
			.filter(({ child }) => child.pid !== undefined && child.exitCode === null && child.signalCode === null)
			.map(({ child }) => child.pid ?? 0);
	}

	/** What the system does with the pipes of a process that was killed. */
	abandon(): void {
		for (const { child } of this.started) {
			child.stdin.destroy();
			child.stdout.destroy();
			child.stderr.destroy();
		}
	}

	/** End what a test left behind. */
	async end(): Promise<void> {
		this.abandon();
		await Promise.all(
			this.started
				.filter(({ child }) => this.running().includes(child.pid ?? -1))
				.map(({ child }) => new Promise((resolve) => (child.once("exit", resolve), child.kill("SIGKILL")))),
		);
	}

	private of(id: number): Started {
		const found = this.started[id];
		if (!found) throw new Error(`no process ${id}`);
		return found;
	}

	private spawn(question: Question<"system.spawn">): Answer<"system.spawn"> {
		const { command, args, env, cwd, windowsHide, shell } = question;
		const child = spawn(command, args, { env, cwd, windowsHide, shell, stdio: ["pipe", "pipe", "pipe"] });
		const id = this.started.push({ command, args, stdin: "", child }) - 1;
		for (const stream of ["stdout", "stderr"] as const) {
			child[stream].on("data", (bytes: Buffer) => this.tell({ kind: "output", id, stream, bytes: bytes.toString("base64") }));
			child[stream].on("end", () => this.tell({ kind: "ended", id, stream }));
		}
		const failed = (kind: "failed" | "stdinFailed") => (error: NodeJS.ErrnoException) =>
			this.tell({ kind, id, message: error.message, code: error.code });
		child.on("error", failed("failed"));
		child.stdin.on("error", failed("stdinFailed"));
		child.on("exit", (code, signal) => this.tell({ kind: "exit", id, code, signal }));
		child.on("close", (code, signal) => this.tell({ kind: "close", id, code, signal }));
		return { id, pid: child.pid };
	}
}
