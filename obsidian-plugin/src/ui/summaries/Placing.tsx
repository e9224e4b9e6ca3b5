/** Summaries put into their notes: what would change, and then that it did, with the way back. */

import type { Applied, SummaryRun } from "../../protocol";
import { useAsked } from "../ask";
import { attempt } from "../attempt";
import { tellDone } from "../changes/done";
import { Planned } from "../changes/Planned";
import { filesCounted, pathsOf } from "../changes/wording";
import type { Host } from "../host";
import { Button, Failure, Working } from "../parts";
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
	const { answer, error, again } = useAsked((signal) => host.call("summary.placeAll", { runId, where }, { signal }), [runId, where]);
	if (error !== null) return <Failure error={error} onRetry={again} />;
	if (answer === null) return <Working label="Looking at every note that this would change" />;
	const { plan, leftOut = [] } = answer;
	const files = filesCounted(pathsOf(plan?.preview ?? []));
	const placed = async (applied: Applied) => {
		tellDone(host, applied, `Put into ${files}.`);
		// What is in the notes is done with; what is not is kept.
		if (leftOut.length === 0 && done === total) await host.call("summary.forget", { runId });
		onDone();
	};
	return (
		<section class="vl-planned" aria-label="Preview">
			{leftOut.length > 0 && <p>{leftOutTold(answer)}</p>}
			{plan === null ? (
				<>
					<p>There is nothing to write.</p>
					<Button onClick={onBack}>Back</Button>
				</>
			) : (
				<Planned host={host} plan={plan} act={`Change ${files}`} onDone={(applied) => attempt(host, placed(applied))} onBack={onBack} />
			)}
		</section>
	);
}
