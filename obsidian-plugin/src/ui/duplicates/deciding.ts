/** What happens once a group was decided on: it goes from the list, it is told, and can be taken back. */

import { useState } from "preact/hooks";

import type { Applied, DuplicateGroup } from "../../protocol";
import { attempt } from "../attempt";
import { takeBack } from "../changes/carrying";
import { undoneTold } from "../changes/Outcome";
import { useTelling } from "../changes/telling";
import type { Host } from "../host";
import type { Looking } from "./looking";
import { type Action, doneTold, headlineOf } from "./wording";

export type Deciding = ReturnType<typeof useDeciding>;

export function useDeciding(host: Host, { drop, refresh }: Looking, focusAfter: (groupId: string) => void) {
	const [told, setTold] = useState("");
	const [dismissals, setDismissals] = useState(0);
	const telling = useTelling(host);
	const tell = (words: string) => {
		setTold(words);
		if (telling.isHere) refresh();
	};
	const { undo, ...takingBack } = useTakingBack(host, telling.elsewhere, tell);
	const gone = (group: DuplicateGroup, words: string, undo?: () => Promise<void>) => {
		focusAfter(group.id);
		drop(group.id);
		tell(words);
		host.notice(words, undo && { label: "Undo", run: () => attempt(host, undo()) });
	};
	const restore = async (groupId: string) => {
		await host.call("duplicates.restore", { groupId });
		setDismissals((before) => before + 1);
		tell("Listed again, if its notes are still alike.");
	};
	return {
		/** What was done last, for whoever cannot see the list. */
		told,
		...takingBack,
		/** Grows with every group that was dismissed or restored. */
		dismissals,
		restore,
		applied: (group: DuplicateGroup, action: Action, { changeId, applied }: Applied, keeper: string, others: number) => {
			if (changeId === null) gone(group, "Nothing was changed.");
			else gone(group, doneTold(action, keeper, others), () => undo(changeId, applied));
		},
		dismissed: (group: DuplicateGroup) => {
			setDismissals((before) => before + 1);
			gone(group, `Not listed any more: ${headlineOf(group)}.`, () => restore(group.id));
		},
	};
}

function useTakingBack(host: Host, elsewhere: (words: string) => boolean, tell: (words: string) => void) {
	const [undone, setUndone] = useState<Applied | null>(null);
	return {
		/** Taking back left something as it is, which is told here. */
		undone,
		closeUndone: (words?: string) => {
			setUndone(null);
			if (words !== undefined) tell(words);
		},
		undo: async (changeId: string, paths: readonly string[]) => {
			const back = await takeBack(host, changeId, paths);
			if (back === null) return;
			const words = undoneTold(back);
			const isWhole = back.conflicts.length === 0;
			setUndone(isWhole ? null : back);
			if (isWhole || !elsewhere(words)) host.notice(words);
			tell(words);
		},
	};
}
