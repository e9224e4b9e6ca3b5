/** What was found, or why nothing is shown. */

import type { Host } from "../host";
import { Failure, Working } from "../parts";
import { HitList } from "./HitList";
import { Nothing } from "./Nothing";
import type { Searching } from "./searching";
import { useStore } from "../store";

interface Props {
	host: Host;
	id: string;
	searching: Searching;
	isDraggable: boolean;
}

export function Answers({ host, id, searching, isDraggable }: Props) {
	const { results, choice, details } = searching;
	const { found, hits, error, isBehind, again, more } = results;
	const isReady = useStore(host.state).kind === "ready";
	return (
		<>
			{error !== null && isReady && <Failure error={error} onRetry={again} />}
			{found === null && error === null && isReady && (
				<div class="vl-late">
					<Working label="Searching" />
				</div>
			)}
			{found !== null && hits.length === 0 && <Nothing found={found} onText={searching.write} onMode={searching.setMode} />}
			{found !== null && hits.length > 0 && (
				<HitList
					host={host}
					hits={hits}
					listKey={found.key}
					id={id}
					chosen={choice.index}
					whole={details.whole}
					why={details.why}
					isBehind={isBehind}
					isDraggable={isDraggable}
					onOpen={searching.open}
					onAct={searching.onRowAct}
					onEnd={more}
				/>
			)}
		</>
	);
}
