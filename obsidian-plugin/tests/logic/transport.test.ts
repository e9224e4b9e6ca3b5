import { expect, test } from "vitest";

import { type Socket, byWebSocket } from "../../src/sidecar/transport";

type Listener = (event: { data: unknown }) => void;

class FakeSocket implements Socket {
	readonly sent: string[] = [];
	isClosed = false;
	private readonly listeners: [string, Listener][] = [];

	constructor(
		readonly url: string,
		readonly subprotocols: string[],
		readonly protocol: string,
	) {}

	send(text: string): void {
		this.sent.push(text);
	}

	close(): void {
		this.isClosed = true;
	}

	addEventListener(type: string, listener: Listener | (() => void)): void {
		this.listeners.push([type, listener]);
	}

	emit(type: string, data?: unknown): void {
		for (const [each, listener] of this.listeners) if (each === type) listener({ data });
	}
}

function opening(protocol = "librarian.v1") {
	let socket = new FakeSocket("", [], "");
	const transport = byWebSocket((url, subprotocols) => (socket = new FakeSocket(url, subprotocols, protocol)))(40_001, "tok");
	return { socket, transport };
}

test("it connects to the loopback address, with the token among the subprotocols", async () => {
	const { socket, transport } = opening();
	expect(socket.url).toBe("ws://127.0.0.1:40001/");
	expect(socket.subprotocols).toEqual(["librarian.v1", "bearer.tok"]);
	socket.emit("open");
	(await transport).send("hello");
	expect(socket.sent).toEqual(["hello"]);
});

test("what comes before anybody listens is not lost", async () => {
	const { socket, transport } = opening();
	socket.emit("open");
	socket.emit("message", "early");
	const heard: string[] = [];
	(await transport).onMessage((text) => heard.push(text));
	socket.emit("message", "late");
	socket.emit("message", new ArrayBuffer(1));
	expect(heard).toEqual(["early", "late"]);
});

test.each(["error", "close"])("a door that stays shut (%s) is told", async (event) => {
	const { socket, transport } = opening();
	socket.emit(event);
	await expect(transport).rejects.toThrow("No connection");
});

test("a server that is no librarian is left again", async () => {
	const { socket, transport } = opening("");
	socket.emit("open");
	await expect(transport).rejects.toThrow("no librarian");
	expect(socket.isClosed).toBe(true);
});

test("the end is told once, also to who asks late, and nothing is sent or heard after it", async () => {
	const { socket, transport } = opening();
	socket.emit("open");
	const open = await transport;
	let ends = 0;
	open.onClose(() => (ends += 1));
	socket.emit("error");
	socket.emit("close");
	open.onClose(() => (ends += 1));
	open.onMessage(() => (ends += 100));
	socket.emit("message", "ghost");
	open.send("nobody there");
	expect(ends).toBe(2);
	expect(socket.sent).toEqual([]);
});
