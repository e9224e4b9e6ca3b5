/** What happens once a group was decided on: it goes from the list, it is told, and can be taken back. */

import { useState } from "preact/hooks";

import type { Applied, DuplicateGroup } from "../../protocol";
import { takeBack } from "../changes/carrying";
import { undoneTold } from "../changes/Outcome";
import { useTelling } from "../changes/telling";
import { failureTold } from "../changes/wording";
import type { Host } from "../host";
import type { Decided } from "./keeping";
import type { Looking } from "./looking";
import { doneTold, headlineOf } from "./wording";

export interface Deciding {
	/** What was done last, for whoever cannot see the list. */
	told: string;
	/** Taking back left something as it is, which is told here. */
	undone: Applied | null;
	closeUndone: (told?: string) => void;
	/** Grows with every group that was dismissed or restored. */
	dismissals: number;
	restored: () => void;
	decide: (group: DuplicateGroup) => Decided;
}

export function useDeciding(host: Host, { drop, refresh }: Looking, focusAfter: (groupId: string) => void): Deciding {
	const [told, setTold] = useState("");
	const [undone, setUndone] = useState<Applied | null>(null);
	const [dismissals, setDismissals] = useState(0);
	const telling = useTelling(host);
	const again = () => {
		if (telling.isHere) refresh();
	};
	const gone = (group: DuplicateGroup, words: string, undo?: () => Promise<void>) => {
		focusAfter(group.id);
		drop(group.id);
		setTold(words);
		host.notice(words, ...(undo ? [{ label: "Undo", run: () => void undo() }] : []));
		again();
	};
	const undo = (changeId: string, paths: readonly string[]) => async () => {
		try {
			const back = await takeBack(host, changeId, paths);
			if (back === null) return;
			const words = undoneTold(back);
			const isWhole = back.conflicts.length === 0;
			setTold(words);
			setUndone(isWhole ? null : back);
			if (isWhole || !telling.elsewhere(words)) host.notice(words);
			again();
		} catch (error) {
			host.notice(failureTold(error));
		}
	};
	const restored = () => {
		setTold("Listed again, if its notes are still alike.");
		setDismissals((before) => before + 1);
		again();
	};
	const restore = (group: DuplicateGroup) => async () => {
		try {
			await host.call("duplicates.restore", { groupId: group.id });
			restored();
		} catch (error) {
			host.notice(failureTold(error));
		}
	};
	const decide = (group: DuplicateGroup): Decided => ({
		onApplied: (action, { changeId, applied }, keeper, others) => {
			if (changeId === null || applied.length === 0) gone(group, "Nothing was changed.");
			else gone(group, doneTold(action, keeper, others.length), undo(changeId, applied));
		},
		onDismissed: () => {
			setDismissals((before) => before + 1);
			gone(group, `Not listed any more: ${headlineOf(group)}.`, restore(group));
		},
	});
	const closeUndone = (words?: string) => {
		setUndone(null);
		if (words === undefined) return;
		setTold(words);
		again();
	};
	return { told, undone, closeUndone, dismissals, restored, decide };
}
