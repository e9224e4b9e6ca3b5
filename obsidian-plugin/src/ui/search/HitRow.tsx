/** One hit. What is done with it is done with keys, or with the signs at its edge, which only the mouse needs. */

import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

import type { Hit } from "../../protocol";
import type { Host } from "../host";
import { Icon, dotted, folderOf } from "../parts";
import { Passage } from "./Passage";
import { WhyMatched } from "./WhyMatched";

export interface RowProps {
	host: Host;
	hit: Hit;
	index: number;
	/** Of the element, for the box to point to. */
	id: string;
	isChosen: boolean;
	isWhole: boolean;
	isWhyShown: boolean;
	isHovered: boolean;
	isDraggable: boolean;
}

/** What a click on a sign does; told by `data-act`. */
export type RowAct = "insert" | "whole" | "why";

const KINDS: Partial<Record<Hit["kind"], { icon: string; label: string }>> = {
	canvas: { icon: "layout-dashboard", label: "Canvas" },
	base: { icon: "table", label: "Base" },
	attachment: { icon: "paperclip", label: "Attachment" },
};

/** The row as it was, unless something about it is new: so the choice moves through a long list at the cost of two rows. */
export function HitRow(props: RowProps) {
	return useMemo(() => <Row {...props} />, Object.values(props));
}

function Row({ host, hit, index, id, isChosen, isWhole, isWhyShown, isHovered, isDraggable }: RowProps) {
	return (
		<div
			class={`vl-hit ${isChosen ? "is-selected" : ""}`}
			role="option"
			id={id}
			aria-selected={isChosen}
			data-index={index}
			draggable={isDraggable}
		>
			<div class="vl-hit-head">
				<Kind host={host} kind={hit.kind} />
				<span class="vl-hit-title" dir="auto">
					{hit.title}
				</span>
				<span class="vl-hit-folder" dir="auto" title={hit.path}>
					{whereabouts(hit)}
				</span>
			</div>
			<Passage passage={hit.passage} title={hit.title} isWhole={isWhole} />
			{isWhyShown && <WhyMatched why={hit.why} />}
			{isHovered && <Signs host={host} hit={hit} isWhole={isWhole} />}
		</div>
	);
}

function Kind({ host, kind }: { host: Host; kind: Hit["kind"] }) {
	const shown = KINDS[kind];
	if (!shown) return null;
	return (
		<span class="vl-kind">
			<Icon host={host} name={shown.icon} />
			<span class="vl-said">{shown.label}: </span>
		</span>
	);
}

/** Only where the mouse is: signs in every row would take longer to make than all else in the list. */
function Signs({ host, hit, isWhole }: { host: Host; hit: Hit; isWhole: boolean }) {
	return (
		<div class="vl-hit-signs" aria-hidden="true">
			<Sign act="insert" label="Insert a link">
				<Icon host={host} name="link" />
			</Sign>
			{hit.passage.text !== "" && (
				<Sign act="whole" label="Whole passage">
					<Icon host={host} name={isWhole ? "chevron-up" : "chevron-down"} />
				</Sign>
			)}
			<Sign act="why" label="Why it matched">
				?
			</Sign>
		</div>
	);
}

function Sign({ act, label, children }: { act: RowAct; label: string; children: ComponentChildren }) {
	return (
		<span class="vl-sign clickable-icon" data-act={act} title={label}>
			{children}
		</span>
	);
}

/** The folder, and for files that are no notes what they are. */
function whereabouts({ path, kind }: Hit): string {
	return dotted(folderOf(path), kind === "attachment" && path.slice(path.lastIndexOf(".") + 1).toUpperCase());
}
