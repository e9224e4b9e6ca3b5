/** What models cost today and this month, against what they may; and who writes, or that nobody does. */

import type { CapLeft } from "../../protocol";
import { costTold } from "../../writing/placing";
import { useAsked } from "../ask";
import type { Host } from "../host";
import { NoModel } from "../models/NoModel";
import { useWriter } from "../models/writer";
import { Failure, Muted } from "../parts";
import { useStore } from "../store";

const SPANS: Partial<Record<CapLeft["cap"], string>> = { day: "Today", month: "This month" };

export function Spending({ host }: { host: Host }) {
	const { answer, error, again } = useAsked((signal) => spent(host, signal), [useStore(host.generation)]);
	const writer = useWriter(host);
	if (error !== null) return <Failure error={error} onRetry={again} />;
	if (writer === null || answer === null) return null;
	if (writer === "") {
		return <NoModel host={host} can="Summaries are made of the notes' own sentences, and questions are answered with passages." />;
	}
	const { caps, features, notice } = answer;
	return (
		<section class="vl-spending" aria-label="Models that write">
			<p>
				Written by <strong>{writer}</strong>
			</p>
			<ul>
				{caps.map((cap) => (
					<Cap key={cap.cap} {...cap} />
				))}
			</ul>
			{features !== "" && <Muted>{`This month in this vault: ${features}`}</Muted>}
			{notice != null && <Muted>{notice}</Muted>}
		</section>
	);
}

/** The budgets, and what this month was spent for. */
async function spent(host: Host, signal: AbortSignal) {
	const budget = await host.call("usage.budget", {}, { signal });
	const { rows } = await host.call("usage.summary", { by: "feature", since: `${budget.day.slice(0, 7)}-01` }, { signal });
	const features = rows.filter(({ costUsd }) => Number(costUsd) > 0).map(({ key, costUsd }) => `${key} ${costTold(costUsd)}`);
	return { ...budget, features: features.join(" · ") };
}

function Cap({ cap, spentUsd, limitUsd }: CapLeft) {
	const span = SPANS[cap];
	if (!span) return null;
	const [spent, limit] = [Number(spentUsd), Number(limitUsd)];
	const told = `${span}: ${costTold(spentUsd, "nothing")} of $${limit.toFixed(2)}`;
	return (
		<li>
			<span>{told}</span>
			<progress value={Math.min(spent, limit)} max={limit || 1} aria-label={told} />
		</li>
	);
}
