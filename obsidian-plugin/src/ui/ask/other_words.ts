/** Having the model say what else a question could be looked for by: it takes a while, costs a little, and may come to nothing. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { Understood } from "./asking";

interface Standing {
	isFinding: boolean;
	/** What came of it where that is nothing; empty otherwise. */
	told: string;
	error: unknown;
}

export interface OtherWords extends Standing {
	find: () => void;
	/** Give it up, and say nothing more of it. */
	stop: () => void;
}

const NOTHING: Standing = { isFinding: false, told: "", error: null };

/** `take` is given what the model found. */
export function useOtherWords(ask: (signal: AbortSignal) => Promise<Understood>, take: (found: Understood) => void): OtherWords {
	const [standing, setStanding] = useState(NOTHING);
	const running = useRef<AbortController | null>(null);
	useEffect(() => () => running.current?.abort(), []);
	const stop = () => {
		running.current?.abort();
		setStanding(NOTHING);
	};
	const find = async () => {
		stop();
		const { signal } = (running.current = new AbortController());
		setStanding({ ...NOTHING, isFinding: true });
		try {
			const found = await ask(signal);
			if (signal.aborted) return;
			setStanding({ ...NOTHING, told: toldOf(found) });
			if (found.method === "model") take(found);
		} catch (error) {
			if (!signal.aborted) setStanding({ ...NOTHING, error });
		}
	};
	return { ...standing, find: () => void find(), stop };
}

/** Where the model fails, the sidecar answers with what rules read, as before. */
function toldOf({ method, expansions = [] }: Understood): string {
	if (method !== "model") return "The model did not answer, or not with words. You can add some yourself.";
	return expansions.length === 0 ? "The model knows no other words for it." : "";
}
