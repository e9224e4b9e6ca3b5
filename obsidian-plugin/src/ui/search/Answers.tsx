/** What was found, or why nothing is shown. */

import type { Host } from "../host";
import { Button, Failure, Working, number } from "../parts";
import { Foot } from "./Foot";
import { HitList } from "./HitList";
import { Nothing } from "./Nothing";
import type { Searching } from "./searching";

interface Props {
	host: Host;
	id: string;
	searching: Searching;
	isDraggable: boolean;
}

/** So near to the end of the list, in pixels, are further hits fetched. */
const NEAR_END = 300;

export function Answers({ host, id, searching, isDraggable }: Props) {
	const { results, choice, details } = searching;
	const { found, hits, error, isBehind, again, more } = results;
	const isReady = host.state.value.kind === "ready";
	const onScroll = (event: Event) => {
		const { scrollHeight, scrollTop, clientHeight } = event.currentTarget as HTMLElement;
		if (scrollHeight - scrollTop - clientHeight < NEAR_END) more?.();
	};
	return (
		<>
			{error !== null && isReady && <Failure error={error} onRetry={again} />}
			<div class={`librarian-scroll ${isBehind ? "is-behind" : ""}`} onScroll={onScroll}>
				{found === null && error === null && isReady && (
					<div class="librarian-late">
						<Working label="Searching" />
					</div>
				)}
				{found !== null && hits.length === 0 && (
					<Nothing found={found} onText={searching.write} onMode={searching.setMode} />
				)}
				{found !== null && hits.length > 0 && (
					<HitList
						host={host}
						hits={hits}
						id={id}
						chosen={choice.index}
						whole={details.whole}
						why={details.why}
						isDraggable={isDraggable}
						onOpen={searching.open}
						onAct={searching.onRowAct}
					/>
				)}
				{found !== null && hits.length > 0 && <Rest shown={hits.length} total={found.answer.total} more={more} />}
			</div>
			{found !== null && <Foot host={host} found={found} />}
		</>
	);
}

/** What is not listed yet. */
function Rest({ shown, total, more }: { shown: number; total: number; more: (() => void) | undefined }) {
	if (shown >= total) return null;
	return (
		<div class="librarian-rest">
			<span>{`The first ${number(shown)} of ${number(total)}. `}</span>
			{more ? <Button onClick={more}>Show more</Button> : <span>One more word narrows it down.</span>}
		</div>
	);
}
