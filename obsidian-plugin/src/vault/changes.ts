/** What happened to files, told to the sidecar in batches: soon, few, and never more than it is quicker to look at everything. */

import type { Clock } from "../clock";
import type { Change } from "../protocol";

/** So long nothing must happen before a batch is told. */
const QUIET_MS = 150;
/** So long at most does a change wait, however much goes on. */
const PATIENCE_MS = 1000;
/** From so many changes on, the sidecar is told to look at the whole vault. */
const MANY = 2000;

const EVERYTHING: Change = { kind: "modified", path: "" };

export interface Changes {
	add(change: Change): void;
	/** Forget what waits to be told, and tell nothing more. */
	stop(): void;
}

/**
 * Batches for `tell`, one at a time. What it rejects is dropped: without a sidecar nobody needs to know, for it compares all files when
 * it opens the vault.
 */
export function batched(tell: (changes: Change[]) => Promise<unknown>, clock: Pick<Clock, "after">): Changes {
	let waiting = new Map<string, Change>();
	let isTelling = false;
	/** What came while something was told has waited long enough, too. */
	let isDue = false;
	let isStopped = false;
	let cancelQuiet = () => undefined as void;
	let cancelPatience: (() => void) | null = null;

	function add(change: Change): void {
		if (isStopped) return;
		note(waiting, change);
		if (waiting.size > MANY) waiting = new Map([["", EVERYTHING]]);
		cancelQuiet();
		cancelQuiet = clock.after(QUIET_MS, () => void flush());
		cancelPatience ??= clock.after(PATIENCE_MS, () => void flush());
	}

	async function flush(): Promise<void> {
		cancelTimers();
		isDue = true;
		if (isTelling) return;
		isTelling = true;
		while (isDue && waiting.size > 0) {
			isDue = false;
			const batch = [...waiting.values()];
			waiting.clear();
			await tell(batch).catch(() => waiting.clear());
		}
		isTelling = false;
	}

	function cancelTimers(): void {
		cancelQuiet();
		cancelPatience?.();
		cancelPatience = null;
	}

	function stop(): void {
		isStopped = true;
		waiting.clear();
		cancelTimers();
	}

	return { add, stop };
}

/** The last that happened to a path counts; renames are kept each. */
function note(waiting: Map<string, Change>, change: Change): void {
	if (waiting.has("")) return;
	const key = change.kind === "renamed" ? `${change.path}\0${change.newPath}` : change.path;
	const before = waiting.get(key);
	waiting.delete(key);
	waiting.set(key, before?.kind === "created" && change.kind === "modified" ? before : change);
}
