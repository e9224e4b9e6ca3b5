/** Pairs of notes that are close to the threshold: what a slightly different one would leave out, or add. */

import { useState } from "preact/hooks";

import type { EdgeCase } from "../../protocol";
import { Fold } from "../changes/Expander";
import { NoteLink } from "../changes/NoteLink";
import type { Host } from "../host";
import { counted } from "../parts";
import { Compare, Difference } from "./Difference";
import { percent } from "./wording";

export function Edges({ host, edges, threshold }: { host: Host; edges: readonly EdgeCase[]; threshold: number }) {
	if (edges.length === 0) return null;
	const title = `Close to the limit: ${counted(edges.length, "pair")}`;
	return (
		<Fold host={host} class="vl-edges" name="duplicates.show-edges" title={title}>
			<ul class="vl-edge-list">
				{edges.map((edge) => (
					<Edge key={edge.notes.join("\n")} host={host} edge={edge} isAbove={edge.similarity >= threshold} />
				))}
			</ul>
		</Fold>
	);
}

function Edge({ host, edge: { notes, similarity }, isAbove }: { host: Host; edge: EdgeCase; isAbove: boolean }) {
	const [isCompared, setCompared] = useState(false);
	const [left, right] = notes;
	const toggle = () => setCompared(!isCompared);
	return (
		<li>
			<p>
				<strong>{percent(similarity)}</strong> <NoteLink host={host} path={left} />
				{" and "}
				<NoteLink host={host} path={right} />
				<span class="vl-muted">{isAbove ? " · listed" : " · not listed"}</span>
			</p>
			<Compare left={left} right={right} isOpen={isCompared} onToggle={toggle} />
			{isCompared && <Difference host={host} left={left} right={right} onClose={toggle} />}
		</li>
	);
}
