/** A conversation with the vault: one question after the other, each answer as it comes, and the last one as what is followed up. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { CostEstimate } from "../../protocol";
import { type Result, isCancelled } from "../../rpc";
import type { Host } from "../host";
import { agreed } from "../models/price";

export type Answer = Result<"answer.ask">;

export interface Turn {
	question: string;
	/** What came of the answer so far. */
	text: string;
	/** The whole answer; null before it is there. */
	answer: Answer | null;
	error: unknown;
}

export interface Asking {
	turns: readonly Turn[];
	isBusy: boolean;
	ask: (question: string) => Promise<void>;
	/** What asking it will cost. */
	price: (question: string, signal: AbortSignal) => Promise<CostEstimate>;
	stop: () => void;
	/** Begin anew, with nothing before. */
	clear: () => void;
}

/** Turns that a question is understood by. */
const FOLLOWED = 6;

export function useAsking(host: Host): Asking {
	const [turns, setTurns] = useState<readonly Turn[]>([]);
	const [isBusy, setBusy] = useState(false);
	const givenUp = useRef<AbortController | null>(null);
	useEffect(() => () => givenUp.current?.abort(), []);
	const stop = () => {
		givenUp.current?.abort();
		givenUp.current = null;
		setBusy(false);
	};
	const history = turns
		.flatMap((turn) => (turn.answer ? [{ question: turn.question, answer: turn.answer.text }] : []))
		.slice(-FOLLOWED);
	const price = (question: string, signal: AbortSignal) => host.call("answer.estimate", { question, history }, { signal });
	const ask = async (question: string) => {
		stop();
		const mine = new AbortController();
		givenUp.current = mine;
		setBusy(true);
		setTurns([...turns, { question, text: "", answer: null, error: null }]);
		const change = (some: Partial<Turn> | ((turn: Turn) => Partial<Turn>)) => {
			if (givenUp.current !== mine) return;
			setTurns((before) =>
				before.map((turn, place) => {
					if (place !== before.length - 1) return turn;
					return { ...turn, ...(typeof some === "function" ? some(turn) : some) };
				}),
			);
		};
		try {
			const onText = (piece: string) => change((turn) => ({ text: turn.text + piece }));
			if (!(await agreed(host, await price(question, mine.signal))) || mine.signal.aborted) return;
			change({ answer: await host.call("answer.ask", { question, history }, { signal: mine.signal, onText }) });
		} catch (error) {
			if (!isCancelled(error)) change({ error });
		} finally {
			if (givenUp.current === mine) setBusy(false);
		}
	};
	return { turns, isBusy, ask, price, stop, clear: () => (stop(), setTurns([])) };
}
