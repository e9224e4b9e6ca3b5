/** Node's `child_process` for the page: processes that the bridge starts. */

import type { HostEvent } from "../wire";
import { Emitter, askNow, fromBase64, hear } from "./node";
import { guarded, strictly } from "./strict";

type ProcessEvent = Exclude<HostEvent, { kind: "folder" }>;

/** Bytes as Node gives them, which become text when they are asked to. */
class Bytes extends Uint8Array<ArrayBuffer> {
	override toString(): string {
		return new TextDecoder().decode(this);
	}
}

class Output extends Emitter {
	#decoder: TextDecoder | null = null;

	setEncoding(encoding: string): this {
		this.#decoder = new TextDecoder(encoding);
		return this;
	}

	receive(base64: string): void {
		const bytes = new Bytes(fromBase64(base64).buffer);
		this.emit("data", this.#decoder ? this.#decoder.decode(bytes, { stream: true }) : bytes);
	}

	destroy(): this {
		this.removeAllListeners();
		return this;
	}

	resume(): this {
		return this;
	}

	unref(): this {
		return this;
	}
}

class Input extends Emitter {
	writable = true;

	constructor(private readonly id: number) {
		super();
	}

	write(text: unknown, ...rest: unknown[]): boolean {
		askNow("system.stdin", { id: this.id, text: String(text) });
		const done = rest.at(-1);
		if (typeof done === "function") queueMicrotask(done as () => void);
		return true;
	}

	end(text?: unknown): this {
		if (typeof text === "string") this.write(text);
		this.writable = false;
		askNow("system.endStdin", { id: this.id });
		return this;
	}

	destroy(): this {
		return this.end();
	}
}

class Child extends Emitter {
	readonly stdout = guarded("stdout", new Output());
	readonly stderr = guarded("stderr", new Output());
	readonly stdin: Input;
	exitCode: number | null = null;
	signalCode: string | null = null;
	killed = false;

	constructor(
		private readonly id: number,
		readonly pid: number | undefined,
	) {
		super();
		this.stdin = guarded("stdin", new Input(id));
		const stop = hear((event) => {
			if (!("id" in event) || event.id !== id) return;
			this.receive(event);
			if (event.kind === "close") stop();
		});
	}

	kill(signal = "SIGTERM"): boolean {
		const sent = askNow("system.kill", { id: this.id, signal });
		this.killed ||= sent;
		return sent;
	}

	unref(): void {}

	private receive(event: ProcessEvent): void {
		switch (event.kind) {
			case "output":
				this[event.stream].receive(event.bytes);
				return;
			case "ended":
				this[event.stream].emit("end");
				this[event.stream].emit("close");
				return;
			case "failed":
				this.emit("error", Object.assign(new Error(event.message), { code: event.code }));
				return;
			case "stdinFailed":
				this.stdin.emit("error", Object.assign(new Error(event.message), { code: event.code }));
				return;
			default:
				if (event.kind === "exit") {
					this.exitCode = event.code;
					this.signalCode = event.signal;
				}
				this.emit(event.kind, event.code, event.signal);
		}
	}
}

interface SpawnOptions {
	env?: Record<string, string>;
	cwd?: string;
	windowsHide?: boolean;
	shell?: boolean;
	detached?: boolean;
	stdio?: unknown;
}

/** Options that the bridge carries out; any other is an error here rather than ignored. */
const KNOWN = new Set(["env", "cwd", "windowsHide", "shell", "detached", "stdio"]);

export const child_process = strictly<object>("child_process", {
	spawn(command: string, args: string[] = [], options: SpawnOptions = {}) {
		for (const name of Object.keys(options)) if (!KNOWN.has(name)) throw new Error(`the shim's spawn has no ${name}`);
		const { env, cwd, windowsHide = false, shell = false } = options;
		const { id, pid } = askNow("system.spawn", { command, args, env, cwd, windowsHide, shell });
		return guarded("child process", new Child(id, pid));
	},
});
