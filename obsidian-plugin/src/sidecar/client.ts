/** The plugin's half of the conversation with a sidecar: calls with their answers, notices, and what it is asked. */

import { type Id, type Message, failure, notice, read, request, result } from "./message";
import { ERRORS, type ErrorObject, type MethodName, type Notices, type Progress, type Questions } from "../protocol";
import { CallFailed, type CallOptions, Disconnected, type Params, type Result } from "../rpc";
import type { Transport } from "./transport";

interface Pending {
	resolve: (value: unknown) => void;
	reject: (error: Error) => void;
	/** Stop listening for the caller's change of mind. */
	release: () => void;
	options: CallOptions;
}

type Handler = (params: never, signal: AbortSignal) => Promise<unknown>;
type Listener = (params: never) => void;

export class Client {
	#isClosed = false;
	#calls = 0;
	readonly #pending = new Map<Id, Pending>();
	readonly #handlers = new Map<string, Handler>();
	readonly #listeners = new Map<string, Listener[]>();
	readonly #answering = new Map<Id, AbortController>();

	readonly #transport: Transport;

	constructor(transport: Transport) {
		this.#transport = transport;
		transport.onMessage((text) => this.#hear(text));
		transport.onClose(() => this.#closed());
	}

	/** Ask the sidecar. Throws `CallFailed`, `Disconnected`, or why `signal` was aborted. */
	call<M extends MethodName>(method: M, params: Params<M>, options: CallOptions = {}): Promise<Result<M>> {
		const { signal, onProgress, onText, onStep } = options;
		return new Promise<Result<M>>((resolve, reject) => {
			if (signal?.aborted) return reject(reasonOf(signal));
			if (this.#isClosed) return reject(new Disconnected("The librarian is not running."));
			const id = ++this.#calls;
			const text = request(id, method, onProgress || onText || onStep ? { ...params, progressToken: id } : params);
			if (isTooLong(text)) return reject(new CallFailed(ERRORS.InvalidRequest, "This is more than can be asked at once."));
			const takeBack = () => this.#takeBack(id, signal);
			signal?.addEventListener("abort", takeBack, { once: true });
			const release = () => signal?.removeEventListener("abort", takeBack);
			this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject, release, options });
			this.#transport.send(text);
		});
	}

	onNotice<N extends keyof Notices>(name: N, listener: (params: Notices[N]) => void): void {
		this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
	}

	/** Answer what the sidecar asks; the signal is aborted when it no longer wants to know. */
	answer<Q extends keyof Questions>(
		question: Q,
		handler: (params: Questions[Q]["params"], signal: AbortSignal) => Promise<Questions[Q]["result"]>,
	): void {
		this.#handlers.set(question, handler);
	}

	/** Told once, when there will be no more answers. */
	onClose(listener: () => void): void {
		this.#transport.onClose(listener);
	}

	close(): void {
		this.#transport.close();
	}

	#takeBack(id: Id, signal: AbortSignal | undefined): void {
		const pending = this.#pending.get(id);
		if (!pending || !signal) return;
		this.#pending.delete(id);
		this.#transport.send(notice("$/cancelRequest", { id }));
		pending.reject(reasonOf(signal));
	}

	#closed(): void {
		this.#isClosed = true;
		const pending = [...this.#pending.values()];
		this.#pending.clear();
		for (const each of pending) {
			each.release();
			each.reject(new Disconnected("The librarian stopped before it had answered."));
		}
		for (const answering of this.#answering.values()) answering.abort();
		this.#answering.clear();
	}

	#hear(text: string): void {
		for (const message of read(text)) {
			if (message === null) continue;
			if (message.kind === "request") void this.#asked(message);
			else if (message.kind === "notice") this.#told(message.method, message.params);
			else this.#settle(message);
		}
	}

	#settle(message: Message & { kind: "result" | "error" }): void {
		const { id } = message;
		const pending = id === null ? undefined : this.#pending.get(id);
		// Of a call that was taken back the answer may still come.
		if (id === null || !pending) return;
		this.#pending.delete(id);
		pending.release();
		if (message.kind === "result") return pending.resolve(message.result);
		const { code, message: words, data } = message.error;
		pending.reject(new CallFailed(code, words, data));
	}

	#told(name: string, params: Record<string, unknown>): void {
		if (name === "$/cancelRequest") return this.#answering.get(params["id"] as Id)?.abort();
		if (name === "$/progress") {
			const { token, value } = params as unknown as Notices["$/progress"];
			const options = this.#pending.get(token)?.options;
			return this.#safely(() => options && hand(value, options));
		}
		for (const listener of this.#listeners.get(name) ?? []) this.#safely(() => listener(params as never));
	}

	/** What a listener does wrong is not to end the conversation. */
	#safely(tell: () => void): void {
		try {
			tell();
		} catch (error) {
			console.error(error);
		}
	}

	async #asked({ id, method, params }: Message & { kind: "request" }): Promise<void> {
		const handler = this.#handlers.get(method);
		if (!handler) return this.#transport.send(failure(id, { code: ERRORS.MethodNotFound, message: "Method not found." }));
		const answering = new AbortController();
		this.#answering.set(id, answering);
		try {
			const value = await handler(params as never, answering.signal);
			this.#transport.send(result(id, value));
		} catch (error) {
			this.#transport.send(failure(id, answering.signal.aborted ? CANCELLED : errorOf(error)));
		} finally {
			this.#answering.delete(id);
		}
	}
}

/** Hand on what a call tells while it runs: a piece of its text, or how far it is. */
function hand(value: Notices["$/progress"]["value"], { onText, onProgress, onStep }: CallOptions): void {
	if ("text" in value) return onText?.(value.text);
	if ("part" in value || value.kind !== "step") return onProgress?.(value as Progress);
	onStep?.(value);
}

/** What a sidecar reads at most. Beyond that it would cut the connection, and all calls with it. */
const MAX_BYTES = 1_048_576;
/** The most that one unit of UTF-16 takes in UTF-8. */
const BYTES_PER_UNIT = 3;

function isTooLong(text: string): boolean {
	return text.length * BYTES_PER_UNIT > MAX_BYTES && new TextEncoder().encode(text).length > MAX_BYTES;
}

const CANCELLED: ErrorObject = { code: ERRORS.Cancelled, message: "The call was taken back." };

function errorOf(error: unknown): ErrorObject {
	if (error instanceof CallFailed) return { code: error.code, message: error.message, data: error.data };
	console.error(error);
	return { code: ERRORS.InternalError, message: error instanceof Error ? error.message : "Something went wrong." };
}

function reasonOf(signal: AbortSignal): Error {
	return signal.reason instanceof Error ? signal.reason : new DOMException("The call was taken back.", "AbortError");
}
