/** What models cost today and this month, against what they may; and who writes, or that nobody does. */

import type { CapLeft } from "../../protocol";
import { costTold } from "../../writing/placing";
import { useAsked } from "../ask";
import type { Host } from "../host";
import { NoModel } from "../models/NoModel";
import { useWriter } from "../models/writer";
import { Failure } from "../parts";
import { useStore } from "../store";

const SPANS: Partial<Record<CapLeft["cap"], string>> = { day: "Today", month: "This month" };

export function Spending({ host }: { host: Host }) {
	const budget = useAsked((signal) => spent(host, signal), [useStore(host.generation)]);
	const writer = useWriter(host);
	if (budget.error !== null) return <Failure error={budget.error} onRetry={budget.again} />;
	if (writer === null || budget.answer === null) return null;
	if (writer === "") {
		return <NoModel host={host} can="Summaries are made of the notes' own sentences, and questions are answered with passages." />;
	}
	return (
		<section class="vl-spending" aria-label="Models that write">
			<p>
				Written by <strong>{writer}</strong>
			</p>
			<ul>
				{budget.answer.caps.map((cap) => SPANS[cap.cap] !== undefined && <Cap key={cap.cap} cap={cap} span={SPANS[cap.cap] ?? ""} />)}
			</ul>
			{budget.answer.features !== "" && <p class="vl-muted">{`This month in this vault: ${budget.answer.features}`}</p>}
			{budget.answer.notice != null && <p class="vl-muted">{budget.answer.notice}</p>}
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

function Cap({ cap, span }: { cap: CapLeft; span: string }) {
	const [spent, limit] = [Number(cap.spentUsd), Number(cap.limitUsd)];
	const told = `${span}: ${spent === 0 ? "nothing" : costTold(cap.spentUsd)} of $${limit.toFixed(2)}`;
	return (
		<li>
			<span>{told}</span>
			<progress value={Math.min(spent, limit)} max={limit || 1} aria-label={told} />
		</li>
	);
}
