/** A plan with what it would do, carried out when that is wanted. */

import { useState } from "preact/hooks";

import type { Applied, Plan } from "../../protocol";
import type { Host } from "../host";
import { Button } from "../parts";
import { carryOut } from "./carrying";
import { Conflicts } from "./Outcome";
import { PlanPreview } from "./PlanPreview";
import { useTelling } from "./telling";
import { conflictTold, failureTold, isWhole } from "./wording";

interface Props {
	host: Host;
	plan: Plan;
	/** What stands on the button that carries it out. */
	act: string;
	onDone: (applied: Applied) => void;
	/** What stands on the other one. */
	back?: string;
	onBack: () => void;
}

export function Planned({ host, plan, act, onDone, back = "Back", onBack }: Props) {
	const [isBusy, setBusy] = useState(false);
	const [against, setAgainst] = useState<Applied | string | null>(null);
	const telling = useTelling(host);
	const apply = async () => {
		setBusy(true);
		setAgainst(null);
		try {
			const applied = await carryOut(host, plan);
			if (applied === null) return;
			const [first] = applied.conflicts;
			if (isWhole(applied)) onDone(applied);
			else if (!first || !telling.elsewhere(conflictTold(first))) setAgainst(applied);
		} catch (error) {
			if (!telling.elsewhere(failureTold(error))) setAgainst(failureTold(error));
		} finally {
			setBusy(false);
		}
	};
	return (
		<>
			<PlanPreview plan={plan} />
			{against !== null && (
				<div class="vl-failure" role="alert">
					<p>{typeof against === "string" ? against : "Notes are not what they were when this was planned:"}</p>
					{typeof against !== "string" && <Conflicts conflicts={against.conflicts} />}
				</div>
			)}
			<div class="vl-buttons">
				{/* A plan is carried out once, and then it is another preview that is wanted. */}
				{against === null && (
					<Button isMain disabled={isBusy} onClick={() => void apply()}>
						{act}
					</Button>
				)}
				<Button disabled={isBusy} onClick={onBack}>
					{back}
				</Button>
			</div>
		</>
	);
}
