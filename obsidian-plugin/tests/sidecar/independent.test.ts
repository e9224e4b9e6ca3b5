/** The sidecar as another implementation of JSON-RPC sees it: vscode-jsonrpc, which shares no line with ours. */

import { afterEach, beforeEach, expect, test } from "vitest";
import {
	AbstractMessageReader,
	AbstractMessageWriter,
	CancellationTokenSource,
	type DataCallback,
	type Disposable,
	type Message,
	type MessageConnection,
	ProgressType,
	ResponseError,
	createMessageConnection,
} from "vscode-jsonrpc/node";

import { PATIENCE } from "../../src/sidecar/patience";
import { ERRORS, PROTOCOL, type Opened, type Progress, type SearchAnswer } from "../../src/protocol";
import { randomToken } from "../../src/sidecar/session";
import { Sidecar } from "../../src/sidecar/sidecar";
import type { Transport } from "../../src/sidecar/transport";
import { COMMAND, type World, connect, nodeClock, world } from "./world";

class Reader extends AbstractMessageReader {
	constructor(private readonly transport: Transport) {
		super();
	}

	listen(callback: DataCallback): Disposable {
		this.transport.onMessage((text) => callback(JSON.parse(text) as Message));
		this.transport.onClose(() => this.fireClose());
		return { dispose: () => undefined };
	}
}

class Writer extends AbstractMessageWriter {
	constructor(private readonly transport: Transport) {
		super();
	}

	async write(message: Message): Promise<void> {
		this.transport.send(JSON.stringify(message));
	}

	end(): void {
		this.transport.close();
	}
}

let here: World;
let sidecar: Sidecar;
let connection: MessageConnection;

beforeEach(async () => {
	here = world();
	const token = randomToken();
	sidecar = new Sidecar({ system: here.system, clock: nodeClock, patience: PATIENCE }, COMMAND, { token });
	const transport = await connect((await sidecar.ready).port, token);
	connection = createMessageConnection(new Reader(transport), new Writer(transport));
	connection.listen();
});

afterEach(async () => {
	connection.dispose();
	await sidecar.stop();
	await here.end();
});

async function open(path = here.vault, extra: object = {}): Promise<Opened> {
	await connection.sendRequest("session.initialize", { client: { name: "independent", version: "1" }, protocol: PROTOCOL });
	return connection.sendRequest<Opened>("vault.open", { path, ...extra });
}

test("it opens a vault with progress, and searches", async () => {
	const seen: Progress[] = [];
	connection.onProgress(new ProgressType<Progress>(), "mine", (progress) => void seen.push(progress));
	const { vaultId, notes } = await open(here.vault, { progressToken: "mine" });
	expect(notes).toBeGreaterThan(20);
	expect(seen.length).toBeGreaterThan(0);
	const answer = await connection.sendRequest<SearchAnswer>("search.query", { vaultId, text: "coffee" });
	expect(answer.hits.length).toBeGreaterThan(0);
});

test("its cancelled call is answered as cancelled", async () => {
	const { vaultId } = await open();
	const source = new CancellationTokenSource();
	const call = connection.sendRequest("vault.status", { vaultId, wait: true }, source.token).catch((error: unknown) => error);
	source.cancel();
	const outcome = await call;
	// It may have been answered already; else there is one code only.
	if (outcome instanceof Error) expect((outcome as ResponseError).code).toBe(ERRORS.Cancelled);
	expect(await connection.sendRequest("session.ping")).toBeNull();
});

test("errors have the codes of the protocol", async () => {
	await expect(connection.sendRequest("vault.open", { path: here.vault })).rejects.toMatchObject({ code: ERRORS.NotInitialized });
	await open();
	await expect(connection.sendRequest("no.such")).rejects.toMatchObject({ code: ERRORS.MethodNotFound });
	await expect(connection.sendRequest("search.query", { wrong: 1 })).rejects.toMatchObject({ code: ERRORS.InvalidParams });
});

test("told to leave, the sidecar answers and leaves", async () => {
	expect(await connection.sendRequest("session.shutdown")).toBeNull();
	expect((await sidecar.exited).code).toBe(0);
});
