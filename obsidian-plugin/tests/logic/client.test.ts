import { beforeEach, expect, test, vi } from "vitest";

import { Client } from "../../src/sidecar/client";
import { ERRORS, type Progress } from "../../src/protocol";
import { CallFailed, Disconnected, isCancelled } from "../../src/rpc";
import type { Transport } from "../../src/sidecar/transport";

interface Sent {
	id?: number | string;
	method?: string;
	params?: Record<string, unknown>;
	result?: unknown;
	error?: { code: number; message: string };
}

/** The other side of a conversation: what was sent to it, and what it says. */
class Other implements Transport {
	readonly sent: Sent[] = [];
	private hear: (text: string) => void = () => undefined;
	private closed: () => void = () => undefined;

	send(text: string): void {
		this.sent.push(JSON.parse(text) as Sent);
	}

	onMessage(listener: (text: string) => void): void {
		this.hear = listener;
	}

	onClose(listener: () => void): void {
		this.closed = listener;
	}

	close(): void {
		this.closed();
	}

	say(message: object): void {
		this.hear(JSON.stringify({ jsonrpc: "2.0", ...message }));
	}

	sayText(text: string): void {
		this.hear(text);
	}

	get last(): Sent {
		return this.sent.at(-1) ?? {};
	}
}

let other: Other;
let client: Client;

beforeEach(() => {
	other = new Other();
	client = new Client(other);
});

const search = (options = {}) => client.call("search.query", { vaultId: "v1", text: "x" }, options);

function progress(done: number): Progress {
	return { vaultId: "v1", part: "keyword", phase: "reading", done, total: 3 };
}

test("answers find their calls in any order", async () => {
	const first = client.call("session.ping", {});
	const second = search();
	const [one, two] = other.sent;
	other.say({ id: two?.id, result: { total: 2 } });
	other.say({ id: one?.id, result: null });
	expect(await second).toEqual({ total: 2 });
	expect(await first).toBeNull();
	expect(two).toMatchObject({ method: "search.query", params: { vaultId: "v1", text: "x" } });
});

test("an error of the sidecar's is a failed call with its code and data", async () => {
	const call = search().catch((error: unknown) => error);
	other.say({ id: other.last.id, error: { code: ERRORS.VaultHeld, message: "In use.", data: { pid: 7 } } });
	const error = await call;
	expect(error).toBeInstanceOf(CallFailed);
	expect(error).toMatchObject({ code: ERRORS.VaultHeld, message: "In use.", data: { pid: 7 } });
});

test("a call that is taken back is cancelled over there, and its late answer is no surprise", async () => {
	const change_of_mind = new AbortController();
	const call = search({ signal: change_of_mind.signal }).catch((error: unknown) => error);
	const { id } = other.last;
	change_of_mind.abort();
	expect(other.last).toMatchObject({ method: "$/cancelRequest", params: { id } });
	expect(other.last).not.toHaveProperty("id");
	expect(isCancelled(await call)).toBe(true);
	const next = search();
	other.say({ id, error: { code: ERRORS.Cancelled, message: "Cancelled." } });
	other.say({ id: other.last.id, result: "the next answer" });
	expect(await next).toBe("the next answer");
});

test("a call that was taken back before it was made is not made", async () => {
	expect(isCancelled(await search({ signal: AbortSignal.abort() }).catch((error: unknown) => error))).toBe(true);
	expect(other.sent).toEqual([]);
});

test("taking back a call that was answered says nothing", async () => {
	const late = new AbortController();
	const removed = vi.spyOn(late.signal, "removeEventListener");
	const call = search({ signal: late.signal });
	other.say({ id: other.last.id, result: {} });
	await call;
	expect(removed).toHaveBeenCalledOnce();
	late.abort();
	expect(other.sent).toHaveLength(1);
});

test("progress comes to the call that asked for it, until it is answered", async () => {
	const seen: number[] = [];
	const call = client.call("duplicates.scan", { vaultId: "v1" }, { onProgress: ({ done }) => seen.push(done) });
	const token = other.last.params?.["progressToken"];
	other.say({ method: "$/progress", params: { token: "another", value: progress(9) } });
	other.say({ method: "$/progress", params: { token, value: progress(1) } });
	other.say({ id: other.last.id, result: {} });
	other.say({ method: "$/progress", params: { token, value: progress(2) } });
	await call;
	expect(seen).toEqual([1]);
	void search();
	expect(other.last.params).not.toHaveProperty("progressToken");
});

test("a text that is written comes in pieces, beside how far it is", async () => {
	const [pieces, seen] = [[] as string[], [] as number[]];
	const options = { onText: (piece: string) => pieces.push(piece), onProgress: ({ done }: { done: number }) => seen.push(done) };
	const call = client.call("text.rewrite", { vaultId: "v1", text: "a", instruction: "b" }, options);
	const token = other.last.params?.["progressToken"];
	other.say({ method: "$/progress", params: { token, value: { kind: "delta", text: "One " } } });
	other.say({ method: "$/progress", params: { token, value: progress(1) } });
	other.say({ method: "$/progress", params: { token, value: { kind: "delta", text: "two" } } });
	other.say({ id: other.last.id, result: {} });
	await call;
	expect([pieces.join(""), seen]).toEqual(["One two", [1]]);
});

