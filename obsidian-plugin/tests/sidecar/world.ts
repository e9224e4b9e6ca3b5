/** A world for the real sidecar: a copy of the example vault, folders of its own, and Node's clock and websockets. */

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { clearTimeout, setTimeout } from "node:timers";

import { WebSocket } from "ws";

import type { Clock } from "../../src/clock";
import { Librarian, type LibrarianOptions } from "../../src/librarian";
import { PATIENCE, type Patience } from "../../src/patience";
import { type Means, randomToken } from "../../src/session";
import { type System, machine } from "../../src/system";
import { byWebSocket } from "../../src/transport";

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
	librarian(patience?: Partial<Patience>, options?: Partial<LibrarianOptions>): Librarian;
	end(): Promise<void>;
}

/** `env` comes on top of an environment without any folders of this person's. */
export function world(env: Record<string, string> = {}): World {
	const folder = mkdtempSync(join(tmpdir(), "librarian-life-"));
	const vault = join(folder, "vault");
	cpSync(join(PROJECT, "example-vault"), vault, { recursive: true });
	const pids: number[] = [];
	const librarians: Librarian[] = [];
	const system = recording(folder, env, pids);
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
		librarian: (patience, options) => {
			const made = new Librarian({ vaultPath: vault, version: "0.1.0", command: () => COMMAND, isAllowed: () => true, ...options }, means(patience));
			librarians.push(made);
			return made;
		},
		end: async () => {
			await Promise.all(librarians.map((each) => each.stop()));
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function recording(folder: string, env: Record<string, string>, pids: number[]): System {
	const real = machine();
	return {
		...real,
		home: homedir(),
		env: {
			...real.env,
			LIBRARIAN_DATA: join(folder, "data"),
			LIBRARIAN_CONFIG: join(folder, "config"),
			...env,
		},
		spawn: (command, args, given) => {
			const child = real.spawn(command, args, given);
			if (child.pid !== undefined) pids.push(child.pid);
			return child;
		},
	};
}

/** Whether a process is there; one that ended and was not waited for is not. */
export function lives(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
