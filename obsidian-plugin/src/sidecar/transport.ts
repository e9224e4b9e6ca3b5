/** What carries messages between the plugin and the sidecar: a websocket on the loopback interface, today. */

import { SUBPROTOCOL } from "../protocol";

export interface Transport {
	/** Does nothing once it is closed. */
	send(text: string): void;
	/** The one listener; what came before there was one is told at once. */
	onMessage(listener: (text: string) => void): void;
	/** Told once, also when it is closed already. */
	onClose(listener: () => void): void;
	close(): void;
}

/** Opens a transport to the sidecar at a port, with the token that it was started with. */
export type Connect = (port: number, token: string) => Promise<Transport>;

/** As much of a websocket as is used. */
export interface Socket {
	readonly protocol: string;
	send(text: string): void;
	close(): void;
	addEventListener(type: "open" | "close" | "error", listener: () => void): void;
	addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
}

/** Makes `Connect` out of what opens sockets, such as a browser's `new WebSocket`. */
export function byWebSocket(open: (url: string, subprotocols: string[]) => Socket): Connect {
	return (port, token) =>
		new Promise((resolve, reject) => {
			const socket = open(`ws://127.0.0.1:${port}/`, [SUBPROTOCOL, `bearer.${token}`]);
			const transport = over(socket);
			socket.addEventListener("open", () => {
				if (socket.protocol === SUBPROTOCOL) return resolve(transport);
				socket.close();
				reject(new Error("What answers there is no librarian."));
			});
			transport.onClose(() => reject(new Error("No connection to the librarian could be made.")));
		});
}

function over(socket: Socket): Transport {
	let isClosed = false;
	let hear: ((text: string) => void) | null = null;
	const early: string[] = [];
	const closing: (() => void)[] = [];
	const closed = () => {
		if (isClosed) return;
		isClosed = true;
		for (const listener of closing) listener();
	};
	socket.addEventListener("message", ({ data }) => {
		if (typeof data !== "string" || isClosed) return;
		if (hear) hear(data);
		else early.push(data);
	});
	socket.addEventListener("close", closed);
	socket.addEventListener("error", closed);
	return {
		send: (text) => {
			if (!isClosed) socket.send(text);
		},
		onMessage: (listener) => {
			hear = listener;
			for (const text of early.splice(0)) listener(text);
		},
		onClose: (listener) => {
			if (isClosed) listener();
			else closing.push(listener);
		},
		close: () => {
			socket.close();
			closed();
		},
	};
}

/** By the websocket of the window that the plugin runs in. */
export const connect: Connect = byWebSocket((url, subprotocols) => new WebSocket(url, subprotocols));
