/**
 * The page's way to any address: the bridge is its proxy.
 *
 * The sidecar lets in only what says that it comes from `app://obsidian.md`, as Obsidian's window does; a page cannot say so of itself.
 * Chromium opens websockets through a proxy by CONNECT, and here the page's origin is replaced on the way.
 */

import type { IncomingMessage } from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";

const HEAD_END = "\r\n\r\n";
const IS_LOOPBACK = /^(127\.0\.0\.1|localhost):(\d+)$/;

/** Carry a CONNECT through to this machine; anything else is refused, and told. */
export function tunnel(request: IncomingMessage, client: Duplex, own_port: number, refused: (address: string) => void): void {
	client.on("error", () => client.destroy());
	const address = request.url ?? "";
	const port = Number(IS_LOOPBACK.exec(address)?.[2]);
	if (!port) {
		refused(address);
		client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
		return;
	}
	const server = net.connect({ host: "127.0.0.1", port, noDelay: true });
	server.once("error", () => (server.connecting ? client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n") : client.destroy()));
	server.on("connect", () => {
		client.write("HTTP/1.1 200 OK\r\n\r\n");
		server.pipe(client);
		if (port === own_port) client.pipe(server);
		else sendHead(client, server);
	});
	client.on("close", () => server.destroy());
	server.on("close", () => client.destroy());
}

/** Send the request's head on with Obsidian's origin, and then whatever comes. */
function sendHead(client: Duplex, server: net.Socket): void {
	let head = Buffer.alloc(0);
	const gather = (bytes: Buffer) => {
		head = Buffer.concat([head, bytes]);
		const end = head.indexOf(HEAD_END);
		if (end < 0) return;
		client.off("data", gather);
		const lines = head.subarray(0, end).toString("latin1");
		server.write(lines.replace(/^Origin: .*$/im, "Origin: app://obsidian.md"), "latin1");
		server.write(head.subarray(end));
		client.pipe(server);
	};
	client.on("data", gather);
}
