/** A provider of models on this machine, which speaks the protocol that most of them do and says what a test lays down. */

import { execFileSync } from "node:child_process";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { type Journey, SIDECAR } from "./journey";

/** What it says to one request: pieces of a text, or what becomes of them when it has seen what it was asked. */
type Said = readonly string[] | ((prompt: string) => readonly string[]);

export class Provider {
	/** What was asked: the texts of each request, one below the other. */
	readonly prompts: string[] = [];
	/** The keys that requests came with. */
	readonly keys: string[] = [];
	/** When connections were cut in the midst of an answer. */
	readonly aborted_at: number[] = [];
	/** Keep silent after this many pieces, until it is more, or the connection is cut. */
	silentAfter = Infinity;
	/** Between two pieces, so that a page has frames to draw them in. */
	piece_ms = 15;
	/** Take no request, as a server that is not running. */
	refuses = false;
	private readonly queue: { said: Said | number; isCut: boolean }[] = [];

	private constructor(private readonly server: Server) {}

	static async open(): Promise<Provider> {
		const server = createServer();
		const provider = new Provider(server);
		server.on("request", (request, response) => void provider.answer(request, response));
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return provider;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
	}

	/** Lay down what it says next. */
	says(said: Said): void {
		this.queue.push({ said, isCut: false });
	}

	/** Lay down what it says next before it drops the connection, which is not the whole of it. */
	breaksOff(said: Said): void {
		this.queue.push({ said, isCut: true });
	}

	/** Answer so many requests with an error, as one that is asked too often does. */
	fails(status: number, times: number): void {
		for (let turn = 0; turn < times; turn += 1) this.queue.push({ said: status, isCut: false });
	}

	/** Have a vault's notes written for by it, as a person chooses it on the command line. */
	chooseIn(journey: Journey, provider = "llamacpp"): void {
		configure(journey, { provider, base_url: this.url, chat_model: "tiny" });
	}

	close(): Promise<void> {
		this.server.closeAllConnections();
		return new Promise((resolve) => this.server.close(() => resolve()));
	}

	private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (this.refuses) {
			request.destroy();
			return;
		}
		if (request.url?.endsWith("/props")) {
			response.setHeader("content-type", "application/json");
			response.end(JSON.stringify({ model_path: "/models/tiny.gguf" }));
			return;
		}
		this.keys.push((request.headers.authorization ?? "").replace("Bearer ", ""));
		if (request.url?.endsWith("/models")) {
			response.setHeader("content-type", "application/json");
			response.end(JSON.stringify({ object: "list", data: [{ id: "tiny", object: "model" }, { id: "small", object: "model" }] }));
			return;
		}
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as { messages: { content: string }[] };
		const prompt = messages.map(({ content }) => content).join("\n");
		this.prompts.push(prompt);
		const { said, isCut } = this.queue.shift() ?? { said: ["Yes."], isCut: false };
		if (typeof said === "number") {
			response.writeHead(said, { "content-type": "application/json" });
			response.end(JSON.stringify({ error: { message: "not now" } }));
			return;
		}
		response.on("close", () => !response.writableEnded && this.aborted_at.push(Date.now()));
		await this.stream(response, typeof said === "function" ? said(prompt) : said, isCut);
	}

	private async stream(response: ServerResponse, pieces: readonly string[], isCut: boolean): Promise<void> {
		response.setHeader("content-type", "text/event-stream");
		const send = (choices: unknown[], more: object = {}) =>
			response.write(`data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "tiny", choices, ...more })}\n\n`);
		for (const [place, content] of pieces.entries()) {
			while (place >= this.silentAfter && !response.destroyed) await pause(5);
			if (response.destroyed) return;
			send([{ index: 0, delta: { role: "assistant", content }, finish_reason: null }]);
			if (this.piece_ms > 0) await pause(this.piece_ms);
		}
		if (isCut) {
			response.destroy();
			return;
		}
		send([{ index: 0, delta: {}, finish_reason: "stop" }]);
		send([], { usage: { prompt_tokens: 20, completion_tokens: pieces.length, total_tokens: 20 + pieces.length } });
		response.end("data: [DONE]\n\n");
	}
}

/** Choose settings as a person does on the command line. */
export function configure(journey: Journey, settings: Readonly<Record<string, string>>): void {
	const env = { ...process.env, ...journey.env };
	for (const [name, value] of Object.entries(settings)) execFileSync(SIDECAR, ["config", "set", name, value], { env });
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
