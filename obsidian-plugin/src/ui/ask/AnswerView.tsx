/** What an answer rests on, how it was made, and what can be done with it. */

import { useTold } from "../../writing/placing";
import type { Host } from "../host";
import { NoModel } from "../models/NoModel";
import { Icon, Muted, nameOf, whereTo } from "../parts";
import { Taken } from "../Taken";
import type { Answer } from "./asking";

type Citation = Answer["citations"][number];

/** `hasModel`: false when nobody is chosen who could write an answer. */
export function AnswerView({ host, answer, hasModel }: { host: Host; answer: Answer; hasModel: boolean }) {
	const { citations, passages, method, abstained, usage, notice } = answer;
	const without = method === "passages" && !abstained;
	return (
		<>
			{abstained && <p class="vl-ask-abstained">The vault does not say. These passages come closest:</p>}
			{without && <Muted>Passages that may answer it:</Muted>}
			<Sources host={host} sources={citations.length > 0 && !abstained ? citations : passages} />
			{notice !== null && (hasModel || !without) && <Muted>{notice}</Muted>}
			{without && !hasModel && <NoModel host={host} can="You see passages of your notes in the place of an answer." />}
			<div class="vl-buttons vl-ask-foot">
				{usage && <span class="vl-muted">{useTold(usage)}</span>}
				{!abstained && <Taken host={host} text={answer.text} what="Answer" />}
			</div>
		</>
	);
}

/** What is cited, or, where nothing is, a passage nearest to the question. */
type Source = Citation | Answer["passages"][number];

function Sources({ host, sources }: { host: Host; sources: readonly Source[] }) {
	if (sources.length === 0) return null;
	return (
		<ol class="vl-ask-sources" aria-label="Passages">
			{sources.map((each, place) => (
				<li key={place} class="vl-ask-source">
					<button
						type="button"
						class="vl-link"
						onClick={(event) => void host.openNote(each.path, whereTo(event), each.line)}
						onMouseOver={(event) => host.hoverLink(event, event.currentTarget, each.path)}
					>
						{"quote" in each && `${each.id} · `}
						{nameOf(each.path)}
						{each.heading ? ` › ${each.heading}` : ""}
					</button>
					{"quote" in each && !each.supported && (
						<span class="vl-ask-unsupported">
							<Icon host={host} name="triangle-alert" /> does not seem to say all it is named for
						</span>
					)}
					<blockquote dir="auto">{"quote" in each ? each.quote : each.text}</blockquote>
				</li>
			))}
		</ol>
	);
}
