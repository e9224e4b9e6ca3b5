/** The panel with what the librarian changed in notes, newest first, each to be taken back. */

import { useRef, useState } from "preact/hooks";

import type { Applied, JournalledChange } from "../../protocol";
import { useAsked } from "../ask";
import { takeBackListed } from "../changes/carrying";
import { useFocusOnChange } from "../changes/focus";
import { undoneTold } from "../changes/Outcome";
import { useTelling } from "../changes/telling";
import { Undone } from "../changes/Undone";
import { Unready, useReady } from "../changes/Unready";
import type { Host } from "../host";
import { Button, Empty, Pending, worded } from "../parts";
import { useStore } from "../store";
import { ChangeItem } from "./ChangeItem";

/** Changes that are asked for at a time, and at most. */
const PAGE = 20;
const MOST = 1000;

export function ActivityPanel({ host, now = Date.now }: { host: Host; now?: () => number }) {
	const [limit, setLimit] = useState(PAGE);
	const ready = useReady(host);
	const listed = useAsked(
		ready ? (signal) => host.call("edits.list", { limit }, { signal }) : null,
		[useStore(host.generation), limit],
	);
	const { told, busy, left, undo, close } = useUndoing(host, listed.again);
	const panel = useRef<HTMLDivElement>(null);
	const telling = useRef<HTMLParagraphElement>(null);
	useFocusOnChange(telling, told, panel);
	const changes = listed.answer?.changes ?? [];
	return (
		<div class="vl-panel vl-activity" ref={panel}>
			<Unready host={host} />
			<p class="vl-told" role="status" tabIndex={-1} ref={telling}>
				{told}
			</p>
			{ready && <Pending asked={listed} label="Looking up what was changed" />}
			{listed.answer !== null && changes.length === 0 && (
				<Empty title="Nothing was changed yet">
					<p>What the librarian changes in your notes is listed here for 30 days, and can be taken back.</p>
				</Empty>
			)}
			<ul class="vl-changes" aria-label="Changes" aria-busy={listed.isAsking}>
				{changes.map((change) => (
					<ChangeItem key={change.changeId} host={host} change={change} now={now()} isBusy={busy} onUndo={() => void undo(change)}>
						{left?.changeId === change.changeId && <Undone host={host} applied={left.applied} onClose={close} />}
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
	const [busy, setBusy] = useState(false);
	/** What could not be taken back of which change. */
	const [left, setLeft] = useState<{ changeId: string; applied: Applied } | null>(null);
	const telling = useTelling(host);
	const tell = (words: string) => {
		if (telling.elsewhere(words)) return;
		setTold(words);
		again();
	};
	const close = (words?: string) => {
		setLeft(null);
		if (words !== undefined) tell(words);
	};
	const undo = async (change: JournalledChange) => {
		setBusy(true);
		setTold("");
		setLeft(null);
		try {
			const applied = await takeBackListed(host, change);
			if (applied === null) return;
			if (applied.conflicts.length > 0) setLeft({ changeId: change.changeId, applied });
			tell(undoneTold(applied));
		} catch (error) {
			tell(worded(error));
		} finally {
			setBusy(false);
		}
	};
	return { told, busy, left, undo, close };
}
