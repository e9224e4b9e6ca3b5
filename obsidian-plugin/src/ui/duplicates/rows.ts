/** A comparison as rows to be drawn, with the lines numbered and what is left out between them counted. */

import type { ComparedLine, Comparison, Piece } from "../../protocol";

export type Row =
	/** Lines that are the same and are not shown. */
	| { kind: "gap"; count: number }
	/** Lines that differ and are not shown, since the notes are very long. */
	| { kind: "untold"; count: number }
	| { kind: "line"; line: ComparedLine; left: number | null; right: number | null };

/** Numbers are 1-based. */
export function rowsOf(comparison: Comparison): Row[] {
	const rows: Row[] = [];
	let left = 0;
	let told = 0;
	for (const hunk of comparison.hunks) {
		const gap = hunk.leftLine - left;
		if (gap > 0) rows.push({ kind: "gap", count: gap });
		told += Math.max(gap, 0);
		left = hunk.leftLine;
		let right = hunk.rightLine;
		for (const line of hunk.lines) {
			rows.push({ kind: "line", line, left: line.left && left + 1, right: line.right && right + 1 });
			if (line.left) left += 1;
			if (line.right) right += 1;
			if (line.kind === "same") told += 1;
		}
	}
	if (comparison.more > 0) rows.push({ kind: "untold", count: comparison.more });
	else if (comparison.hunks.length > 0 && comparison.same > told) rows.push({ kind: "gap", count: comparison.same - told });
	return rows;
}

/** Only what stands in these lines of the right note, which count from 0: the passage that two notes share. */
export function excerpt(rows: readonly Row[], first: number, last: number): Row[] {
	return rows.filter((row) => row.kind === "line" && row.right !== null && row.right > first && row.right <= last + 1);
}

/** Characters that are kept around a change; a paragraph is one line. */
const KEPT = 80;
const MOST = 2000;

/** The pieces of a line, without the middles of long ones that are the same on both sides. */
export function shortened(pieces: readonly Piece[]): Piece[] {
	return pieces.map((piece, place) => {
		const most = piece.same ? 3 * KEPT : MOST;
		if (piece.text.length <= most) return piece;
		if (!piece.same) return { ...piece, text: `${piece.text.slice(0, MOST)}…` };
		const isOnly = pieces.length === 1;
		const head = place === 0 && !isOnly ? "" : piece.text.slice(0, isOnly ? 2 * KEPT : KEPT);
		const tail = place === pieces.length - 1 ? "" : piece.text.slice(-KEPT);
		return { ...piece, text: `${head}…${tail}` };
	});
}
