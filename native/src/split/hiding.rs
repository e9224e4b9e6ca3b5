//! Secrets left out of the passages of one note.
//!
//! They are looked for in all of it, as it is written and as it reads: a cell of a table ends where a sign stands that nobody
//! reads, and what is quoted line by line reads on.

use std::ops::Range;

use super::{Passage, headings_above, joined, read_out, under};
use crate::note::{Link, Note};

/// How secrets are told, and what stands in their place.
pub struct Hiding<'a> {
    /// Where they stand in a text: bytes, in order, none within another.
    pub secrets: &'a (dyn Fn(&str) -> Vec<Range<usize>> + Sync),
    pub mark: &'a str,
}

/// The bodies of passages without what is secret in the note as it is written.
pub(super) struct Hidden<'a> {
    note: &'a Note,
    text: &'a str,
    hiding: &'a Hiding<'a>,
    spans: Vec<Range<usize>>,
    /// The body under way.
    open: String,
    /// Where in the note the last one ended.
    end: usize,
    /// Where each begins, and how it reads. They follow upon one another as they do in the note.
    bodies: Vec<(usize, String)>,
}

impl<'a> Hidden<'a> {
    pub(super) fn of(note: &'a Note, text: &'a str, hiding: &'a Hiding<'a>) -> Self {
        let spans = with_whole_links((hiding.secrets)(text), &note.links);
        Self { note, text, hiding, spans, open: String::new(), end: 0, bodies: Vec::new() }
    }

    /// A piece of the note belongs to the body under way.
    pub(super) fn add(&mut self, piece: Range<usize>) {
        if piece.start != self.end && !self.open.ends_with('\n') {
            self.open.push('\n');
        }
        self.end = piece.end;
        let mut at = piece.start;
        for span in overlapping(&self.spans, &piece) {
            read_out(self.text, &self.note.links, at..span.start.max(at), &mut self.open);
            self.open.push_str(self.hiding.mark);
            at = span.end.min(piece.end);
        }
        read_out(self.text, &self.note.links, at..piece.end, &mut self.open);
    }

    /// The body that begins at `start` is whole; `kept`: there is a passage of it.
    pub(super) fn close(&mut self, start: usize, kept: bool) {
        let body = std::mem::take(&mut self.open);
        if kept {
            self.bodies.push((start, body));
        }
    }

    /// Let the passages behind the name say what was collected, without what is secret in it as it reads.
    pub(super) fn put_into(self, passages: &mut [Passage]) {
        let whole: String = self.bodies.iter().map(|(_, body)| body.as_str()).collect();
        let spans = (self.hiding.secrets)(&whole);
        let mut at = 0;
        for (passage, (start, body)) in passages.iter_mut().skip(1).zip(&self.bodies) {
            let end = at + body.len();
            passage.headings = self.headings(*start);
            passage.text = under(&passage.headings, marked(&whole, at..end, &spans, self.hiding.mark).trim());
            at = end;
        }
    }

    fn headings(&self, at: usize) -> String {
        joined(&headings_above(&self.note.headings, at), |heading| {
            if overlapping(&self.spans, &heading.range).is_empty() { heading.text.trim() } else { self.hiding.mark }
        })
    }
}

/// Those of the spans that have something of `range`.
fn overlapping<'a>(spans: &'a [Range<usize>], range: &Range<usize>) -> &'a [Range<usize>] {
    let first = spans.partition_point(|span| span.end <= range.start);
    let end = spans.partition_point(|span| span.start < range.end);
    &spans[first..end.max(first)]
}

/// A part of a text with `mark` in the place of each span.
fn marked(text: &str, part: Range<usize>, spans: &[Range<usize>], mark: &str) -> String {
    let mut done = String::with_capacity(part.len());
    let mut at = part.start;
    for span in overlapping(spans, &part) {
        done.push_str(&text[at..span.start.max(at)]);
        done.push_str(mark);
        at = span.end.min(part.end);
    }
    done.push_str(&text[at..part.end]);
    done
}

/// A link that has something of a secret is left out as a whole, since it reads otherwise than it is written.
fn with_whole_links(spans: Vec<Range<usize>>, links: &[Link]) -> Vec<Range<usize>> {
    let touched = links.iter().filter(|link| !overlapping(&spans, &link.range).is_empty());
    let mut all: Vec<Range<usize>> = touched.map(|link| link.range.clone()).collect();
    all.extend(spans);
    all.sort_unstable_by_key(|span| span.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for span in all {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}
