/** What a person has in mind for one group, and how far it is. */

import { useEffect, useRef, useState } from "preact/hooks";

import { type Applied, type DuplicateGroup, ERRORS, type Plan } from "../../protocol";
import { Disconnected, failedWith } from "../../rpc";
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
	/** `isGone`: there is no such group any more; `isUnknown`: nobody said whether the change was made. */
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
	const all = group.notes.map((note) => note.path).filter((path) => path !== keeper);
	const others = all.filter((path) => !left.has(path));
	const { stage, plan, apply, dismiss, back } = useStages(host, decided);
	return {
		keeper,
		others,
		stage,
		keep: (path) => {
			setKeeper(path);
			back();
		},
		take: (path, isTaken) => {
			setLeft(new Set(isTaken ? [...left].filter((each) => each !== path) : [...left, path]));
			back();
		},
		plan: (action) => {
			const notes = others.length < all.length ? { notes: [...others] } : {};
			void plan({ groupId: group.id, keeper, action, ...notes });
		},
		apply: () => void apply(keeper, others),
		dismiss: () => void dismiss(group.id),
		back,
	};
}

type Wish = { groupId: string; keeper: string; action: Action; notes?: string[] };

/** From a wish by its plan to what came of it. */
function useStages(host: Host, decided: Decided) {
	const [stage, setStage] = useState<Stage>({ kind: "choosing" });
	const telling = useTelling(host);
	const planning = useRef<AbortController | null>(null);
	useEffect(() => () => planning.current?.abort(), []);
	const end = (told: string, ended: Stage) => {
		if (!telling.elsewhere(told)) setStage(ended);
	};
	const fail = (error: unknown, during: Action | null, isApplying = false) => {
		end(failureTold(error), failed(error, during, isApplying));
	};
	const back = () => {
		planning.current?.abort();
		setStage({ kind: "choosing" });
	};
	const plan = async (wish: Wish) => {
		planning.current?.abort();
		const { signal } = (planning.current = new AbortController());
		setStage({ kind: "planning", action: wish.action });
		try {
			const planned = await host.call("duplicates.plan", wish, { signal });
			if (!signal.aborted) setStage({ kind: "planned", action: wish.action, plan: planned });
		} catch (error) {
			if (!signal.aborted) fail(error, wish.action);
		}
	};
	const apply = async (keeper: string, others: readonly string[]) => {
		if (stage.kind !== "planned") return;
		const { action } = stage;
		setStage({ ...stage, kind: "applying" });
		try {
			const applied = await carryOut(host, stage.plan);
			if (applied === null) setStage(stage);
			else if (applied.conflicts.length > 0) end(nothingDone(applied), { kind: "conflicted", action, applied });
			else decided.onApplied(action, applied, keeper, others);
		} catch (error) {
			fail(error, action, true);
		}
	};
	const dismiss = async (groupId: string) => {
		try {
			await host.call("duplicates.dismiss", { groupId });
			decided.onDismissed();
		} catch (error) {
			fail(error, null);
		}
	};
	return { stage, plan, apply, dismiss, back };
}

function failed(error: unknown, action: Action | null, isApplying: boolean): Stage {
	return {
		kind: "failed",
		action,
		told: failureTold(error),
		isGone: failedWith(error, ERRORS.GroupNotFound, ERRORS.NotInGroup, ERRORS.NoteNotFound),
		isUnknown: isApplying && error instanceof Disconnected,
	};
}

function nothingDone({ conflicts }: Applied): string {
	return ["Nothing was changed.", ...conflicts.slice(0, NAMED).map(conflictTold)].join(" ");
}
