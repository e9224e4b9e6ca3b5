//! Two texts side by side: which lines differ, and in a changed line, which words.
//!
//! Line ends, white space at the end of a line and blank lines at the end of a text are no difference. A line that was changed stands
//! beside its counterpart, so that one answer is drawn in one column or in two.

mod pairing;
mod words;

use std::ops::Range;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use pairing::paired;
use words::pieces;

/// What a line and a piece cost besides their text, or millions of short ones would make an answer that nobody can take.
const LINE_BYTES: usize = 50;
const PIECE_BYTES: usize = 30;

/// A part of a line; what is not the same stands on its side only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    pub text: &'a str,
    pub same: bool,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Same,
    Changed,
    Removed,
    Added,
}

/// A line of either text, or of both; without its line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    pub kind: Kind,
    pub left: Option<Vec<Piece<'a>>>,
    pub right: Option<Vec<Piece<'a>>>,
}

/// Lines that differ, with what is around them; `left_line` and `right_line` count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk<'a> {
    pub left_line: usize,
    pub right_line: usize,
    pub lines: Vec<Line<'a>>,
}

/// What two texts differ in.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Comparison<'a> {
    pub hunks: Vec<Hunk<'a>>,
    /// Lines of each kind in the whole texts.
    pub same: usize,
    pub changed: usize,
    pub removed: usize,
    pub added: usize,
    /// Lines that differ and are not in `hunks`, because those would be too large.
    pub more: usize,
}

/// How much of a comparison is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Lines around a difference.
    pub context: usize,
    /// Bytes of all hunks, about as they are sent, after which no more lines are given; the last one may go beyond.
    pub bytes: usize,
    /// Past it, what is found is coarser than it could be, and still right.
    pub patience: Duration,
}

/// A line by its places in both texts.
#[derive(Debug, Clone, Copy)]
struct Row {
    kind: Kind,
    left: Option<usize>,
    right: Option<usize>,
}

/// Compare two texts, line by line and then word by word.
pub fn compare<'a>(left: &'a str, right: &'a str, bounds: Bounds) -> Comparison<'a> {
    let deadline = Instant::now() + bounds.patience;
    // Half of the time is left for words.
    let rows_deadline = Instant::now() + bounds.patience / 2;
    let (left, right) = (lines(left), lines(right));
    let rows = rows(&left, &right, rows_deadline);
    let count = |kind| rows.iter().filter(|row| row.kind == kind).count();
    let mut found = Comparison {
        same: count(Kind::Same),
        changed: count(Kind::Changed),
        removed: count(Kind::Removed),
        added: count(Kind::Added),
        ..Comparison::default()
    };
    let mut room = bounds.bytes;
    let (mut at, mut left_line, mut right_line) = (0, 0, 0);
    for stretch in stretches(&rows, bounds.context) {
        let passed = &rows[at..stretch.start];
        left_line += passed.iter().filter(|row| row.left.is_some()).count();
        right_line += passed.iter().filter(|row| row.right.is_some()).count();
        at = stretch.start;
        let mut lines = Vec::new();
        for row in &rows[stretch] {
            if room == 0 {
                found.more += usize::from(row.kind != Kind::Same);
                continue;
            }
            let line = line(row, &left, &right, deadline);
            let sides = line.left.iter().chain(&line.right).flatten();
            room = room.saturating_sub(LINE_BYTES + sides.map(|piece| piece.text.len() + PIECE_BYTES).sum::<usize>());
            lines.push(line);
        }
        if !lines.is_empty() {
            found.hunks.push(Hunk { left_line, right_line, lines });
        }
    }
    found
}

/// The lines that are compared.
fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().collect()
}

fn rows(left: &[&str], right: &[&str], deadline: Instant) -> Vec<Row> {
    let (old, new) = numbers(left.iter().map(|line| line.trim_end()), right.iter().map(|line| line.trim_end()));
    let mut rows = Vec::with_capacity(old.len().max(new.len()));
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline)) {
        match op {
            DiffOp::Equal { old_index, new_index, len } => rows.extend((0..len).map(|at| Row {
                kind: Kind::Same,
                left: Some(old_index + at),
                right: Some(new_index + at),
            })),
            _ => replaced(op.old_range(), op.new_range(), (left, right), deadline, &mut rows),
        }
    }
    rows
}

/// For each text on either side a number, the same for the same text.
fn numbers<'a>(left: impl Iterator<Item = &'a str>, right: impl Iterator<Item = &'a str>) -> (Vec<u32>, Vec<u32>) {
    let mut known = FxHashMap::default();
    let mut number = |text: &'a str| {
        let next = known.len() as u32;
        *known.entry(text).or_insert(next)
    };
    (left.map(&mut number).collect(), right.map(&mut number).collect())
}

/// The rows of lines that took the places of others: a line beside the one that it was made from, all else alone.
fn replaced(
    old: Range<usize>,
    new: Range<usize>,
    (left, right): (&[&str], &[&str]),
    deadline: Instant,
    rows: &mut Vec<Row>,
) {
    let (mut i, mut j) = (old.start, new.start);
    let alone = |i: Range<usize>, j: Range<usize>, rows: &mut Vec<Row>| {
        rows.extend(i.map(|at| Row { kind: Kind::Removed, left: Some(at), right: None }));
        rows.extend(j.map(|at| Row { kind: Kind::Added, left: None, right: Some(at) }));
    };
    for (a, b) in paired(&left[old.clone()], &right[new.clone()], deadline) {
        let (a, b) = (old.start + a, new.start + b);
        alone(i..a, j..b, rows);
        // Out of time, lines that are the same may not have been found to be.
        let kind = if left[a].trim_end() == right[b].trim_end() { Kind::Same } else { Kind::Changed };
        rows.push(Row { kind, left: Some(a), right: Some(b) });
        (i, j) = (a + 1, b + 1);
    }
    alone(i..old.end, j..new.end, rows);
}

/// Rows that differ and those around them.
fn stretches(rows: &[Row], context: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in rows.iter().enumerate().filter(|(_, row)| row.kind != Kind::Same) {
        let range = at.saturating_sub(context)..at.saturating_add(context + 1).min(rows.len());
        match found.last_mut() {
            Some(last) if range.start <= last.end => last.end = range.end,
            _ => found.push(range),
        }
    }
    found
}

fn line<'a>(row: &Row, left: &[&'a str], right: &[&'a str], deadline: Instant) -> Line<'a> {
    let whole = |text: &'a str, same| if text.is_empty() { Vec::new() } else { vec![Piece { text, same }] };
    let (left, right) = (row.left.map(|at| left[at]), row.right.map(|at| right[at]));
    match (row.kind, left, right) {
        (Kind::Changed, Some(left), Some(right)) => {
            let (left, right) = pieces(left, right, deadline);
            Line { kind: Kind::Changed, left: Some(left), right: Some(right) }
        }
        (kind, left, right) => {
            let same = kind == Kind::Same;
            Line { kind, left: left.map(|text| whole(text, same)), right: right.map(|text| whole(text, same)) }
        }
    }
}