test("notices come to all that listen, whatever one of them does", () => {
	const complaint = vi.spyOn(console, "error").mockImplementation(() => undefined);
	const seen: string[] = [];
	client.onNotice("vault.progress", () => {
		throw new Error("a listener's fault");
	});
	client.onNotice("vault.progress", ({ phase }) => seen.push(phase));
	other.say({ method: "vault.progress", params: progress(1) });
	other.say({ method: "of.aNewerVersion", params: {} });
	expect(seen).toEqual(["reading"]);
	expect(complaint).toHaveBeenCalledOnce();
	complaint.mockRestore();
});

const EDIT = { vaultId: "v1", changeId: "c1", actor: "merge", reason: "tidying", edits: [] };

test("what the sidecar asks is answered", async () => {
	client.answer("workspace.applyEdit", async ({ changeId }) => ({ changed: [{ path: changeId, digest: null }], refused: [] }));
	other.say({ id: "librarian-1", method: "workspace.applyEdit", params: EDIT });
	await vi.waitFor(() => expect(other.last).toEqual({ jsonrpc: "2.0", id: "librarian-1", result: { changed: [{ path: "c1", digest: null }], refused: [] } }));
});

test("a question that goes wrong, and one that nobody knows, are answered with errors", async () => {
	const complaint = vi.spyOn(console, "error").mockImplementation(() => undefined);
	other.say({ id: "librarian-1", method: "workspace.applyEdit", params: EDIT });
	expect(other.last.error?.code).toBe(ERRORS.MethodNotFound);
	client.answer("workspace.applyEdit", () => Promise.reject(new Error("It broke.")));
	other.say({ id: "librarian-2", method: "workspace.applyEdit", params: EDIT });
	await vi.waitFor(() => expect(other.last).toMatchObject({ id: "librarian-2", error: { code: ERRORS.InternalError, message: "It broke." } }));
	client.answer("workspace.applyEdit", () => Promise.reject(new CallFailed(ERRORS.NoteChanged, "Changed.")));
	other.say({ id: "librarian-3", method: "workspace.applyEdit", params: EDIT });
	await vi.waitFor(() => expect(other.last).toMatchObject({ id: "librarian-3", error: { code: ERRORS.NoteChanged } }));
	complaint.mockRestore();
});

test("a question that is taken back stops whoever works on it", async () => {
	client.answer(
		"workspace.applyEdit",
		(_, signal) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")))),
	);
	other.say({ id: "librarian-1", method: "workspace.applyEdit", params: EDIT });
	other.say({ method: "$/cancelRequest", params: { id: "librarian-1" } });
	await vi.waitFor(() => expect(other.last.error?.code).toBe(ERRORS.Cancelled));
});

test("when the connection is closed, everything that waits is told", async () => {
	let isStopped = false;
	client.answer("workspace.applyEdit", (_, signal) => new Promise(() => signal.addEventListener("abort", () => (isStopped = true))));
	other.say({ id: "librarian-1", method: "workspace.applyEdit", params: EDIT });
	const calls = [search(), search()].map((call) => call.catch((error: unknown) => error));
	other.close();
	expect(await Promise.all(calls)).toEqual([expect.any(Disconnected), expect.any(Disconnected)]);
	expect(isStopped).toBe(true);
	await expect(search()).rejects.toThrow(Disconnected);
});

test.each([
	"",
	"{",
	"null",
	"7",
	'"text"',
	"[]",
	"[[]]",
	"{}",
	'{"jsonrpc":"1.0","id":1,"result":null}',
	'{"jsonrpc":"2.0","id":1}',
	'{"jsonrpc":"2.0","id":{},"result":null}',
	'{"jsonrpc":"2.0","id":99,"result":null}',
	'{"jsonrpc":"2.0","id":1,"error":"no"}',
	'{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":"m"}}',
	'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Not valid JSON."}}',
	'{"jsonrpc":"2.0","id":null,"method":"workspace.applyEdit","params":{}}',
	'{"jsonrpc":"2.0","method":"vault.progress","params":[1]}',
	'{"jsonrpc":"2.0","method":"$/progress","params":{}}',
	'{"jsonrpc":"2.0","method":"$/cancelRequest"}',
	'{"jsonrpc":"2.0","method":"__proto__","params":{}}',
	'{"jsonrpc":"2.0","id":"librarian-1","method":"constructor","params":{}}',
])("%j harms nothing", async (text) => {
	const call = search();
	other.sayText(text);
	other.say({ id: 1, result: "still here" });
	expect(await call).toBe("still here");
});

test("what is more than the sidecar reads is not sent, since it would cut the connection", async () => {
	const text = "漢".repeat(400_000);
	await expect(client.call("notes.related", { vaultId: "v1", text })).rejects.toThrow("more than can be asked");
	expect(other.sent).toEqual([]);
	void client.call("notes.related", { vaultId: "v1", text: "a".repeat(1_000_000) });
	expect(other.sent).toHaveLength(1);
});
