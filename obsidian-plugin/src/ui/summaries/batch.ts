/** Summaries of many notes under way: how far they are, what was made so far, and how they are paused and gone on with. */

import { type ReadonlySignal, signal } from "@preact/signals";

import type { RunNote, Step, SummaryRun } from "../../protocol";
import { type VaultParams, isCancelled } from "../../rpc";
import type { Host } from "../host";

export interface Batch {
	/** The run that is shown. */
	readonly run: ReadonlySignal<SummaryRun | null>;
	/** How far it is; null while nothing is made. */
	readonly going: ReadonlySignal<Step | null>;
	/** What came of its notes, the last first. */
	readonly notes: ReadonlySignal<readonly RunNote[]>;
	readonly error: ReadonlySignal<unknown>;
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
	host.keptRuns.value = (await host.call("summary.runs", {})).runs;
}

export function batchOf(host: Pick<Host, "call" | "keptRuns">): Batch {
	const run = signal<SummaryRun | null>(null);
	const going = signal<Step | null>(null);
	const notes = signal<readonly RunNote[]>([]);
	const error = signal<unknown>(null);
	let running: AbortController | null = null;
	let reading: Promise<void> | null = null;
	let runId: string | null = null;

	const failed = (problem: unknown) => {
		if (!isCancelled(problem)) error.value = problem;
	};
	/** Read what was made since; by one reader at a time, so that nothing comes twice. */
	const read = (id: string) => (reading ??= readOn(id).catch(failed).finally(() => (reading = null)));
	const readOn = async (id: string) => {
		for (;;) {
			const answer = await host.call("summary.notes", { runId: id, after: notes.peek()[0]?.number ?? 0 });
			if (id !== runId || answer.notes.length === 0) return;
			const paths = new Set(answer.notes.map((note) => note.path));
			notes.value = [...answer.notes.reverse(), ...notes.peek().filter((note) => !paths.has(note.path))];
		}
	};
	const show = (wanted: SummaryRun | null) => {
		if (runId !== wanted?.runId) notes.value = [];
		runId = wanted?.runId ?? null;
		run.value = wanted;
		error.value = null;
		if (runId !== null) void read(runId);
	};
	const refresh = async () => {
		try {
			await lookUp(host);
			run.value = host.keptRuns.peek().find((each) => each.runId === runId) ?? null;
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
		error.value = null;
		going.value = { kind: "step", phase: "reading", done: 0, total: 0 };
		const onStep = (step: Step) => {
			if (running !== mine) return;
			going.value = { ...step, costUsd: step.costUsd ?? going.peek()?.costUsd ?? null };
			if (step.runId == null) return;
			if (runId !== step.runId) notes.value = [];
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
		going.value = null;
	};
	const pause = () => {
		running?.abort();
		return running !== null;
	};
	return { run, going, notes, error, refresh, start, pause, show };
}
