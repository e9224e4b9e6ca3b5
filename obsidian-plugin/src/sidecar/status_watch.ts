/** Keeps what is known of a vault's indexes fresh: soon while they are busy, now and then while they are not. */

import type { Clock } from "../clock";
import type { Patience } from "./patience";
import type { Part, Status } from "../protocol";
import { isAtWork } from "../state";

export class StatusWatch {
	#isOver = false;
	#asking: Promise<void> | null = null;
	#due_ms = Number.POSITIVE_INFINITY;
	#cancel: () => void = () => undefined;

	constructor(
		private readonly clock: Clock,
		private readonly patience: Patience,
		private readonly ask: () => Promise<Status>,
		private readonly tell: (status: Status) => void,
	) {}

	/** Ask now; whoever asks while an answer is on its way gets that one. Never throws: another look follows. */
	look(): Promise<void> {
		this.#asking ??= this.#askOnce().finally(() => (this.#asking = null));
		return this.#asking;
	}

	/** Something happened: look before long. */
	soon(): void {
		this.#plan(this.patience.busy_ms);
	}

	stop(): void {
		this.#isOver = true;
		this.#cancel();
	}

	async #askOnce(): Promise<void> {
		this.#cancel();
		this.#due_ms = Number.POSITIVE_INFINITY;
		let isBusy = false;
		try {
			const status = await this.ask();
			if (this.#isOver) return;
			isBusy = status.parts.some(isAtWork);
			this.tell(status);
		} catch {
			// Whoever keeps watch over the connection tells of that.
		}
		this.#plan(isBusy ? this.patience.busy_ms : this.patience.idle_ms);
	}

	#plan(ms: number): void {
		const due_ms = this.clock.now() + ms;
		if (this.#isOver || due_ms >= this.#due_ms) return;
		this.#cancel();
		this.#due_ms = due_ms;
		this.#cancel = this.clock.after(ms, () => void this.look());
	}
}

/** Whether answers from the time of `before` may be out of date: something was read, or can be found now. */
export function isNews(before: Status, now: Status): boolean {
	if (JSON.stringify([before.counts, before.ready]) !== JSON.stringify([now.counts, now.ready])) return true;
	return now.parts.some(({ name, state }) => state === "ready" && stateOf(before, name) !== "ready");
}

function stateOf(status: Status, name: Part["name"]): Part["state"] | undefined {
	return status.parts.find((part) => part.name === name)?.state;
}
