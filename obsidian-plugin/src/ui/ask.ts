/** Asking the sidecar from a panel: the last answer stays until the next one is there, and late ones are dropped. */

import { useLayoutEffect, useState } from "preact/hooks";

import { windowClock } from "../clock";
import { isCancelled } from "../rpc";

export interface Asked<T> {
	/** The last answer, also while another one is on its way. */
	answer: T | null;
	/** Why the last question has no answer. */
	error: unknown;
	isAsking: boolean;
	/** Ask the same once more. */
	again: () => void;
}

const NOTHING = { answer: null, error: null, isAsking: false };

/**
 * Ask whenever one of `inputs` changes, `after_ms` later, and take back what was asked before. With `null` nothing is asked, and there
 * is no answer.
 */
export function useAsked<T>(
	ask: ((signal: AbortSignal) => Promise<T>) | null,
	inputs: readonly unknown[],
	after_ms = 0,
): Asked<T> {
	const [state, setState] = useState<Omit<Asked<T>, "again">>(NOTHING);
	const [turn, setTurn] = useState(0);
	// Before anything is painted: whoever types waits for the answer, not for a frame first.
	useLayoutEffect(() => {
		if (ask === null) return setState(NOTHING);
		const control = new AbortController();
		const { signal } = control;
		setState((before) => ({ ...before, isAsking: true }));
		const begin = async () => {
			try {
				const answer = await ask(signal);
				if (!signal.aborted) setState({ answer, error: null, isAsking: false });
			} catch (error) {
				if (!signal.aborted) setState((before) => ({ ...before, error: isCancelled(error) ? before.error : error, isAsking: false }));
			}
		};
		const cancel = after_ms > 0 ? windowClock.after(after_ms, () => void begin()) : void begin();
		return () => {
			cancel?.();
			control.abort();
		};
	}, [...inputs, ask === null, turn]);
	return { ...state, again: () => setTurn((before) => before + 1) };
}
