/** Two notes line by line: side by side where there is room, else what one has above what the other has. */

import { useMemo, useState } from "preact/hooks";

import type { Comparison, Piece, SharedPassage } from "../../protocol";
import { useAsked } from "../ask";
import { NoteLink } from "../changes/NoteLink";
import { failureTold } from "../changes/wording";
import type { Host } from "../host";
import { Button, Failure, Working, counted, number } from "../parts";
import { type Row, excerpt, rowsOf, shortened } from "./rows";
import { percent, titleOf } from "./wording";

/** Rows that are drawn at a time: a browser that lays out thousands is slow. */
const ROWS = 200;
const EVERY_LINE = 1_000_000;
const AROUND = 3;

type View = "passage" | "differences" | "whole";

const VIEWS: Record<View, string> = {
	passage: "Only the passage in common",
	differences: "What differs",
	whole: "Whole notes",
};

interface Props {
	host: Host;
	/** The path of the note that is kept. */
	left: string;
	right: string;
	/** The lines of the right one that stand in the left one, too. */
	passage?: Pick<SharedPassage, "line" | "lastLine"> | null;
	onClose: () => void;
}

export function Difference({ host, left, right, passage = null, onClose }: Props) {
	const [chosen, setChosen] = useState<View>("passage");
	const view = chosen === "passage" && passage === null ? "differences" : chosen;
	// A passage is found among all lines, wherever the notes differ.
	const context = view === "differences" ? AROUND : EVERY_LINE;
	const asked = useAsked(
		(signal) => host.call("duplicates.compare", { a: left, b: right, context }, { signal }),
		[left, right, context],
	);
	const { answer, error } = asked;
	const isCurrent = answer?.left === left && answer.right === right;
	const title = `${titleOf(left)} compared with ${titleOf(right)}`;
	return (
		<section class="vl-difference" aria-label={title} aria-busy={asked.isAsking}>
			<div class="vl-difference-head">
				<p>{title}</p>
				<Views view={view} hasPassage={passage !== null} onChoose={setChosen} />
				<Button onClick={onClose}>Close</Button>
			</div>
			{error !== null && <Failure error={failureTold(error)} onRetry={asked.again} />}
			{error === null && !isCurrent && <Working label="Comparing" />}
			{error === null && isCurrent && (
				<Compared
					key={`${left}\n${right}\n${view}`}
					host={host}
					comparison={answer}
					passage={view === "passage" ? passage : null}
					isWhole={view !== "differences"}
				/>
			)}
		</section>
	);
}

function Views({ view, hasPassage, onChoose }: { view: View; hasPassage: boolean; onChoose: (view: View) => void }) {
	const views = (Object.keys(VIEWS) as View[]).filter((each) => hasPassage || each !== "passage");
	return (
		<select
			class="dropdown"
			aria-label="What is shown of the notes"
			value={view}
			onChange={(event) => onChoose(event.currentTarget.value as View)}
		>
			{views.map((each) => (
				<option key={each} value={each}>
					{VIEWS[each]}
				</option>
			))}
		</select>
	);
}

interface ComparedProps {
	host: Host;
	comparison: Comparison;
	passage: Pick<SharedPassage, "line" | "lastLine"> | null;
	isWhole: boolean;
}

function Compared({ host, comparison, passage, isWhole }: ComparedProps) {
	const [shown, setShown] = useState(ROWS);
	const rows = useMemo(() => {
		const all = rowsOf(comparison);
		return passage ? excerpt(all, passage.line, passage.lastLine) : all;
	}, [comparison, passage]);
	if (comparison.hunks.length === 0) {
		return <p>Both say the same. Line ends and spaces at the end of lines are not looked at.</p>;
	}
	const more = rows.length - shown;
	return (
		<>
			{!passage && <p class="vl-muted">{summary(comparison)}</p>}
			<div class="vl-sides" aria-hidden="true">
				<p class="is-left">
					<span class="vl-line-sign">−</span> {titleOf(comparison.left)}
				</p>
				<p class="is-right">
					<span class="vl-line-sign">+</span> {titleOf(comparison.right)}
				</p>
			</div>
			<div class="vl-rows" role="list" aria-label="Lines">
				{Array.from({ length: Math.ceil(shown / ROWS) }, (_, page) => (
					<Rows key={page} host={host} rows={rows} from={page * ROWS} comparison={comparison} isWhole={isWhole} />
				))}
			</div>
			{more > 0 && (
				<p class="vl-more">
					<span class="vl-muted">{`${counted(more, "more line")} not shown`}</span>
					<Button onClick={() => setShown(shown + ROWS)}>{`Show ${number(Math.min(more, ROWS))} more`}</Button>
				</p>
			)}
		</>
	);
}

