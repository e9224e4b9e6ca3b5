/** A machine with fake sidecars: processes that behave as a test wants them to, and what answers at their ports. */

import { PROTOCOL, type Status } from "../../src/protocol";
import type { CallFailed } from "../../src/rpc";
import type { Child, Input, Output, System } from "../../src/sidecar/system";
import type { Connect, Transport } from "../../src/sidecar/transport";

export const COMMAND = "/home/ann/.local/bin/librarian";
export const VAULT = "/home/ann/Notes";

type Answer = (params: Record<string, unknown>, server: FakeServer) => unknown;

/** How the next processes behave. */
export interface Manners {
	/** The ready line; null for a process that says nothing. */
	ready: Record<string, unknown> | null;
	/** What it does when stdin is closed, and at SIGTERM. */
	leavesWhenCut: boolean;
	leavesAtTerm: boolean;
	/** Ends at once with this code. */
	endsWith: number | null;
	/** Fails to begin, at once or by the event `error`. */
	throws: Error | null;
	fails: Error | null;
	/** Whether calls are answered. */
	answers: boolean;
	/** What it writes to stderr as it begins. */
	says: string;
	/** Whether its connection is cut when it ends. */
	cuts: boolean;
}

class Emitter {
	private readonly listeners = new Map<string, ((...values: never[]) => void)[]>();

	on(event: string, listener: (...values: never[]) => void): this {
		this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
		return this;
	}

	emit(event: string, ...values: unknown[]): void {
		for (const listener of this.listeners.get(event) ?? []) listener(...(values as never[]));
	}
}

class FakeInput extends Emitter implements Input {
	text = "";
	isClosed = false;

	write(text: string): void {
		this.text += text;
		this.emit("written");
	}

	end(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		this.emit("closed");
	}
}

export class FakeChild extends Emitter implements Child {
	readonly stdin = new FakeInput();
	readonly stdout: Output & Emitter = new Emitter();
	readonly stderr: Output & Emitter = new Emitter();
	readonly signals: string[] = [];
	isGone = false;

	constructor(
		readonly pid: number | undefined,
		readonly command: string,
		readonly args: readonly string[],
		readonly env: Readonly<Record<string, string | undefined>>,
		private readonly manners: Manners,
	) {
		super();
	}

	kill(signal: "SIGTERM" | "SIGKILL"): boolean {
		this.signals.push(signal);
		if (signal === "SIGKILL" || this.manners.leavesAtTerm) queueMicrotask(() => this.exit(null, signal));
		return !this.isGone;
	}

	exit(code: number | null, signal: string | null = null): void {
		if (this.isGone) return;
		this.isGone = true;
		this.emit("exit", code, signal);
		this.emit("close", code, signal);
	}
}

/** What answers at the port of one process. */
export class FakeServer {
	readonly heard: { method: string; params: Record<string, unknown> }[] = [];
	private transport: FakeTransport | null = null;

	constructor(
		readonly token: string,
		private readonly machine: FakeMachine,
		readonly child: FakeChild,
	) {}

	accept(): Transport {
		this.transport = new FakeTransport((text) => this.hear(text));
		return this.transport;
	}

	/** Cut the connection, as when the other side is gone. */
	cut(): void {
		this.transport?.close();
	}

	say(message: object): void {
		this.transport?.tell(JSON.stringify({ jsonrpc: "2.0", ...message }));
	}

	private hear(text: string): void {
		const { id, method, params } = JSON.parse(text) as { id?: number; method: string; params: Record<string, unknown> };
		this.heard.push({ method, params });
		if (id === undefined || !this.machine.manners.answers) return;
		void this.answer(id, method, params);
	}

	private async answer(id: number, method: string, params: Record<string, unknown>): Promise<void> {
		await Promise.resolve();
		try {
			this.say({ id, result: (await this.machine.answers[method]?.(params, this)) ?? null });
		} catch (error) {
			const { code, message, data } = error as CallFailed;
			this.say({ id, error: { code, message, data } });
		}
		if (method === "session.shutdown") this.child.exit(0);
	}
}

class FakeTransport implements Transport {
	private readonly closing: (() => void)[] = [];
	private listener: (text: string) => void = () => undefined;
	private isClosed = false;

	constructor(private readonly hear: (text: string) => void) {}

	send(text: string): void {
		if (!this.isClosed) this.hear(text);
	}

	tell(text: string): void {
		if (!this.isClosed) this.listener(text);
	}

	onMessage(listener: (text: string) => void): void {
		this.listener = listener;
	}

