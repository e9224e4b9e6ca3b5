//! Where a passage begins and ends: at lines, sentences and words, below the heading rather than in it.

use std::ops::Range;

use super::heading_at;
use crate::note::{Heading, Note};

/// A passage has this many characters, and fewer where its paragraph ends.
const LEAST_CHARS: usize = 240;
const MOST_CHARS: usize = 320;
/// How far before the first match its line or sentence may begin, in characters.
const LEAD_CHARS: usize = 120;
/// Characters before the first match where neither is near.
const SHORT_LEAD_CHARS: usize = 40;

/// The passage that shows `window`, the place of the matches.
pub(super) fn around(text: &str, note: &Note, window: Range<usize>) -> Range<usize> {
    if let Some(heading) = heading_at(note, window.start) {
        return match below(text, note, heading) {
            Some(start) => finish(text, note, start, window.end.min(next_heading(text, note, start)).max(start)),
            None => finish(text, note, heading.range.start, window.end),
        };
    }
    let start = beginning(text, note, window.start);
    finish(text, note, start, window.end)
}

/// How a note begins, for hits that are found by title, path or property: its first paragraph, or what headings it has.
pub(super) fn opening(text: &str, note: &Note) -> Range<usize> {
    let body = note.frontmatter.as_ref().map_or(0, |range| range.end);
    let mut at = body;
    loop {
        let rest = &text[at..];
        let start = at + (rest.len() - rest.trim_start().len());
        match heading_at(note, start) {
            Some(heading) if heading.range.end > at => at = heading.range.end,
            _ if start < text.len() => return finish(text, note, start, start),
            _ => break,
        }
    }
    let first = note.headings.first().map_or(text.len(), |heading| heading.range.start);
    finish(text, note, first, first)
}

/// Where the text below a heading begins, be it under a smaller heading; `None` when there is none.
fn below(text: &str, note: &Note, heading: &Heading) -> Option<usize> {
    let mut at = heading.range.end;
    loop {
        let rest = text.get(at..)?;
        let start = at + (rest.len() - rest.trim_start().len());
        match heading_at(note, start) {
            Some(next) if next.level > heading.level && next.range.end > at => at = next.range.end,
            Some(_) => return None,
            None => return (start < text.len()).then_some(start),
        }
    }
}

fn next_heading(text: &str, note: &Note, at: usize) -> usize {
    note.headings.iter().map(|heading| heading.range.start).find(|&start| start > at).unwrap_or(text.len())
}

/// The beginning of the line or sentence that `at` is in, or a few words before it.
fn beginning(text: &str, note: &Note, at: usize) -> usize {
    let floor = note.frontmatter.as_ref().map_or(0, |range| range.end);
    let above = note.headings.iter().map(|heading| heading.range.end).take_while(|&end| end <= at).last();
    let floor = above.map_or(floor, |end| end.max(floor));
    let from = back(text, at, LEAD_CHARS).max(floor);
    let lead = &text[from..at];
    if let Some(newline) = lead.rfind('\n') {
        return from + newline + 1;
    }
    if from == 0 || from == floor || text[..from].ends_with('\n') {
        return from;
    }
    if let Some(end) = sentence_ends(lead).last() {
        return from + end;
    }
    let from = back(text, at, SHORT_LEAD_CHARS).max(floor);
    match text[from..at].find(char::is_whitespace) {
        Some(space) => from + space,
        None if is_spaced(&text[from..at]) => at,
        None => from,
    }
}

/// Are these letters of a script with spaces between words?
fn is_spaced(text: &str) -> bool {
    text.chars().any(|c| c.is_alphabetic() && u32::from(c) < 0x0E00)
}

/// `chars` characters before `at`.
fn back(text: &str, at: usize, chars: usize) -> usize {
    text[..at].char_indices().rev().take(chars).last().map_or(at, |(start, _)| start)
}

/// `chars` characters behind `at`.
fn forth(text: &str, at: usize, chars: usize) -> usize {
    text[at..].char_indices().nth(chars).map_or(text.len(), |(end, _)| at + end)
}

/// The places behind the ends of sentences, ascending.
fn sentence_ends(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.char_indices().filter_map(|(at, c)| {
        let end = at + c.len_utf8();
        match c {
            '。' | '！' | '？' | '．' => Some(end),
            '.' | '!' | '?' | '…' | '؟' | '۔' | '।' => {
                text[end..].starts_with(char::is_whitespace).then_some(end)
            }
            _ => None,
        }
    })
}

/// End a passage that begins at `start` and must reach `least`; white space at both ends is left out.
fn finish(text: &str, note: &Note, start: usize, least: usize) -> Range<usize> {
    let stop = next_heading(text, note, start).max(least);
    let most = forth(text, start, MOST_CHARS).max(least).min(stop);
    let tail = &text[least..most];
    let end = match paragraph_end(tail) {
        Some(blank) => least + blank,
        None if most == stop => most,
        None => {
            let enough = forth(text, start, LEAST_CHARS).max(least).min(most);
            sentence_ends(&text[enough..most])
                .last()
                .map_or_else(|| word_end(text, least, enough, most), |end| enough + end)
        }
    };
    let piece = &text[start..end];
    let lead = piece.len() - piece.trim_start().len();
    start + lead..start + lead + piece.trim().len()
}

/// The first blank line.
fn paragraph_end(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if at > 0 && line.trim().is_empty() && line.ends_with('\n') {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// The last end of a word up to `most`, but not before `enough` in a script without spaces, where every character ends one.
fn word_end(text: &str, least: usize, enough: usize, most: usize) -> usize {
    if let Some(space) = text[enough..most].rfind(char::is_whitespace) {
        return enough + space;
    }
    let is_whole = !text[most..].starts_with(char::is_alphanumeric);
    if is_whole || !is_spaced(&text[enough..most]) {
        return most;
    }
    text[least..enough].rfind(char::is_whitespace).map_or(least, |space| least + space)
}
