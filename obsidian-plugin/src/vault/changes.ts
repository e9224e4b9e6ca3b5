/** What happened to files, told to the sidecar: soon, in few messages, in order, and never more than it is quicker to look at everything. */

import type { Clock } from "../clock";
import type { Change } from "../protocol";

/** So long nothing must happen before a batch is told. */
const QUIET_MS = 150;
/** So long at most does a change wait, however much goes on. */
const PATIENCE_MS = 1000;
/** From so many changes on, the sidecar is told to look at the whole vault. */
const MANY = 2000;
/** Characters of paths in one message; each may become six bytes, and a message has a mebibyte. */
const AT_ONCE_CHARACTERS = 100_000;

const EVERYTHING: Change = { kind: "modified", path: "" };

/** Tells one message. What it rejects is dropped: a sidecar that went away looks at all files when it is started again. */
export type Tell = (changes: Change[]) => Promise<unknown>;

export interface Changes {
	add(change: Change): void;
	/** Tell what waits, now that there is somebody to tell it. */
	flush(): Promise<void>;
	/** Whoever opens the vault next looks at all files. */
	forget(): void;
}

/** Batches for `listener`, one message at a time; while that is null, changes wait. */
export function batched(listener: () => Tell | null, clock: Pick<Clock, "after">): Changes {
	let waiting = new Map<string, Change>();
	/** What is being told, message by message. What comes meanwhile waits, a path once, and may become a look at everything. */
	let due: Change[] = [];
	/** What waits has waited long enough. */
	let isDue = false;
	let isTelling = false;
	let cancelQuiet = () => undefined as void;
	let cancelPatience: (() => void) | null = null;

	function add(change: Change): void {
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
		for (let tell = next(); tell; tell = next()) await tell(due.splice(0, fitting(due))).catch(() => undefined);
		isTelling = false;
	}

	/** Whom to tell of what is due; null where there is nobody, or nothing. */
	function next(): Tell | null {
		const tell = listener();
		if (tell && isDue && due.length === 0) {
			due = [...waiting.values()];
			waiting.clear();
			isDue = false;
		}
		return due.length > 0 ? tell : null;
	}

	function cancelTimers(): void {
		cancelQuiet();
		cancelPatience?.();
		cancelPatience = null;
	}

	function forget(): void {
		waiting.clear();
		due = [];
		isDue = false;
		cancelTimers();
	}

	return { add, flush, forget };
}

/** The last that happened to a path counts; renames are kept each. */
function note(waiting: Map<string, Change>, change: Change): void {
	if (waiting.has("")) return;
	const key = change.kind === "renamed" ? `${change.path}\0${change.newPath}` : change.path;
	const before = waiting.get(key);
	waiting.delete(key);
	waiting.set(key, before?.kind === "created" && change.kind === "modified" ? before : change);
}

/** How many of these fit into one message; at least one. */
function fitting(changes: readonly Change[]): number {
	let characters = 0;
	const over = changes.findIndex(({ path, newPath }) => (characters += path.length + (newPath?.length ?? 0)) > AT_ONCE_CHARACTERS);
	return over < 0 ? changes.length : Math.max(1, over);
}
