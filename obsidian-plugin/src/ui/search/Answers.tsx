/** What was found, or why nothing is shown. */

import { useReady } from "../changes/Unready";
import { Failure, Working } from "../parts";
import { HitList, type ListProps } from "./HitList";
import { Nothing } from "./Nothing";

export function Answers(props: ListProps) {
	const { found, hits, error, again } = props.searching.results;
	const isReady = useReady(props.host);
	return (
		<>
			{isReady && error !== null && <Failure error={error} onRetry={again} />}
			{isReady && error === null && found === null && (
				<div class="vl-late">
					<Working label="Searching" />
				</div>
			)}
			{found && (hits.length > 0 ? <HitList {...props} /> : <Nothing found={found} searching={props.searching} />)}
		</>
	);
}
