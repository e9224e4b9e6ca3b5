/** A world for the real sidecar: a copy of the example vault, folders of its own, and Node's clock and websockets. */

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { clearTimeout, setTimeout } from "node:timers";

import { WebSocket } from "ws";

import { type Clock, wait } from "../../src/clock";
import { Librarian, type LibrarianOptions } from "../../src/sidecar/librarian";
import { PATIENCE, type Patience } from "../../src/sidecar/patience";
import { type Means, randomToken } from "../../src/sidecar/session";
import { type System, machine } from "../../src/sidecar/system";
import { byWebSocket } from "../../src/sidecar/transport";

const PROJECT = resolve(import.meta.dirname, "../../..");
export const COMMAND = join(PROJECT, ".venv/bin/librarian");

export const nodeClock: Clock = {
	now: () => Date.now(),
	after: (ms, run) => {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	},
};

export const connect = byWebSocket((url, subprotocols) => new WebSocket(url, subprotocols));

export interface World {
	readonly folder: string;
	readonly vault: string;
	/** Every process that was started, by its id, oldest first. */
	readonly pids: number[];
	readonly system: System;
	means(patience?: Partial<Patience>): Means;
	/** All that are made here are stopped by `end`. */
	librarian(patience?: Partial<Patience>, options?: Partial<LibrarianOptions>, other?: Partial<Means>): Librarian;
	end(): Promise<void>;
}

/** Its folder is made in `within`. */
export function world(within: string = tmpdir()): World {
	const folder = mkdtempSync(join(within, "librarian-life-"));
	const vault = join(folder, "vault");
	cpSync(join(PROJECT, "example-vault"), vault, { recursive: true });
	const pids: number[] = [];
	const librarians: Librarian[] = [];
	const system = recording(folder, pids);
	const means = (patience: Partial<Patience> = {}): Means => ({
		system,
		clock: nodeClock,
		connect,
		patience: { ...PATIENCE, ...patience },
		token: randomToken,
	});
	return {
		folder,
		vault,
		pids,
		system,
		means,
		librarian: (patience, options, other) => {
			const ours = { vaultPath: vault, version: "0.1.0", command: () => COMMAND, isAllowed: () => true, ...options };
			const made = new Librarian(ours, { ...means(patience), ...other });
			librarians.push(made);
			return made;
		},
		end: async () => {
			await Promise.all(librarians.map((each) => each.stop()));
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function recording(folder: string, pids: number[]): System {
	const real = machine();
	return {
		...real,
		env: {
			...real.env,
			LIBRARIAN_DATA: join(folder, "data"),
			LIBRARIAN_CONFIG: join(folder, "config"),
		},
		spawn: (command, args, given) => {
			const child = real.spawn(command, args, given);
			if (child.pid !== undefined) pids.push(child.pid);
			return child;
		},
	};
}

/** Return when something holds; looked at often, since no event tells. */
export async function holds(what: () => boolean, within_ms: number): Promise<void> {
	const until_ms = Date.now() + within_ms;
	while (!what()) {
		if (Date.now() > until_ms) throw new Error(`did not come to hold within ${within_ms} ms: ${what.toString()}`);
		await wait(nodeClock, 20);
	}
}
