/** What an act of a model will cost: told before it is begun, and asked about where it is much. */

import { type CapLeft, type CostEstimate, ERRORS } from "../../protocol";
import { failedWith } from "../../rpc";
import { costTold } from "../../writing/placing";
import { useAsked } from "../ask";
import type { Host } from "../host";
import { LinkButton, number } from "../parts";

const SPANS: Record<CapLeft["cap"], string> = { call: "one request", run: "one run", day: "today", month: "this month" };
/** So long nothing is typed before a price is asked for. */
const QUIET_MS = 400;

/** Model and price in a line; empty where no model will be asked. */
export function priceTold({ provider, model, local, calls, cached, costUsd, expectedMs }: CostEstimate): string {
	if (model === null || calls === 0) return "";
	const time = local && expectedMs !== null ? `, about ${Math.ceil(expectedMs / 1000)} s` : "";
	const cost = costTold(costUsd ?? "0");
	const isWords = /^[a-z]/.test(cost);
	const price = cached === calls ? "kept from before, no cost" : isWords ? cost + time : `about ${cost}`;
	return `${provider} ${model} · ${price}`;
}

function capTold({ cap, leftUsd, limitUsd }: CapLeft): string {
	return `The budget for ${SPANS[cap]} leaves no room for it: ${costTold(leftUsd, "nothing")} of ${costTold(limitUsd, "nothing")} is left.`;
}

/** Whether an act is wanted at its price: asked from the sum on that the person chose, and where a budget may end it in its midst. */
export async function agreed(host: Host, estimate: CostEstimate): Promise<boolean> {
	const { provider, model, calls, cached, inputTokens, costUsd, atMostUsd, leftUsd, asks, exceeds } = estimate;
	const requests = calls - cached;
	if (exceeds && requests === 1) {
		host.notice(capTold(exceeds), { label: "Change it", run: host.acts.openSettings });
		return false;
	}
	if (!asks && !exceeds) return true;
	const sent = `Some ${number(inputTokens)} tokens of your notes are sent to ${provider} (${model}), in ${requests === 1 ? "one request" : `${requests} requests`}.`;
	const left = exceeds ? `${capTold(exceeds)} What is done by then is kept.` : `${costTold(leftUsd ?? "0")} may still be spent.`;
	return host.confirm({
		title: `This will cost about ${costTold(costUsd ?? "0")}`,
		body: `${sent} It costs ${costTold(atMostUsd ?? "0")} at most. ${left}`,
		confirm: "Go on",
	});
}

/** The line below a button that spends. `before`: what is told while there is no price, as when nothing is asked yet. */
export function Price(props: {
	host: Host;
	ask: ((signal: AbortSignal) => Promise<CostEstimate>) | null;
	inputs: readonly unknown[];
	before?: string;
}) {
	const { host, ask, inputs, before = "" } = props;
	const { answer, error } = useAsked(ask, inputs, QUIET_MS);
	const isUnknown = failedWith(error, ERRORS.PriceUnknown);
	const told = isUnknown ? error.message : (answer && priceTold(answer)) || before;
	return (
		<span class="vl-muted vl-price">
			{told}
			{answer?.exceeds && !isUnknown && (
				<>
					{` · ${capTold(answer.exceeds)} `}
					<LinkButton onClick={host.acts.openSettings}>Change it</LinkButton>
				</>
			)}
		</span>
	);
}
