/** The host's half in Node: serves the page and the plugin, and does what Obsidian's window does by Node. */

import { promises as fs } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { build } from "esbuild";
import { WebSocketServer, type WebSocket } from "ws";

import { Processes } from "./processes";
import { tunnel } from "./tunnel";
import { VaultFiles } from "./vault_files";
import type { HostEvent, Operation, Reply, Served } from "./wire";

const HERE = import.meta.dirname;

export interface Premises {
	/** Folder of the vault that is open. */
	vault: string;
	/** The release: main.js, styles.css and manifest.json. */
	plugin: string;
	/** What the plugin finds in `process.env`; `HOME` is its home folder. */
	env: Record<string, string>;
}

export class Bridge {
	readonly processes = new Processes((event) => this.tell(event));
	/** Addresses that the page asked for and that are not on this machine. */
	readonly refused: string[] = [];
	/** What the page had done, in its order. */
	readonly done: Operation[] = [];
	private readonly files: VaultFiles;
	private readonly served: Served;
	private readonly sockets = new WebSocketServer({ noServer: true });
	private readonly server = createServer((request, response) => void this.answer(request, response));
	private page: WebSocket | null = null;
	private script = "";

	private constructor(private readonly premises: Premises) {
		this.files = new VaultFiles(premises.vault, (event) => this.tell(event));
		this.served = { ...surroundings(premises), ...this.processes.served, ...this.files.served };
	}

	static async open(premises: Premises): Promise<Bridge> {
		const bridge = new Bridge(premises);
		bridge.script = await shim();
		bridge.server.on("connect", (request, socket) => tunnel(request, socket, bridge.port, (to) => bridge.refused.push(to)));
		bridge.server.on("upgrade", (request, socket, head) => {
			bridge.sockets.handleUpgrade(request, socket, head, (page) => bridge.welcome(page));
		});
		await new Promise<void>((resolve) => bridge.server.listen(0, "127.0.0.1", resolve));
		return bridge;
	}

	get port(): number {
		return (this.server.address() as AddressInfo).port;
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}/`;
	}

	async close(): Promise<void> {
		await this.processes.end();
		this.files.close();
		for (const socket of this.sockets.clients) socket.terminate();
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private tell(event: HostEvent): void {
		this.page?.send(JSON.stringify(event));
	}

	private welcome(page: WebSocket): void {
		this.page = page;
		page.on("close", () => {
			if (this.page !== page) return;
			this.page = null;
			this.processes.abandon();
		});
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { host, pathname } = new URL(request.url ?? "/", this.url);
		if (host !== new URL(this.url).host) {
			this.refused.push(host);
			response.writeHead(403).end();
			return;
		}
		if (pathname.startsWith("/node/")) {
			const reply = await this.carryOut(pathname.slice("/node/".length) as Operation, await bodyOf(request));
			response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply));
			return;
		}
		const page = await this.pageFile(pathname);
		response.writeHead(page ? 200 : 404, { "content-type": page?.type ?? "text/plain", "cache-control": "no-store" });
		response.end(page?.body ?? "");
	}

	private async carryOut(operation: Operation, body: string): Promise<Reply> {
		this.done.push(operation);
		try {
			const act = this.served[operation] as (question: unknown) => unknown;
			return { value: (await act(JSON.parse(body))) ?? null };
		} catch (error) {
			const { message, code } = error as NodeJS.ErrnoException;
			return { error: { message, code } };
		}
	}

	private async pageFile(pathname: string): Promise<{ type: string; body: string } | null> {
		const { plugin } = this.premises;
		const read = (...parts: string[]) => fs.readFile(path.join(...parts), "utf8");
		switch (pathname) {
			case "/":
				return { type: "text/html", body: await read(HERE, "page.html") };
			case "/shim.js":
				return { type: "text/javascript", body: this.script };
			case "/tokens.css":
			case "/app.css":
				return { type: "text/css", body: await read(HERE, pathname.slice(1)) };
			case "/plugin/styles.css":
				return { type: "text/css", body: await read(plugin, "styles.css") };
			case "/plugin/manifest.json":
				return { type: "application/json", body: await read(plugin, "manifest.json") };
			case "/plugin/wrapped.js": {
				const main = await read(plugin, "main.js");
				return { type: "text/javascript", body: `loadPlugin(function (require, module, exports) {${main}\n});` };
			}
			default:
				return null;
		}
	}
}

/** The few other things of Node that the plugin uses, and its data.json. */
function surroundings({ vault, env }: Premises) {
	const data = path.join(vault, ".obsidian", "plugins", "vault-librarian", "data.json");
	return {
		"system.facts": () => ({ env, platform: process.platform, home: env["HOME"] ?? "/", pid: process.pid }),
		"system.access": async (question) => fs.access(question.path, question.mode).then(() => null),
		"system.stat": async (question) => {
			const stat = await fs.stat(question.path);
			return { isFile: stat.isFile(), isDirectory: stat.isDirectory(), size: stat.size, mtimeMs: stat.mtimeMs };
		},
		"plugin.read": () => fs.readFile(data, "utf8").catch(() => null),
		"plugin.write": async ({ text }) => {
			await fs.mkdir(path.dirname(data), { recursive: true });
			await fs.writeFile(data, text);
			return null;
		},
	} satisfies Partial<Served>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const pieces: Buffer[] = [];
	for await (const piece of request) pieces.push(piece as Buffer);
	return Buffer.concat(pieces).toString("utf8");
}

let built: Promise<string> | null = null;

/** The shim as one script for the page. */
function shim(): Promise<string> {
	built ??= bundled();
	return built;
}

async function bundled(): Promise<string> {
	const { outputFiles } = await build({
		entryPoints: [path.join(HERE, "shim", "page.ts")],
		bundle: true,
		write: false,
		format: "iife",
		target: "chrome130",
		keepNames: true,
		logLevel: "warning",
	});
	return outputFiles[0]?.text ?? "";
}
