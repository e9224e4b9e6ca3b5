/** Node for the page: questions to the bridge, its events, and the few modules that the plugin may require. */

import type { Answer, HostEvent, Operation, Question, Reply } from "../wire";
import { strictly } from "./strict";

function valueOf(reply: Reply): unknown {
	if ("value" in reply) return reply.value;
	throw Object.assign(new Error(reply.error.message), { code: reply.error.code });
}

/** Ask the bridge and wait, as Node's functions that do not return a promise do. */
export function askNow<O extends Operation>(operation: O, question: Question<O>): Answer<O> {
	const request = new XMLHttpRequest();
	request.open("POST", `/node/${operation}`, false);
	request.send(JSON.stringify(question));
	return valueOf(JSON.parse(request.responseText) as Reply) as Answer<O>;
}

export async function ask<O extends Operation>(operation: O, question: Question<O>): Promise<Answer<O>> {
	const response = await fetch(`/node/${operation}`, { method: "POST", body: JSON.stringify(question) });
	return valueOf((await response.json()) as Reply) as Answer<O>;
}

export function toBase64(bytes: Uint8Array): string {
	let text = "";
	for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
	return btoa(text);
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
	const letters = atob(text);
	const bytes = new Uint8Array(letters.length);
	// Called for each byte, a function would be most of what is measured of a page that reads a long note.
	for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
	return bytes;
}

const listeners = new Set<(event: HostEvent) => void>();

/** Hear of what happens in Node; returns how to stop. */
export function hear(listener: (event: HostEvent) => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

/** Connect to the bridge's events. */
export async function connect(): Promise<void> {
	const socket = new WebSocket(`ws://${location.host}/events`);
	socket.onmessage = (message: MessageEvent<string>) => {
		const event = JSON.parse(message.data) as HostEvent;
		for (const listener of [...listeners]) listener(event);
	};
	await new Promise((resolve, reject) => {
		socket.onopen = resolve;
		socket.onerror = reject;
	});
}

type Listener = (...args: unknown[]) => void;

/** As much of Node's emitter as streams and processes need. */
export class Emitter {
	readonly #listeners = new Map<string, Listener[]>();

	on(name: string, listener: Listener): this {
		this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
		return this;
	}

	once(name: string, listener: Listener): this {
		const only = (...args: unknown[]) => {
			this.off(name, only);
			listener(...args);
		};
		return this.on(name, only);
	}

	off(name: string, listener: Listener): this {
		this.#listeners.set(name, (this.#listeners.get(name) ?? []).filter((one) => one !== listener));
		return this;
	}

	removeAllListeners(name?: string): this {
		if (name === undefined) this.#listeners.clear();
		else this.#listeners.delete(name);
		return this;
	}

	/** Node throws an error that nobody listens to. */
	emit(name: string, ...args: unknown[]): boolean {
		const heard = this.#listeners.get(name) ?? [];
		if (name === "error" && heard.length === 0) {
			window.setTimeout(() => {
				throw args[0];
			}, 0);
		}
		for (const listener of heard) listener(...args);
		return heard.length > 0;
	}
}

/** The modules, by the names that `require` knows them under. */
export function nodeModules(child_process: object): Record<string, object> {
	const { env, platform, home, pid } = askNow("system.facts", {});
	const process = strictly<object>("process", { env, platform, pid, arch: "x64", versions: { electron: "39.0.0", node: "22.0.0" } });
	Object.assign(window, { process });
	const stat = async (path: string) => {
		const found = await ask("system.stat", { path });
		return strictly<object>("Stats", { ...found, isFile: () => found.isFile, isDirectory: () => found.isDirectory });
	};
	const access = async (path: string, mode = 0) => void (await ask("system.access", { path, mode }));
	const constants = { F_OK: 0, X_OK: 1, W_OK: 2, R_OK: 4 };
	const promises = strictly<object>("fs.promises", { access, stat, constants });
	const modules: Record<string, object> = {
		child_process,
		fs: strictly<object>("fs", { promises, constants }),
		"fs/promises": promises,
		os: strictly<object>("os", { homedir: () => home }),
		path: strictly<object>("path", { join, sep: "/", delimiter: ":" }),
		process,
	};
	for (const [name, module] of Object.entries(modules)) modules[`node:${name}`] = module;
	return modules;
}

function join(...parts: string[]): string {
	const kept: string[] = [];
	for (const part of parts.join("/").split("/")) {
		if (part === "..") kept.pop();
		else if (part !== "" && part !== ".") kept.push(part);
	}
	return (parts[0]?.startsWith("/") ? "/" : "") + kept.join("/");
}