/** Some of the rows, which are drawn once, however many follow. */
function Rows({ host, rows, from, comparison, isWhole }: Omit<RowProps, "row"> & { rows: readonly Row[]; from: number }) {
	return useMemo(
		() => (
			<>
				{rows.slice(from, from + ROWS).map((row, place) => (
					<ComparedRow key={place} host={host} row={row} comparison={comparison} isWhole={isWhole} />
				))}
			</>
		),
		[host, rows, from, comparison, isWhole],
	);
}

/** A comparison in figures. */
export function summary({ similarity, same, changed, removed, added }: Comparison): string {
	const told = [`${percent(similarity)} in common`, `${counted(same, "line")} the same`];
	if (changed > 0) told.push(`${number(changed)} changed`);
	if (removed > 0) told.push(`${number(removed)} only in the first`);
	if (added > 0) told.push(`${number(added)} only in the second`);
	return told.join(" · ");
}

interface RowProps {
	host: Host;
	row: Row;
	comparison: Comparison;
	isWhole: boolean;
}

function ComparedRow({ host, row, comparison, isWhole }: RowProps) {
	if (row.kind !== "line") {
		const isSame = row.kind === "gap";
		const told = isSame ? `${counted(row.count, "line")} the same` : `${counted(row.count, "more line")} that differ, too many to show`;
		return (
			<div class="vl-row is-gap" role="listitem">
				{told}
			</div>
		);
	}
	const { kind, left, right } = row.line;
	const side = (name: "left" | "right", pieces: Piece[] | null, line: number | null) => (
		<Side
			host={host}
			name={name}
			kind={kind}
			pieces={pieces && (isWhole ? pieces : shortened(pieces))}
			line={line}
			path={comparison[name]}
		/>
	);
	return (
		<div class={`vl-row is-${kind}`} role="listitem">
			{side("left", left, row.left)}
			{side("right", right, row.right)}
		</div>
	);
}

interface SideProps {
	host: Host;
	name: "left" | "right";
	kind: "same" | "changed" | "removed" | "added";
	pieces: Piece[] | null;
	line: number | null;
	path: string;
}

function Side({ host, name, kind, pieces, line, path }: SideProps) {
	if (pieces === null || line === null) return <div class={`vl-side is-${name} is-blank`} />;
	const isSame = kind === "same";
	const Mark = name === "left" ? "del" : "ins";
	const isAlone = kind === "removed" || kind === "added";
	// What is the same on both sides is read out once.
	return (
		<div class={`vl-side is-${name}`} aria-hidden={isSame && name === "right" ? "true" : undefined}>
			<span class="vl-line-number">
				{isSame ? (
					number(line)
				) : (
					<NoteLink host={host} path={path} line={line - 1}>
						{number(line)}
					</NoteLink>
				)}
			</span>
			<span class="vl-line-sign" aria-hidden="true">
				{isSame ? "" : name === "left" ? "−" : "+"}
			</span>
			<span class="vl-line-text">
				{!isSame && <span class="vl-unseen">{`In ${titleOf(path)}: `}</span>}
				{pieces.map((piece, place) =>
					isAlone || !piece.same ? (
						<Mark key={place} class={isAlone ? "is-whole" : ""}>
							{piece.text}
						</Mark>
					) : (
						<span key={place}>{piece.text}</span>
					),
				)}
			</span>
		</div>
	);
}
