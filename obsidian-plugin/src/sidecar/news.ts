/** Tells that there is something new: at once while that is rare, and now and then while it never ends. */

import type { Clock } from "../clock";

export class News {
	#toldAt_ms = Number.NEGATIVE_INFINITY;
	#cancel: (() => void) | null = null;

	/** Between two tellings lie `apart_ms` at least. */
	constructor(
		private readonly clock: Clock,
		private readonly apart_ms: number,
		private readonly tell: () => void,
	) {}

	/** Something is new; it is told before long. */
	come(): void {
		if (this.#cancel) return;
		const wait_ms = this.#toldAt_ms + this.apart_ms - this.clock.now();
		if (wait_ms <= 0) this.#spread();
		else this.#cancel = this.clock.after(wait_ms, () => this.#spread());
	}

	/** Tell nothing of what came. */
	stop(): void {
		this.#cancel?.();
		this.#cancel = null;
	}

	#spread(): void {
		this.stop();
		this.#toldAt_ms = this.clock.now();
		this.tell();
	}
}
