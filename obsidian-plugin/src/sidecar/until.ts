/** Waiting for a store to hold a certain value. */

import type { ReadableAtom } from "nanostores";

import type { Clock } from "../clock";

/** Return when `test` holds, or so many milliseconds are over. Throws why `signal` was aborted. */
export function until<T>(
	values: ReadableAtom<T>,
	test: (value: T) => boolean,
	{ clock, ms, signal }: { clock: Clock; ms: number; signal?: AbortSignal | undefined },
): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal?.aborted) return reject(signal.reason as Error);
		if (test(values.get())) return resolve();
		const end = (settle: () => void) => () => {
			cancel();
			unsubscribe();
			signal?.removeEventListener("abort", aborted);
			settle();
		};
		const aborted = end(() => reject(signal?.reason as Error));
		const over = end(resolve);
		const cancel = clock.after(ms, over);
		signal?.addEventListener("abort", aborted, { once: true });
		const unsubscribe = values.subscribe((value) => {
			if (test(value)) over();
		});
	});
}
