/** Time as a parameter, so that tests need not wait for it. */

export interface Clock {
	/** Milliseconds since some fixed moment. */
	now(): number;
	/** Run something later, unless what is returned is called before. */
	after(ms: number, run: () => void): () => void;
}

export const windowClock: Clock = {
	now: () => Date.now(),
	after: (ms, run) => {
		const timer = window.setTimeout(run, ms);
		return () => window.clearTimeout(timer);
	},
};

export function wait(clock: Clock, ms: number): Promise<void> {
	return new Promise((resolve) => clock.after(ms, resolve));
}

/** Whether something came to an end, good or bad, before so many milliseconds were over. */
export function isOverIn(clock: Clock, ms: number, end: Promise<unknown>): Promise<boolean> {
	return new Promise((resolve) => {
		const cancel = clock.after(ms, () => resolve(false));
		const over = () => {
			cancel();
			resolve(true);
		};
		end.then(over, over);
	});
}
