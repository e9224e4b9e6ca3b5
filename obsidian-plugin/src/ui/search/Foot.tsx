/** How many were found, how, and among how many notes. */

import type { Host } from "../host";
import { CoverageLine, LinkButton, counted, number } from "../parts";
import { coverageOf } from "./coverage";
import { meaningOf, phraseOf } from "./modes";
import type { Results } from "./results";
import { useStore } from "../store";

export function Foot({ host, results }: { host: Host; results: Results }) {
	const { found, hits, more } = results;
	const state = useStore(host.state);
	const coverage = found?.answer.coverage ?? coverageOf(state);
	if (coverage === null) return null;
	const total = found?.answer.total ?? 0;
	return (
		<div class="vl-search-foot">
			<p class="vl-coverage">
				<span role="status">{found && `${counted(total, "result")}${otherwise(found.answer.mode, found.mode)}`}</span>
				{found && found.answer.mode !== found.mode && <Reason host={host} />}
				{hits.length > 0 && hits.length < total && <Rest shown={hits.length} more={more} />}
			</p>
			<CoverageLine coverage={coverage} />
		</div>
	);
}

/** How it was answered, when that is not how it was asked. */
function otherwise(answered: Parameters<typeof phraseOf>[0], asked: string): string {
	return answered === asked ? "" : `, ${phraseOf(answered)}`;
}

/** Why it was answered otherwise; nothing where the query itself is the reason: it is short, or has no words. */
function Reason({ host }: { host: Host }) {
	const { kind, detail } = meaningOf(useStore(host.state));
	if (kind === "ready" || kind === "unknown") return null;
	return (
		<>
			{". "}
			{detail}{" "}
			{kind !== "reading" && (
				<LinkButton onClick={() => host.acts.openSettings()}>Open the settings</LinkButton>
			)}
		</>
	);
}

/** What is not listed yet. */
function Rest({ shown, more }: { shown: number; more: (() => void) | undefined }) {
	return (
		<>
			{`, ${number(shown)} shown. `}
			{more ? (
				<LinkButton onClick={more}>Show more</LinkButton>
			) : (
				"One more word narrows it down."
			)}
		</>
	);
}
