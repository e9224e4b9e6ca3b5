/** Pairs of notes that are close to the threshold: what a slightly different one would leave out, or add. */

import { useState } from "preact/hooks";

import type { EdgeCase } from "../../protocol";
import { Expander } from "../changes/Expander";
import { NoteLink } from "../changes/NoteLink";
import type { Host } from "../host";
import { counted } from "../parts";
import { Difference } from "./Difference";
import { percent, titleOf } from "./wording";

export function Edges({ host, edges, threshold }: { host: Host; edges: readonly EdgeCase[]; threshold: number }) {
	const [isOpen, setOpen] = useState(false);
	if (edges.length === 0) return null;
	return (
		<section class="vl-edges">
			<Expander host={host} level={3} isOpen={isOpen} onToggle={() => setOpen(!isOpen)}>
				{`Close to the limit: ${counted(edges.length, "pair")}`}
			</Expander>
			{isOpen && (
				<ul class="vl-edge-list">
					{edges.map((edge) => (
						<Edge key={edge.notes.join("\n")} host={host} edge={edge} isAbove={edge.similarity >= threshold} />
					))}
				</ul>
			)}
		</section>
	);
}

function Edge({ host, edge, isAbove }: { host: Host; edge: EdgeCase; isAbove: boolean }) {
	const [isCompared, setCompared] = useState(false);
	const [one, other] = edge.notes;
	return (
		<li>
			<p>
				<strong>{percent(edge.similarity)}</strong> <NoteLink host={host} path={one}>{titleOf(one)}</NoteLink>
				{" and "}
				<NoteLink host={host} path={other}>{titleOf(other)}</NoteLink>
				<span class="vl-muted">{isAbove ? " · listed" : " · not listed"}</span>
			</p>
			<button
				type="button"
				aria-expanded={isCompared}
				aria-label={`Compare ${titleOf(one)} with ${titleOf(other)}`}
				onClick={() => setCompared(!isCompared)}
			>
				Compare
			</button>
			{isCompared && <Difference host={host} left={one} right={other} onClose={() => setCompared(false)} />}
		</li>
	);
}
