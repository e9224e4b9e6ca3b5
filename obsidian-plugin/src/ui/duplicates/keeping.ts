/** What a person has in mind for one group, and how far it is. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { Applied, DuplicateGroup, Plan } from "../../protocol";
import { CallFailed, Disconnected } from "../../rpc";
import { carryOut } from "../changes/carrying";
import { useTelling } from "../changes/telling";
import { conflictTold, failureTold } from "../changes/wording";
import type { Host } from "../host";
import type { Action } from "./wording";

/** Notes that a notice names. */
const NAMED = 3;

export type Stage =
	| { kind: "choosing" }
	| { kind: "planning"; action: Action }
	| { kind: "planned"; action: Action; plan: Plan }
	| { kind: "applying"; action: Action; plan: Plan }
	/** Somebody else changed notes meanwhile, and nothing was done. */
	| { kind: "conflicted"; action: Action; applied: Applied }
	| { kind: "failed"; action: Action | null; told: string; isGone: boolean; isUnknown: boolean };

export interface Keeping {
	keeper: string;
	/** Those that give way to it. */
	others: readonly string[];
	stage: Stage;
	keep: (path: string) => void;
	/** Let a note give way, or not. */
	take: (path: string, isTaken: boolean) => void;
	plan: (action: Action) => void;
	apply: () => void;
	dismiss: () => void;
	back: () => void;
}

export interface Decided {
	onApplied: (action: Action, applied: Applied, keeper: string, others: readonly string[]) => void;
	onDismissed: () => void;
}

export function useKeeping(host: Host, group: DuplicateGroup, decided: Decided): Keeping {
	const [keeper, setKeeper] = useState(group.keeper);
	const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
	const [stage, setStage] = useState<Stage>({ kind: "choosing" });
	const telling = useTelling(host);
	const given_up = useRef<AbortController | null>(null);
	useEffect(() => () => given_up.current?.abort(), []);
	const all = group.notes.map((note) => note.path).filter((path) => path !== keeper);
	const others = all.filter((path) => !left.has(path));
	const fail = (error: unknown, action: Action | null) => {
		if (!telling.elsewhere(failureTold(error))) setStage(failed(error, action));
	};
	const back = () => {
		given_up.current?.abort();
		setStage({ kind: "choosing" });
	};
	const plan = async (action: Action) => {
		given_up.current?.abort();
		const control = (given_up.current = new AbortController());
		setStage({ kind: "planning", action });
		try {
			const notes = others.length < all.length ? { notes: [...others] } : {};
			const asked = { groupId: group.id, keeper, action, ...notes };
			const planned = await host.call("duplicates.plan", asked, { signal: control.signal });
			if (!control.signal.aborted) setStage({ kind: "planned", action, plan: planned });
		} catch (error) {
			if (!control.signal.aborted) fail(error, action);
		}
	};
	const conflict = (action: Action, applied: Applied) => {
		const told = ["Nothing was changed.", ...applied.conflicts.slice(0, NAMED).map(conflictTold)].join(" ");
		if (!telling.elsewhere(told)) setStage({ kind: "conflicted", action, applied });
	};
	const apply = async () => {
		if (stage.kind !== "planned") return;
		setStage({ ...stage, kind: "applying" });
		try {
			const applied = await carryOut(host, stage.plan);
			if (applied === null) setStage(stage);
			else if (applied.conflicts.length > 0) conflict(stage.action, applied);
			else decided.onApplied(stage.action, applied, keeper, others);
		} catch (error) {
			fail(error, stage.action);
		}
	};
	const dismiss = async () => {
		try {
			await host.call("duplicates.dismiss", { groupId: group.id });
			decided.onDismissed();
		} catch (error) {
			fail(error, null);
		}
	};
	return {
		keeper,
		others,
		stage,
		keep: (path) => (setKeeper(path), back()),
		take: (path, isTaken) => {
			setLeft(new Set(isTaken ? [...left].filter((each) => each !== path) : [...left, path]));
			back();
		},
		plan: (action) => void plan(action),
		apply: () => void apply(),
		dismiss: () => void dismiss(),
		back,
	};
}

function failed(error: unknown, action: Action | null): Stage {
	const kind = error instanceof CallFailed ? error.kind : undefined;
	return {
		kind: "failed",
		action,
		told: failureTold(error),
		isGone: kind === "GroupNotFound" || kind === "NotInGroup" || kind === "NoteNotFound",
		isUnknown: error instanceof Disconnected,
	};
}
