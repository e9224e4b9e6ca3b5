/** What the system says about processes; most of it on Linux only. */

import { readFileSync, readdirSync } from "node:fs";

export const isLinux = process.platform === "linux";

/** Whether a process is there, and no zombie. */
export function lives(pid: number): boolean {
	try {
		if (!isLinux) return process.kill(pid, 0);
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
	} catch {
		return false;
	}
}

/** All processes that were started with this text in their environment, children of children included. */
export function withEnvironment(text: string): number[] {
	const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
	return pids.filter((pid) => pid !== process.pid && lives(pid) && environmentOf(pid).includes(text));
}

export function environmentOf(pid: number): string {
	return readable(`/proc/${pid}/environ`);
}

export function argumentsOf(pid: number): string {
	return readable(`/proc/${pid}/cmdline`);
}

/** Files, pipes and sockets that this process has open. */
export function openDescriptors(): number {
	return readdirSync("/proc/self/fd").length;
}

function readable(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}
