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
	const [stage, setStage] = useState<Stage>({ kind: "choosing" });
	const [isBusy, setBusy] = useState(false);
	const telling = useTelling(host);
	const planning = useRef<AbortController | null>(null);
	useEffect(() => () => planning.current?.abort(), []);
	const all = group.notes.map((note) => note.path).filter((path) => path !== keeper);
	const others = all.filter((path) => !left.includes(path));
	const fail = (error: unknown, action: Action | null) => {
		if (!telling.elsewhere(worded(error))) setStage({ kind: "failed", action, error });
	};
	const back = () => {
		planning.current?.abort();
		setStage({ kind: "choosing" });
	};
	return {
		keeper,
		/** Those that give way to it. */
		others,
		stage,
		/** A change is being made. */
		isBusy,
		setBusy,
		keep: (path: string) => {
			setKeeper(path);
			back();
		},
		/** Let a note give way, or not. */
		take: (path: string, isTaken: boolean) => {
			setLeft(isTaken ? left.filter((each) => each !== path) : [...left, path]);
			back();
		},
		plan: async (action: Action) => {
			back();
			const { signal } = (planning.current = new AbortController());
			setStage({ kind: "planning" });
			const notes = others.length < all.length ? { notes: others } : {};
			try {
				const plan = await host.call("duplicates.plan", { groupId: group.id, keeper, action, ...notes }, { signal });
				if (!signal.aborted) setStage({ kind: "planned", action, plan });
			} catch (error) {
				if (!signal.aborted) fail(error, action);
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
		back,
	};
}
