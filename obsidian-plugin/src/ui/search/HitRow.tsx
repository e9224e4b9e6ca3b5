/** One hit. What is done with it is done with keys, or with the signs at its edge, which only the mouse needs. */

import { useMemo } from "preact/hooks";

import type { Hit } from "../../protocol";
import type { Host } from "../host";
import { Icon, folderOf } from "../parts";
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
	isDraggable: boolean;
}

/** What a click on a sign does; told by `data-act`. */
export type RowAct = "insert" | "whole" | "why";

const KINDS: Record<Hit["kind"], { icon: string; label: string } | null> = {
	note: null,
	canvas: { icon: "layout-dashboard", label: "Canvas" },
	base: { icon: "table", label: "Base" },
	attachment: { icon: "paperclip", label: "Attachment" },
};

/** The row as it was, unless something about it is new: so the choice moves through a long list at the cost of two rows. */
export function HitRow(props: RowProps) {
	return useMemo(() => <Row {...props} />, Object.values(props));
}

function Row({ host, hit, index, id, isChosen, isWhole, isWhyShown, isDraggable }: RowProps) {
	return (
		<div
			class={`librarian-hit ${isChosen ? "is-selected" : ""}`}
			role="option"
			id={id}
			aria-selected={isChosen}
			data-index={index}
			draggable={isDraggable}
		>
			<div class="librarian-hit-head">
				<Kind host={host} kind={hit.kind} />
				<span class="librarian-hit-title" dir="auto">
					{hit.title}
				</span>
				<span class="librarian-hit-folder" dir="auto">
					{whereabouts(hit)}
				</span>
			</div>
			<Passage passage={hit.passage} title={hit.title} isWhole={isWhole} />
			{isWhyShown && <WhyMatched why={hit.why} />}
			<div class="librarian-hit-signs" aria-hidden="true">
				<Sign host={host} act="insert" icon="link" label="Insert a link" />
				{hit.passage.text !== "" && (
					<Sign host={host} act="whole" icon={isWhole ? "chevron-up" : "chevron-down"} label="Whole passage" />
				)}
				<Sign host={host} act="why" icon="help-circle" label="Why it matched" />
			</div>
		</div>
	);
}

function Kind({ host, kind }: { host: Host; kind: Hit["kind"] }) {
	const shown = KINDS[kind];
	if (shown === null) return null;
	return (
		<span class="librarian-kind">
			<Icon host={host} name={shown.icon} />
			<span class="librarian-said">{shown.label}: </span>
		</span>
	);
}

function Sign({ host, act, icon, label }: { host: Host; act: RowAct; icon: string; label: string }) {
	return (
		<span class="librarian-sign clickable-icon" data-act={act} title={label}>
			<Icon host={host} name={icon} />
		</span>
	);
}

/** The folder, and for files that are no notes what they are. */
function whereabouts({ path, kind }: Hit): string {
	const extension = kind === "attachment" ? path.slice(path.lastIndexOf(".") + 1).toUpperCase() : "";
	return [folderOf(path), extension].filter((each) => each !== "").join(" · ");
}
