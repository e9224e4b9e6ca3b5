/** Asking the sidecar from a panel: the last answer stays until the next one is there, and late ones are dropped. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

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

/**
 * Ask whenever one of `inputs` changes, `after_ms` later, and take back what was asked before. With `null` nothing is asked, and there
 * is no answer.
 */
export function useAsked<T>(
	ask: ((signal: AbortSignal) => Promise<T>) | null,
	inputs: readonly unknown[],
	after_ms = 0,
): Asked<T> {
	const [state, setState] = useState<Omit<Asked<T>, "again">>({ answer: null, error: null, isAsking: false });
	const [turn, setTurn] = useState(0);
	const latest = useRef(ask);
	latest.current = ask;
	// Before anything is painted: whoever types waits for the answer, not for a frame first.
	useLayoutEffect(() => {
		if (latest.current === null) {
			setState({ answer: null, error: null, isAsking: false });
			return;
		}
		const question = latest.current;
		const given_up = new AbortController();
		setState((before) => ({ ...before, isAsking: true }));
		const begin = () => {
			question(given_up.signal).then(
				(answer) => {
					if (!given_up.signal.aborted) setState({ answer, error: null, isAsking: false });
				},
				(error: unknown) => {
					if (given_up.signal.aborted) return;
					setState((before) => ({ ...before, error: isCancelled(error) ? before.error : error, isAsking: false }));
				},
			);
		};
		const timer = after_ms > 0 ? window.setTimeout(begin, after_ms) : (begin(), 0);
		return () => {
			window.clearTimeout(timer);
			given_up.abort();
		};
	}, [...inputs, ask === null, turn]);
	return { ...state, again: () => setTurn((before) => before + 1) };
}
