/** Summaries put into their notes: what would change, and then that it did, with the way back. */

import { useState } from "preact/hooks";

import type { Conflict, SummaryRun } from "../../protocol";
import { useAsked } from "../ask";
import { attempt } from "../attempt";
import { carryOut, takeBack } from "../changes/carrying";
import { Conflicts, undoneTold } from "../changes/Outcome";
import { PlanPreview } from "../changes/PlanPreview";
import { filesCounted, pathsOf } from "../changes/wording";
import type { Host } from "../host";
import { Button, Failure, Working, worded } from "../parts";
import type { Place } from "./RunView";
import { leftOutTold } from "./wording";

interface Props {
	host: Host;
	run: SummaryRun;
	where: Place;
	onBack: () => void;
	onDone: () => void;
}

export function Placing({ host, run: { runId, done, total }, where, onBack, onDone }: Props) {
	const [isBusy, setBusy] = useState(false);
	const [failure, setFailure] = useState("");
	const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
	const { answer, error, again } = useAsked((signal) => host.call("summary.placeAll", { runId, where }, { signal }), [runId, where]);
	if (error !== null) return <Failure error={error} onRetry={again} />;
	if (answer === null) return <Working label="Looking at every note that this would change" />;
	const { plan, leftOut = [] } = answer;
	const files = filesCounted(pathsOf(plan?.preview ?? []));
	const put = async () => {
		if (plan === null) return;
		setBusy(true);
		try {
			const applied = await carryOut(host, plan);
			if (applied === null) return;
			setConflicts(applied.conflicts);
			if (applied.conflicts.length > 0) return;
			host.notice(`Put into ${files}.`, { label: "Undo", run: () => attempt(host, undo(applied.changeId ?? "", applied.applied)) });
			// What is in the notes is done with; what is not is kept.
			if (leftOut.length === 0 && done === total) await host.call("summary.forget", { runId });
			onDone();
		} catch (problem) {
			setFailure(worded(problem));
		} finally {
			setBusy(false);
		}
	};
	const undo = async (changeId: string, paths: readonly string[]) => {
		const undone = await takeBack(host, changeId, paths);
		if (undone === null) return;
		if (undone.conflicts.length > 0) await host.show("activity");
		host.notice(undoneTold(undone));
	};
	return (
		<section class="vl-planned" aria-label="Preview">
			{leftOut.length > 0 && <p>{leftOutTold(answer)}</p>}
			{plan === null ? <p>There is nothing to write.</p> : <PlanPreview plan={plan} />}
			<Conflicts conflicts={conflicts} />
			{failure !== "" && <p role="alert">{failure}</p>}
			<div class="vl-buttons">
				{plan !== null && conflicts.length === 0 && (
					<Button isMain disabled={isBusy} onClick={() => void put()}>
						{isBusy ? `Changing ${files}…` : `Change ${files}`}
					</Button>
				)}
				<Button disabled={isBusy} onClick={onBack}>
					Back
				</Button>
			</div>
		</section>
	);
}
