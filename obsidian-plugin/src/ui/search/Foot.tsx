/** How many were found, how, and among how many notes. */

import type { Host } from "../host";
import { CoverageLine, LinkButton, counted, number } from "../parts";
import { coverageOf } from "./coverage";
import { PHRASES, meaningOf } from "./modes";
import type { Results } from "./results";
import { useStore } from "../store";

export function Foot({ host, results }: { host: Host; results: Results }) {
	const { found, hits, more } = results;
	const state = useStore(host.state);
	const coverage = found?.answer.coverage ?? coverageOf(state);
	if (coverage === null) return null;
	const total = found?.answer.total ?? 0;
	const how = found && found.answer.mode !== found.mode ? PHRASES[found.answer.mode] : null;
	// Where nothing is the matter with meaning the query itself is the reason: it is short, or has no words.
	const { detail, isMendable } = meaningOf(state);
	return (
		<div class="vl-search-foot">
			<p class="vl-coverage">
				<span role="status">{found && `${counted(total, "result")}${how ? `, ${how}` : ""}`}</span>
				{how && detail && (
					<>
						{`. ${detail} `}
						{isMendable && <LinkButton onClick={() => host.acts.openSettings()}>Open the settings</LinkButton>}
					</>
				)}
				{hits.length > 0 && hits.length < total && (
					<>
						{`, ${number(hits.length)} shown. `}
						{more ? <LinkButton onClick={more}>Show more</LinkButton> : "One more word narrows it down."}
					</>
				)}
			</p>
			<CoverageLine coverage={coverage} />
		</div>
	);
}
