/** What a person has in mind for one group, and how far it is. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { DuplicateGroup, Plan } from "../../protocol";
import { useTelling } from "../changes/telling";
import type { Host } from "../host";
import { worded } from "../parts";
import type { Deciding } from "./deciding";
import type { Action } from "./wording";

export type Stage =
	| { kind: "choosing" }
	| { kind: "planning" }
	| { kind: "planned"; action: Action; plan: Plan }
	/** Without an action it was to be dismissed. */
	| { kind: "failed"; action: Action | null; error: unknown };

export type Keeping = ReturnType<typeof useKeeping>;

export function useKeeping(host: Host, group: DuplicateGroup, deciding: Deciding) {
	const [keeper, setKeeper] = useState(group.keeper);
	const [left, setLeft] = useState<readonly string[]>([]);
	const [isBusy, setBusy] = useState(false);
	const { plan, ...staging } = useStage(host, group, deciding);
	const all = group.notes.map((note) => note.path).filter((path) => path !== keeper);
	const others = all.filter((path) => !left.includes(path));
	return {
		...staging,
		keeper,
		/** Those that give way to it. */
		others,
		/** A change is being made. */
		isBusy,
		setBusy,
		keep: (path: string) => {
			setKeeper(path);
			staging.back();
		},
		/** Let a note give way, or not. */
		take: (path: string, isTaken: boolean) => {
			setLeft(isTaken ? left.filter((each) => each !== path) : [...left, path]);
			staging.back();
		},
		plan: (action: Action) => plan({ action, keeper, ...(others.length < all.length && { notes: others }) }),
	};
}

interface Wish {
	action: Action;
	keeper: string;
	/** Those that are to give way, where that is not all. */
	notes?: string[];
}

/** How far a group is: from a choice to the plan for it, or to its dismissal. */
function useStage(host: Host, group: DuplicateGroup, deciding: Deciding) {
	const [stage, setStage] = useState<Stage>({ kind: "choosing" });
	const telling = useTelling(host);
	const planning = useRef<AbortController | null>(null);
	useEffect(() => () => planning.current?.abort(), []);
	const fail = (error: unknown, action: Action | null) => {
		if (!telling.elsewhere(worded(error))) setStage({ kind: "failed", action, error });
	};
	const back = () => {
		planning.current?.abort();
		setStage({ kind: "choosing" });
	};
	return {
		stage,
		back,
		plan: async (wish: Wish) => {
			back();
			const { signal } = (planning.current = new AbortController());
			setStage({ kind: "planning" });
			try {
				const plan = await host.call("duplicates.plan", { groupId: group.id, ...wish }, { signal });
				if (!signal.aborted) setStage({ kind: "planned", action: wish.action, plan });
			} catch (error) {
				if (!signal.aborted) fail(error, wish.action);
			}
		},
		dismiss: async () => {
			try {
				await host.call("duplicates.dismiss", { groupId: group.id });
				deciding.dismissed(group);
			} catch (error) {
				fail(error, null);
			}
		},
	};
}
