/** Others at the door: who may not come in, who took the port, and who has the vault already. */

import { type Server, type Socket, createServer } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";

import { PATIENCE } from "../../src/sidecar/patience";
import { randomToken } from "../../src/sidecar/session";
import { Sidecar } from "../../src/sidecar/sidecar";
import { lives } from "./processes";
import { COMMAND, type World, connect, holds, nodeClock, world } from "./world";

let here: World;
beforeEach(() => {
	here = world();
});
afterEach(() => here.end());

/** The status that a websocket is refused with; 101 for one that is let in. */
function knock(port: number, subprotocols: string[], headers: Record<string, string> = {}): Promise<number> {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(`ws://127.0.0.1:${port}/`, subprotocols, { headers });
		socket.on("open", () => {
			socket.close();
			resolve(101);
		});
		socket.on("unexpected-response", (request, { statusCode = 0 }) => {
			request.destroy();
			resolve(statusCode);
		});
		socket.on("error", reject);
	});
}

test("who does not know the token, or comes from a web page, is refused", async () => {
	const token = randomToken();
	const sidecar = new Sidecar({ system: here.system, clock: nodeClock, patience: PATIENCE }, COMMAND, { token });
	try {
		const { port } = await sidecar.ready;
		const us = ["librarian.v1", `bearer.${token}`];
		expect(await knock(port, us)).toBe(101);
		expect(await knock(port, us, { Origin: "app://obsidian.md" })).toBe(101);
		expect(await knock(port, ["librarian.v1", `bearer.${randomToken()}`])).toBe(401);
		expect(await knock(port, ["librarian.v1"])).toBe(401);
		expect(await knock(port, us, { Origin: "https://example.com" })).toBe(403);
		await expect(connect(port, randomToken())).rejects.toThrow("No connection");
		(await connect(port, token)).close();
	} finally {
		await sidecar.stop();
	}
});

test("who takes the port of a sidecar that died hears nothing", async () => {
	const ports: number[] = [];
	const means = here.means({ restarts_ms: [50, 50, 50] });
	const librarian = here.librarian({ restarts_ms: [50, 50, 50] }, {}, {
		connect: (port, token) => {
			ports.push(port);
			return means.connect(port, token);
		},
	});
	await librarian.start();
	const [port = 0] = ports;
	process.kill(here.pids[0] ?? 0, "SIGKILL");
	await holds(() => !lives(here.pids[0] ?? 0), 20_000);
	const squatter = await squat(port);
	try {
		expect((await librarian.call("search.query", { text: "coffee" })).total).toBeGreaterThan(0);
		expect(ports).toHaveLength(2);
		expect(ports[1]).not.toBe(port);
		expect(squatter.visits).toEqual([]);
	} finally {
		squatter.server.close();
	}
});

/** Listen on a port as soon as the system lets go of it, and write down who comes. */
async function squat(port: number): Promise<{ server: Server; visits: Socket[] }> {
	const visits: Socket[] = [];
	const server = createServer((socket) => visits.push(socket.on("error", () => undefined)));
	let isListening = false;
	server.on("listening", () => (isListening = true));
	server.on("error", () => nodeClock.after(20, () => server.listen(port, "127.0.0.1")));
	server.listen(port, "127.0.0.1");
	await holds(() => isListening, 5_000);
	return { server, visits };
}

test("a vault that another window has is told with its process, and left alone", async () => {
	const patience = { held_ms: 500, restarts_ms: [50, 50, 50] };
	const [first, second] = [here.librarian(patience), here.librarian(patience)];
	await first.start();
	await second.start();
	expect(second.state.get()).toMatchObject({ kind: "failed", problem: { title: "This vault is in use elsewhere." } });
	expect(JSON.stringify(second.state.get())).toContain(`process ${here.pids[0]}`);
	expect(here.pids).toHaveLength(2);
	expect(here.pids.map(lives)).toEqual([true, false]);
	expect((await first.call("search.query", { text: "coffee" })).total).toBeGreaterThan(0);
	await first.stop();
	await second.retry();
	expect(second.state.get().kind).toBe("ready");
});
