/** A clock that tests move. */

export class Clock {
	now_ms = 0;
	private timers: { at_ms: number; act: () => void }[] = [];

	readonly timer = (after_ms: number, act: () => void): (() => void) => {
		const timer = { at_ms: this.now_ms + after_ms, act };
		this.timers.push(timer);
		return () => {
			this.timers = this.timers.filter((each) => each !== timer);
		};
	};

	/** Let time go by, and everything that was waiting for it happen in order, with what follows from it. */
	async pass(ms: number): Promise<void> {
		const until_ms = this.now_ms + ms;
		for (;;) {
			const next = this.timers.filter((each) => each.at_ms <= until_ms).sort((one, other) => one.at_ms - other.at_ms)[0];
			if (!next) break;
			this.timers = this.timers.filter((each) => each !== next);
			this.now_ms = next.at_ms;
			next.act();
			await settled();
		}
		this.now_ms = until_ms;
	}

	get isIdle(): boolean {
		return this.timers.length === 0;
	}
}

/** Everything that waits for promises only has happened. */
export async function settled(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
