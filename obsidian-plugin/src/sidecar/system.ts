/**
 * Everything that the plugin uses of Node, in one place: starting a process, and looking for the command that is to be
 * started. Nothing here reads or writes a file.
 */

import { spawn } from "node:child_process";
import { constants, promises } from "node:fs";
import { homedir } from "node:os";

/** As much of a process as is used; Node's `ChildProcess` is one. */
export interface Child {
	readonly pid?: number | undefined;
	readonly stdin: Input | null;
	readonly stdout: Output | null;
	readonly stderr: Output | null;
	on(event: "error", listener: (error: Error) => void): unknown;
	on(event: "exit" | "close", listener: (code: number | null, signal: string | null) => void): unknown;
	kill(signal: "SIGTERM" | "SIGKILL"): boolean;
}

export interface Input {
	write(text: string): unknown;
	end(): unknown;
	on(event: "error", listener: (error: Error) => void): unknown;
}

export interface Output {
	on(event: "data", listener: (chunk: string | Uint8Array) => void): unknown;
}

export interface System {
	/** As `process.platform` has it. */
	readonly platform: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The person's own folder. */
	readonly home: string;
	/** Whether there is a file that can be started; on Windows, whether there is a file. */
	isExecutable(path: string): Promise<boolean>;
	/** Start a process without a shell, with three pipes and no window. Throws, or tells by the event `error`. */
	spawn(command: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): Child;
}

/** What a chunk of output says; a letter may be in two of them. */
export function textOf(chunk: string | Uint8Array, decoder: TextDecoder): string {
	return typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
}

/** The machine that Obsidian runs on. */
export function machine(): System {
	const home = homedir();
	return {
		platform: process.platform,
		env: process.env,
		home,
		isExecutable: async (path) => {
			try {
				await promises.access(path, constants.X_OK);
				return (await promises.stat(path)).isFile();
			} catch {
				return false;
			}
		},
		// Not in the vault: on Windows, a process's folder cannot be moved or deleted.
		spawn: (command, args, env) =>
			spawn(command, [...args], { cwd: home, env: { ...env }, shell: false, stdio: "pipe", windowsHide: true }),
	};
}
