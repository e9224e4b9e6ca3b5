/** Summaries of many notes under way: how far they are, what was made so far, and how they are paused and gone on with. */

import { type ReadableAtom, atom } from "nanostores";

import type { RunNote, Step, SummaryRun } from "../../protocol";
import { type VaultParams, isCancelled } from "../../rpc";
import type { Host } from "../host";

export interface Batch {
	/** The run that is shown. */
	readonly run: ReadableAtom<SummaryRun | null>;
	/** How far it is; null while nothing is made. */
	readonly going: ReadableAtom<Step | null>;
	/** What came of its notes, the last first. */
	readonly notes: ReadableAtom<readonly RunNote[]>;
	readonly error: ReadableAtom<unknown>;
	/** Look up what is kept. */
	refresh: () => Promise<void>;
	/** Begin, or go on with a run. */
	start: (asked: VaultParams<"summary.run">) => Promise<void>;
	/** Stop asking; true where something was being made. */
	pause: () => boolean;
	/** Show a run, or none. */
	show: (run: SummaryRun | null) => void;
}

/** Look up which runs are kept, for whoever tells of them. */
export async function lookUp(host: Pick<Host, "call" | "keptRuns">): Promise<void> {
	host.keptRuns.set((await host.call("summary.runs", {})).runs);
}

export function batchOf(host: Pick<Host, "call" | "keptRuns">): Batch {
	const run = atom<SummaryRun | null>(null);
	const going = atom<Step | null>(null);
	const notes = atom<readonly RunNote[]>([]);
	const error = atom<unknown>(null);
	let running: AbortController | null = null;
	let reading: Promise<void> | null = null;
	let runId: string | null = null;

	const failed = (problem: unknown) => {
		if (!isCancelled(problem)) error.set(problem);
	};
	/** Read what was made since; by one reader at a time, so that nothing comes twice. */
	const read = (id: string) => (reading ??= readOn(id).catch(failed).finally(() => (reading = null)));
	const readOn = async (id: string) => {
		for (;;) {
			const answer = await host.call("summary.notes", { runId: id, after: notes.get()[0]?.number ?? 0 });
			if (id !== runId || answer.notes.length === 0) return;
			const paths = new Set(answer.notes.map((note) => note.path));
			notes.set([...answer.notes.reverse(), ...notes.get().filter((note) => !paths.has(note.path))]);
		}
	};
	const show = (wanted: SummaryRun | null) => {
		if (runId !== wanted?.runId) notes.set([]);
		runId = wanted?.runId ?? null;
		run.set(wanted);
		error.set(null);
		if (runId !== null) void read(runId);
	};
	const refresh = async () => {
		try {
			await lookUp(host);
			run.set(host.keptRuns.get().find((each) => each.runId === runId) ?? null);
			if (runId === null) return;
			// One reader may have begun before the last note was there.
			await reading;
			await read(runId);
		} catch (problem) {
			failed(problem);
		}
	};
	const start = async (asked: VaultParams<"summary.run">) => {
		const mine = (running = new AbortController());
		error.set(null);
		going.set({ kind: "step", phase: "reading", done: 0, total: 0 });
		const onStep = (step: Step) => {
			if (running !== mine) return;
			going.set({ ...step, costUsd: step.costUsd ?? going.get()?.costUsd ?? null });
			if (step.runId == null) return;
			if (runId !== step.runId) notes.set([]);
			runId = step.runId;
			void read(runId);
		};
		try {
			await host.call("summary.run", asked, { signal: mine.signal, onStep });
		} catch (problem) {
			if (running === mine) failed(problem);
		}
		if (running !== mine) return;
		running = null;
		await refresh();
		going.set(null);
	};
	const pause = () => {
		running?.abort();
		return running !== null;
	};
	return { run, going, notes, error, refresh, start, pause, show };
}