	onClose(listener: () => void): void {
		if (this.isClosed) listener();
		else this.closing.push(listener);
	}

	close(): void {
		if (this.isClosed) return;
		this.isClosed = true;
		for (const listener of this.closing) listener();
	}
}

export class FakeMachine implements System {
	platform = "linux";
	readonly env: Record<string, string> = { PATH: "/usr/bin", HOME: "/home/ann" };
	home = "/home/ann";
	readonly files = new Set([COMMAND]);
	readonly children: FakeChild[] = [];
	readonly servers = new Map<number, FakeServer>();
	readonly manners: Manners = {
		ready: { ready: true, port: 0, pid: 0, protocol: PROTOCOL, version: "0.1.0" },
		leavesWhenCut: true,
		leavesAtTerm: true,
		endsWith: null,
		throws: null,
		fails: null,
		answers: true,
		says: "",
		cuts: true,
	};
	/** What every server answers; a `CallFailed` that is thrown is the error. */
	readonly answers: Record<string, Answer> = {
		"session.initialize": () => ({ server: { name: "librarian", version: "0.1.0" }, protocol: PROTOCOL, capabilities: {} }),
		"vault.open": () => ({ vaultId: "v1", notes: 2, ready: READY }),
		"vault.status": () => this.status,
		"search.query": ({ text }) => ({ hits: [], total: 0, text }),
	};
	status: Status = statusOf("ready");
	/** Who is let in; a test may hold them up. */
	door: Promise<void> = Promise.resolve();
	private pids = 100;
	private ports = 40_000;

	async isExecutable(path: string): Promise<boolean> {
		return this.files.has(path);
	}

	/** Processes that are not gone, taskkill and shells left out. */
	get living(): FakeChild[] {
		return this.children.filter((child) => !child.isGone && child.args[0] === "serve");
	}

	get sidecar(): FakeChild {
		const last = this.children.filter((child) => child.args[0] === "serve").at(-1);
		if (!last) throw new Error("none was started");
		return last;
	}

	get server(): FakeServer {
		const last = [...this.servers.values()].at(-1);
		if (!last) throw new Error("none listens");
		return last;
	}

	spawn(command: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): Child {
		const manners = this.manners;
		if (manners.throws) throw manners.throws;
		const child = new FakeChild(manners.fails ? undefined : ++this.pids, command, args, env, manners);
		this.children.push(child);
		if (manners.fails) queueMicrotask(() => child.emit("error", manners.fails));
		else if (args[0] === "serve") this.begin(child);
		else queueMicrotask(() => this.runTool(child));
		return child;
	}

	readonly connect: Connect = async (port, token) => {
		await this.door;
		const server = this.servers.get(port);
		if (!server || server.child.isGone || server.token !== token) throw new Error("refused");
		return server.accept();
	};

	private begin(child: FakeChild): void {
		const { manners } = this;
		child.stdin.on("written", () => queueMicrotask(() => this.wake(child)));
		child.stdin.on("closed", () => queueMicrotask(() => manners.leavesWhenCut && child.exit(0)));
		child.on("exit", () => this.servers.forEach((server) => manners.cuts && server.child === child && server.cut()));
	}

	private wake(child: FakeChild): void {
		const { ready, endsWith, says } = this.manners;
		if (says) child.stderr.emit("data", says);
		if (endsWith !== null) return child.exit(endsWith);
		if (!ready) return;
		const port = ++this.ports;
		const { token } = JSON.parse(child.stdin.text) as { token: string };
		this.servers.set(port, new FakeServer(token, this, child));
		child.stdout.emit("data", new TextEncoder().encode(`${JSON.stringify({ ...ready, port, pid: child.pid })}\n`));
	}

	/** `taskkill`, which ends a process and its children. */
	runTool(child: FakeChild): void {
		const pid = Number(child.args.at(-1));
		this.children.find((each) => each.pid === pid)?.exit(1);
		child.exit(0);
	}
}

const READY = { keyword: true, catalog: true, semantic: true };

export function statusOf(catalog: "ready" | "building", notes = 2): Status {
	return {
		vaultId: "v1",
		path: VAULT,
		ready: { ...READY, catalog: catalog === "ready" },
		parts: [
			{ name: "keyword", state: "ready", done: notes, total: notes },
			{ name: "catalog", state: catalog, done: 0, total: notes },
		],
		counts: { notes, canvases: 0, bases: 0, attachments: 0 },
		skipped: [],
		timings: { scanMs: 1, keywordMs: 2, catalogMs: null, semanticMs: null },
	};
}
