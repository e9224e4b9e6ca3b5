/** A clock that stands still until a test moves it. */

import { setImmediate } from "node:timers/promises";

import type { Clock } from "../../src/clock";

interface Timer {
	at_ms: number;
	run: () => void;
}

export class FakeClock implements Clock {
	private now_ms = Date.UTC(2026, 0, 2);
	private readonly timers = new Set<Timer>();

	now(): number {
		return this.now_ms;
	}

	after(ms: number, run: () => void): () => void {
		const timer = { at_ms: this.now_ms + ms, run };
		this.timers.add(timer);
		return () => void this.timers.delete(timer);
	}

	/** Timers that are still to come. */
	get waiting(): number {
		return this.timers.size;
	}

	/** Let time pass, with all that happens meanwhile. */
	async pass(ms: number): Promise<void> {
		const until_ms = this.now_ms + ms;
		await setImmediate();
		for (let next = this.next(until_ms); next; next = this.next(until_ms)) {
			this.timers.delete(next);
			this.now_ms = Math.max(this.now_ms, next.at_ms);
			next.run();
			await setImmediate();
		}
		this.now_ms = until_ms;
	}

	private next(until_ms: number): Timer | undefined {
		const due = [...this.timers].filter(({ at_ms }) => at_ms <= until_ms);
		return due.sort((one, other) => one.at_ms - other.at_ms)[0];
	}
}
