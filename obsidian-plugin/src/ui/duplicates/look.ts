/** A look for duplicates: kind by kind, so that what is found early is shown early, and stays when the rest is not wanted. */

import { type ReadableAtom, atom } from "nanostores";

import type { DuplicateAnswer, DuplicateCoverage, DuplicateGroup, EdgeCase } from "../../protocol";
import { isCancelled } from "../../rpc";
import type { Host } from "../host";
import { KINDS, type Kind } from "./wording";

/** Groups of one kind, as far as they were asked for. */
export interface Found {
	groups: DuplicateGroup[];
	/** How many there are. */
	total: number;
	edges: EdgeCase[];
	coverage: DuplicateCoverage;
	tookMs: number;
}

export type FoundByKind = Partial<Record<Kind, Found>>;

type Asked = Pick<Host, "call">;

export interface Wanted {
	/** The one note whose duplicates are asked for; null for all of the vault. */
	note: string | null;
	threshold: number;
	/** Groups of a kind. */
	limit: (kind: Kind) => number;
}

export interface Going {
	phase: string;
	done: number;
	total: number;
}

export interface Look {
	/** The last answers, also while others are on their way. */
	readonly found: ReadableAtom<FoundByKind>;
	/** How far it is; null while nothing is asked. */
	readonly going: ReadableAtom<Going | null>;
	/** Kinds that were not looked for to the end: somebody stopped it, or it failed. */
	readonly left: ReadableAtom<readonly Kind[]>;
	readonly error: ReadableAtom<unknown>;
	/** Ask for these kinds anew. */
	ask: (kinds?: readonly Kind[]) => void;
	stop: () => void;
	/** Take a group out of the list that was decided on. */
	drop: (groupId: string) => void;
	/** Forget what was found, since something else is wanted. */
	clear: () => void;
}

/** `wanted` is read when a question is put, so that the newest wish counts. */
export function lookFor(host: Asked, wanted: () => Wanted): Look {
	const found = atom<FoundByKind>({});
	const going = atom<Going | null>(null);
	const left = atom<readonly Kind[]>([]);
	const error = atom<unknown>(null);
	const waiting = new Set<Kind>();
	let asking: readonly Kind[] = [];
	let running: AbortController | null = null;

	const ask = (kinds: readonly Kind[] = KINDS) => {
		for (const kind of kinds) waiting.add(kind);
		error.set(null);
		// Of another note, what is on its way is of no use; a look at the vault makes the next one cheap.
		if (running !== null && wanted().note !== null) running.abort();
		if (running === null || running.signal.aborted) void work();
	};
	const work = async () => {
		const control = (running = new AbortController());
		if (going.get() === null) going.set({ phase: "", done: 0, total: 0 });
		while (waiting.size > 0) {
			const what = wanted();
			asking = what.note === null ? KINDS.filter((kind) => waiting.has(kind)).slice(0, 1) : KINDS;
			for (const kind of asking) waiting.delete(kind);
			try {
				const answers = await answered(host, what, asking, control.signal, (now) => going.set(now));
				if (control.signal.aborted) return;
				found.set({ ...found.get(), ...answers });
				left.set(left.get().filter((kind) => !asking.includes(kind)));
			} catch (problem) {
				if (control.signal.aborted) return;
				giveUp(isCancelled(problem) ? null : problem);
			}
		}
		running = null;
		going.set(null);
	};
	const giveUp = (problem: unknown) => {
		left.set(KINDS.filter((kind) => asking.includes(kind) || waiting.has(kind) || left.get().includes(kind)));
		error.set(problem);
		waiting.clear();
	};
	const stop = () => {
		if (running === null) return;
		running.abort();
		running = null;
		going.set(null);
		giveUp(null);
	};
	const clear = () => {
		stop();
		found.set({});
		left.set([]);
		error.set(null);
	};
	const drop = (groupId: string) => found.set(without(found.get(), groupId));
	return { found, going, left, error, ask, stop, drop, clear };
}

/** Groups of these kinds; all of one note are one answer. */
async function answered(
	host: Asked,
	{ note, threshold, limit }: Wanted,
	kinds: readonly Kind[],
	signal: AbortSignal,
	tell: (going: Going) => void,
): Promise<FoundByKind> {
	if (note !== null) {
		const answer = await host.call("duplicates.ofNote", { path: note, threshold }, { signal });
		return Object.fromEntries(kinds.map((kind) => [kind, part(answer, kind)]));
	}
	const [kind = "near"] = kinds;
	const onProgress = ({ phase, done, total }: Going) => {
		if (!signal.aborted) tell({ phase, done, total });
	};
	const answer = await host.call("duplicates.scan", { kinds: [kind], threshold, limit: limit(kind) }, { signal, onProgress });
	return { [kind]: answer };
}

/** What an answer about one note says of a kind. */
function part(answer: DuplicateAnswer, kind: Kind): Found {
	const groups = answer.groups.filter((group) => group.kind === kind);
	return { ...answer, groups, total: groups.length, edges: kind === "near" ? answer.edges : [] };
}

function without(found: FoundByKind, groupId: string): FoundByKind {
	const rest = Object.entries(found).map(([kind, before]) => {
		const groups = before.groups.filter((group) => group.id !== groupId);
		return [kind, { ...before, groups, total: before.total - (before.groups.length - groups.length) }];
	});
	return Object.fromEntries(rest) as FoundByKind;
}
