/** The panel with what the librarian changed in notes, newest first, each to be taken back. */

import { useRef, useState } from "preact/hooks";

import type { Applied, JournalledChange } from "../../protocol";
import { useAsked } from "../ask";
import { takeBackListed } from "../changes/carrying";
import { useFocusOnChange } from "../changes/focus";
import { Undone, undoneTold } from "../changes/Outcome";
import { Unready, isReady } from "../changes/Unready";
import { useTelling } from "../changes/telling";
import { failureTold } from "../changes/wording";
import type { Host } from "../host";
import { Button, Empty, Failure, Working } from "../parts";
import { ChangeItem } from "./ChangeItem";
import { useStore } from "../store";

/** Changes that are asked for at a time, and at most. */
const PAGE = 20;
const MOST = 1000;

export function ActivityPanel({ host, now = Date.now }: { host: Host; now?: () => number }) {
	const [limit, setLimit] = useState(PAGE);
	const ready = isReady(useStore(host.state));
	const listed = useAsked(
		ready ? (signal) => host.call("edits.list", { limit }, { signal }) : null,
		[useStore(host.generation), limit],
	);
	const undoing = useUndoing(host, listed.again);
	const panel = useRef<HTMLDivElement>(null);
	const told = useRef<HTMLParagraphElement>(null);
	useFocusOnChange(told, undoing.told, panel);
	const changes = listed.answer?.changes ?? [];
	return (
		<div class="vl-panel vl-activity" ref={panel}>
			<Unready host={host} />
			<p class="vl-told" role="status" tabIndex={-1} ref={told}>
				{undoing.told}
			</p>
			{listed.error !== null && <Failure error={listed.error} onRetry={listed.again} />}
			{ready && listed.answer === null && listed.error === null && <Working label="Looking up what was changed" />}
			{listed.answer !== null && changes.length === 0 && (
				<Empty title="Nothing was changed yet">
					<p>What the librarian changes in your notes is listed here for 30 days, and can be taken back.</p>
				</Empty>
			)}
			<ul class="vl-changes" aria-label="Changes" aria-busy={listed.isAsking}>
				{changes.map((change) => (
					<ChangeItem
						key={change.changeId}
						host={host}
						change={change}
						now={now()}
						isBusy={undoing.busy !== null}
						onUndo={() => undoing.undo(change)}
					>
						{undoing.left?.changeId === change.changeId && (
							<Undone host={host} applied={undoing.left.applied} onClose={() => undoing.close()} onDone={undoing.close} />
						)}
					</ChangeItem>
				))}
			</ul>
			{changes.length === limit && limit < MOST && (
				<Button disabled={listed.isAsking} onClick={() => setLimit(Math.min(MOST, limit + 2 * PAGE))}>
					Show more
				</Button>
			)}
		</div>
	);
}

/** Taking changes back, one at a time. */
function useUndoing(host: Host, again: () => void) {
	const [told, setTold] = useState("");
	const [busy, setBusy] = useState<string | null>(null);
	/** What could not be taken back of which change. */
	const [left, setLeft] = useState<{ changeId: string; applied: Applied } | null>(null);
	const telling = useTelling(host);
	const undo = async (change: JournalledChange) => {
		setBusy(change.changeId);
		setTold("");
		setLeft(null);
		try {
			const applied = await takeBackListed(host, change);
			if (applied === null || telling.elsewhere(undoneTold(applied))) return;
			setTold(undoneTold(applied));
			if (applied.conflicts.length > 0) setLeft({ changeId: change.changeId, applied });
			again();
		} catch (error) {
			if (telling.elsewhere(failureTold(error))) return;
			setTold(failureTold(error));
			again();
		} finally {
			setBusy(null);
		}
	};
	const close = (words?: string) => {
		setLeft(null);
		if (words === undefined) return;
		setTold(words);
		again();
	};
	return { told, busy, left, undo: (change: JournalledChange) => void undo(change), close };
}
