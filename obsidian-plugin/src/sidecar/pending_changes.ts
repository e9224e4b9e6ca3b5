/** What happened to files and is not told yet: one message at a time, in order, none larger than the sidecar reads. */

import type { Change } from "../protocol";

/** Characters of paths in one message; each may become six bytes, and a message has a mebibyte. */
const AT_ONCE_CHARACTERS = 100_000;
const AT_ONCE = 2_000;

export class PendingChanges {
	private waiting: Change[] = [];
	private telling: Promise<void> | null = null;

	/** `tell` returns whether somebody heard it. */
	constructor(private readonly tell: (changes: Change[]) => Promise<boolean>) {}

	/** Returns when all that waits was told, or the first of it could not be. */
	add(changes: readonly Change[]): Promise<void> {
		this.waiting.push(...changes);
		return this.flush();
	}

	flush(): Promise<void> {
		if (this.waiting.length === 0 && !this.telling) return Promise.resolve();
		this.telling ??= this.tellAll();
		return this.telling;
	}

	/** Whoever opens the vault next looks at all files. */
	forget(): void {
		this.waiting = [];
	}

	private async tellAll(): Promise<void> {
		let isHeard = true;
		while (isHeard && this.waiting.length > 0) {
			const some = this.waiting.splice(0, fitting(this.waiting));
			try {
				isHeard = await this.tell(some);
			} catch {
				// A sidecar that went away looks at all files when it is started again, and one that is there watches them itself.
			}
			if (!isHeard) this.waiting.unshift(...some);
		}
		this.telling = null;
	}
}

/** How many of these fit into one message; at least one. */
function fitting(changes: readonly Change[]): number {
	let characters = 0;
	for (const [index, { path, newPath }] of changes.slice(0, AT_ONCE).entries()) {
		characters += path.length + (newPath?.length ?? 0);
		if (characters > AT_ONCE_CHARACTERS && index > 0) return index;
	}
	return Math.min(changes.length, AT_ONCE);
}
