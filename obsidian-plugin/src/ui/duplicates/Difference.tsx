/** Two notes line by line: side by side where there is room, else what one has above what the other has. */

import { useMemo, useState } from "preact/hooks";

import type { Comparison, SharedPassage } from "../../protocol";
import { useAsked } from "../ask";
import { Line } from "../changes/Line";
import { NoteLink } from "../changes/NoteLink";
import { Select } from "../fields";
import type { Host } from "../host";
import { Button, Muted, Pending, counted, dotted, nameOf, number } from "../parts";
import { Remark } from "./Remark";
import { type Row, excerpt, rowsOf, shortened } from "./rows";
import { percent } from "./wording";

/** Rows that are drawn at a time: a browser that lays out thousands is slow. */
const ROWS = 200;
const EVERY_LINE = 1_000_000;
const AROUND = 3;

const PASSAGE = { passage: "Only the passage in common" };
const VIEWS = { differences: "What differs", whole: "Whole notes" };

type View = keyof typeof PASSAGE | keyof typeof VIEWS;

type Lines = Pick<SharedPassage, "line" | "lastLine">;

interface Props {
	host: Host;
	/** The path of the note that is kept. */
	left: string;
	right: string;
	/** The lines of the right one that stand in the left one, too. */
	passage?: Lines | null | undefined;
	onClose: () => void;
}

export function Difference({ host, left, right, passage, onClose }: Props) {
	const [chosen, setChosen] = useState<View>("passage");
	const view = chosen === "passage" && !passage ? "differences" : chosen;
	const isWhole = view !== "differences";
	// A passage is found among all lines, wherever the notes differ.
	const context = isWhole ? EVERY_LINE : AROUND;
	const asked = useAsked(
		(signal) => host.call("duplicates.compare", { a: left, b: right, context }, { signal }),
		[left, right, context],
	);
	const answer = asked.answer?.left === left && asked.answer.right === right ? asked.answer : null;
	const title = `${nameOf(left)} compared with ${nameOf(right)}`;
	return (
		<section class="vl-difference" aria-label={title} aria-busy={asked.isAsking}>
			<div class="vl-difference-head">
				<p>{title}</p>
				<Select
					label="What is shown of the notes"
					value={view}
					options={{ ...(passage && PASSAGE), ...VIEWS }}
					onChoose={setChosen}
				/>
				<Button onClick={onClose}>Close</Button>
			</div>
			<Pending asked={{ ...asked, answer }} label="Comparing" />
			{answer && asked.error === null && (
				<Compared
					key={`${left}\n${right}\n${view}`}
					host={host}
					comparison={answer}
					passage={view === "passage" ? passage : null}
					isWhole={isWhole}
				/>
			)}
		</section>
	);
}

/** Shows and hides what two notes differ in. */
export function Compare({ left, right, isOpen, onToggle }: { left: string; right: string; isOpen: boolean; onToggle: () => void }) {
	return (
		<Button aria-expanded={isOpen} aria-label={`Compare ${nameOf(left)} with ${nameOf(right)}`} onClick={onToggle}>
			Compare
		</Button>
	);
}

interface RowProps {
	host: Host;
	comparison: Comparison;
	/** Whether lines are shown in full. */
	isWhole: boolean;
}

function Compared({ passage, ...props }: RowProps & { passage: Lines | null | undefined }) {
	const { comparison } = props;
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
			{!passage && <Muted>{summary(comparison)}</Muted>}
			<div class="vl-sides" aria-hidden="true">
				<p class="is-left">
					<span class="vl-line-sign">−</span> {nameOf(comparison.left)}
				</p>
				<p class="is-right">
					<span class="vl-line-sign">+</span> {nameOf(comparison.right)}
				</p>
			</div>
			<div class="vl-rows" role="list" aria-label="Lines">
				{Array.from({ length: Math.ceil(shown / ROWS) }, (_, page) => (
					<Rows key={page} {...props} rows={rows} from={page * ROWS} />
				))}
			</div>
			{more > 0 && (
				<Remark told={`${counted(more, "more line")} not shown`} onClick={() => setShown(shown + ROWS)}>
					{`Show ${number(Math.min(more, ROWS))} more`}
				</Remark>
			)}
		</>
	);
}

/** Some of the rows, which are drawn once, however many follow. */
function Rows({ rows, from, ...props }: RowProps & { rows: readonly Row[]; from: number }) {
	return useMemo(
		() => (
			<>
				{rows.slice(from, from + ROWS).map((row, place) => (
					<ComparedRow key={place} {...props} row={row} />
				))}
			</>
		),
		[rows],
	);
}

/** A comparison in figures. */
function summary({ similarity, same, changed, removed, added }: Comparison): string {
	return dotted(
		`${percent(similarity)} in common`,
		`${counted(same, "line")} the same`,
		changed > 0 && `${number(changed)} changed`,
		removed > 0 && `${number(removed)} only in the first`,
		added > 0 && `${number(added)} only in the second`,
	);
}

function ComparedRow({ row, ...props }: RowProps & { row: Row }) {
	if (row.kind !== "line") {
		return (
			<div class="vl-row is-gap" role="listitem">
				{row.kind === "gap" ? `${counted(row.count, "line")} the same` : `${counted(row.count, "more line")} that differ, too many to show`}
			</div>
		);
	}
	return (
		<div class={`vl-row is-${row.line.kind}`} role="listitem">
			<Side {...props} row={row} name="left" />
			<Side {...props} row={row} name="right" />
		</div>
	);
}

interface SideProps extends RowProps {
	row: Row & { kind: "line" };
	name: "left" | "right";
}

function Side({ host, comparison, isWhole, row, name }: SideProps) {
	const { kind } = row.line;
	const pieces = row.line[name];
	const line = row[name];
	if (pieces === null || line === null) return <div class={`vl-side is-${name} is-blank`} />;
	const isLeft = name === "left";
	const Mark = isLeft ? "del" : "ins";
	const isSame = kind === "same";
	const isAlone = !isSame && kind !== "changed";
	const path = comparison[name];
	const link = (
		<NoteLink host={host} path={path} line={line - 1}>
			{number(line)}
		</NoteLink>
	);
	// What is the same on both sides is read out once.
	return (
		<div class={`vl-side is-${name}`} aria-hidden={isSame && !isLeft ? "true" : undefined}>
			<Line at={isSame ? number(line) : link} sign={isSame ? "" : isLeft ? "−" : "+"} said={!isSame && `In ${nameOf(path)}`}>
				{(isWhole ? pieces : shortened(pieces)).map(({ same, text }) =>
					isAlone || !same ? <Mark class={isAlone ? "is-whole" : ""}>{text}</Mark> : text,
				)}
			</Line>
		</div>
	);
}
