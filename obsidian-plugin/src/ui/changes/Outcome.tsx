/** What became of a change that was not carried out wholly: note by note, and what can be done about it. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { Applied, Conflict, Plan } from "../../protocol";
import type { Host } from "../host";
import { Button, counted } from "../parts";
import { carryOut } from "./carrying";
import { hasKeyboard } from "./focus";
import { PlanPreview } from "./PlanPreview";
import { useTelling } from "./telling";
import { conflictTold, failureTold, filesCounted, pathsOf } from "./wording";

const CONFLICTS = 20;

export function Conflicts({ conflicts }: { conflicts: readonly Conflict[] }) {
	const [shown, setShown] = useState(CONFLICTS);
	const more = conflicts.length - shown;
	return (
		<>
			<ul class="vl-conflicts">
				{conflicts.slice(0, shown).map((conflict) => (
					<li key={conflict.path}>{conflictTold(conflict)}</li>
				))}
			</ul>
			{more > 0 && <Button onClick={() => setShown(conflicts.length)}>{`Show ${counted(more, "more note")}`}</Button>}
		</>
	);
}

interface UndoneProps {
	host: Host;
	/** What taking back answered. */
	applied: Applied;
	onClose: () => void;
	/** After the rest was taken back, too. */
	onDone: (told: string) => void;
}

/** Notes that were changed since a change that was taken back, and the offer to take back what nobody touched in them. */
export function Undone({ host, applied, onClose, onDone }: UndoneProps) {
	const { conflicts, offer } = applied;
	const section = useRef<HTMLElement>(null);
	useEffect(() => {
		if (hasKeyboard(section.current?.parentElement ?? null)) section.current?.focus();
	}, [applied]);
	return (
		<section class="vl-outcome" aria-label="What was not taken back" ref={section} tabIndex={-1}>
			<Conflicts conflicts={conflicts} />
			{offer ? <Offer host={host} offer={offer} onClose={onClose} onDone={onDone} /> : <Button onClick={onClose}>Close</Button>}
		</section>
	);
}

/** What became of taking a change back, in a sentence. */
export function undoneTold({ applied, conflicts, changeId }: Applied): string {
	if (changeId !== null && applied.length > 0) {
		const rest = conflicts.length > 0 ? ` ${counted(conflicts.length, "note")} could not be.` : "";
		return `Taken back: ${filesCounted(applied)}.${rest}`;
	}
	return conflicts.length > 0 ? "Nothing was taken back." : "It is taken back already.";
}

function Offer({ host, offer, onClose, onDone }: { host: Host; offer: Plan; onClose: () => void; onDone: (told: string) => void }) {
	const [isBusy, setBusy] = useState(false);
	const [failure, setFailure] = useState<string | null>(null);
	const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
	const files = filesCounted(pathsOf(offer.preview));
	const telling = useTelling(host);
	const takenBack = `Taken back what was left in ${files}.`;
	const nothingMore = "Nothing more was taken back: notes were changed meanwhile.";
	const take = async () => {
		setBusy(true);
		setFailure(null);
		try {
			const applied = await carryOut(host, offer);
			if (applied === null) return;
			const isWhole = applied.conflicts.length === 0;
			if (telling.elsewhere(isWhole ? takenBack : nothingMore)) return;
			if (isWhole) onDone(takenBack);
			else setConflicts(applied.conflicts);
		} catch (error) {
			if (!telling.elsewhere(failureTold(error))) setFailure(failureTold(error));
		} finally {
			setBusy(false);
		}
	};
	if (conflicts.length > 0) {
		return (
			<>
				<p role="alert">{nothingMore}</p>
				<Conflicts conflicts={conflicts} />
				<Button onClick={onClose}>Close</Button>
			</>
		);
	}
	return (
		<>
			<p>What nobody touched since can be taken back all the same:</p>
			<PlanPreview plan={offer} />
			{failure !== null && <p role="alert">{failure}</p>}
			<div class="vl-buttons">
				<Button isMain disabled={isBusy} onClick={() => void take()}>{`Take this back in ${files}`}</Button>
				<Button disabled={isBusy} onClick={onClose}>
					Leave it
				</Button>
			</div>
		</>
	);
}
