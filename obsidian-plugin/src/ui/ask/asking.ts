/** A conversation with the vault: one question after the other, each answer as it comes, and the last one as what is followed up. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { CostEstimate } from "../../protocol";
import { type Result, isCancelled } from "../../rpc";
import type { Host } from "../host";
import { agreed } from "../models/price";

export type Answer = Result<"answer.ask">;
export type Understood = Answer["understood"];

export interface Turn {
	question: string;
	/** What is looked for; null before that is known. */
	read: Understood | null;
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
	/** Ask the last question once more, in the place of its turn; `understood`: looking for that instead. */
	again: (understood?: Understood) => Promise<void>;
	/** Have the model say what else the last question could be looked for by. */
	otherWords: (signal: AbortSignal) => Promise<Understood>;
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
	const price = (question: string, signal: AbortSignal) =>
		host.call("answer.estimate", { question, history: historyOf(turns) }, { signal });
	const asked = async (before: readonly Turn[], question: string, understood?: Understood) => {
		stop();
		const mine = new AbortController();
		givenUp.current = mine;
		setBusy(true);
		let turn: Turn = { question, read: understood ?? null, text: "", answer: null, error: null };
		const change = (some: Partial<Turn>) => {
			turn = { ...turn, ...some };
			if (givenUp.current === mine) setTurns([...before, turn]);
		};
		change({});
		try {
			const onText = (piece: string) => change({ text: turn.text + piece });
			const history = historyOf(before);
			const { signal } = mine;
			// By rules, in a moment: what is looked for can be seen while the answer comes.
			const read = understood ?? (await host.call("query.understand", { text: question, history }, { signal }));
			change({ read });
			const estimate = await host.call("answer.estimate", { question, history, understood: read }, { signal });
			if (!(await agreed(host, estimate)) || signal.aborted) return;
			const answer = await host.call("answer.ask", { question, history, understood: read }, { signal, onText });
			change({ answer, read: answer.understood });
		} catch (error) {
			if (!isCancelled(error)) change({ error });
		} finally {
			if (givenUp.current === mine) setBusy(false);
		}
	};
	const before = turns.slice(0, -1);
	const last = turns.at(-1)?.question ?? "";
	return {
		turns,
		isBusy,
		ask: (question) => asked(turns, question),
		again: (understood) => asked(before, last, understood),
		otherWords: (signal) => host.call("query.understand", { text: last, history: historyOf(before), method: "model" }, { signal }),
		price,
		stop,
		clear: () => (stop(), setTurns([])),
	};
}

function historyOf(turns: readonly Turn[]): { question: string; answer: string }[] {
	return turns.flatMap(({ question, answer }) => (answer ? [{ question, answer: answer.text }] : [])).slice(-FOLLOWED);
}
