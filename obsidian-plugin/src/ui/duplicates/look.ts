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

export interface Standing {
	/** The last answers, also while others are on their way. */
	found: FoundByKind;
	/** How far it is; null while nothing is asked. */
	going: Going | null;
	/** Kinds that were not looked for to the end: somebody stopped it, or it failed. */
	left: readonly Kind[];
	error: unknown;
}

export interface Look {
	readonly standing: ReadableAtom<Standing>;
	/** Ask for these kinds anew. */
	ask: (kinds?: readonly Kind[]) => void;
	stop: () => void;
	/** Take a group out of the list that was decided on. */
	drop: (groupId: string) => void;
	/** Forget what was found, since something else is wanted. */
	clear: () => void;
}

const NOTHING: Standing = { found: {}, going: null, left: [], error: null };

/** `wanted` is read when a question is put, so that the newest wish counts. */
export function lookFor(host: Asked, wanted: () => Wanted): Look {
	const standing = atom(NOTHING);
	const waiting = new Set<Kind>();
	let asking: readonly Kind[] = [];
	let running: AbortController | null = null;

	const tell = (news: Partial<Standing>) => standing.set({ ...standing.get(), ...news });
	const ask = (kinds: readonly Kind[] = KINDS) => {
		for (const kind of kinds) waiting.add(kind);
		tell({ error: null });
		// Of another note, what is on its way is of no use; a look at the vault makes the next one cheap.
		if (wanted().note !== null) running?.abort();
		if (running === null || running.signal.aborted) void work();
	};
	const work = async () => {
		const { signal } = (running = new AbortController());
		tell({ going: standing.get().going ?? { phase: "", done: 0, total: 0 } });
		while (waiting.size > 0) {
			const what = wanted();
			asking = what.note === null ? KINDS.filter((kind) => waiting.has(kind)).slice(0, 1) : KINDS;
			for (const kind of asking) waiting.delete(kind);
			try {
				const answers = await answered(host, what, asking, signal, (going) => tell({ going }));
				if (signal.aborted) return;
				const { found, left } = standing.get();
				tell({ found: { ...found, ...answers }, left: left.filter((kind) => !asking.includes(kind)) });
			} catch (error) {
				if (signal.aborted) return;
				giveUp(isCancelled(error) ? null : error);
			}
		}
		running = null;
		tell({ going: null });
	};
	const giveUp = (error: unknown) => {
		const all = [...asking, ...waiting, ...standing.get().left];
		tell({ left: KINDS.filter((kind) => all.includes(kind)), error });
		waiting.clear();
	};
	const stop = () => {
		if (running === null) return;
		running.abort();
		running = null;
		tell({ going: null });
		giveUp(null);
	};
	const clear = () => {
		stop();
		standing.set(NOTHING);
	};
	const drop = (groupId: string) => tell({ found: without(standing.get().found, groupId) });
	return { standing, ask, stop, drop, clear };
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
	const onProgress = (going: Going) => {
		if (!signal.aborted) tell(going);
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
		return [kind, { ...before, groups, total: before.total - before.groups.length + groups.length }];
	});
	return Object.fromEntries(rest) as FoundByKind;
}
