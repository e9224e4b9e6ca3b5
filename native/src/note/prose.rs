//! The pieces of a note that are worth finding words in: all but compressed drawings, data URIs and long encoded runs.

use std::ops::Range;

use memchr::memmem;

/// Runs of base64-looking text longer than this (bytes) are left out.
const LONGEST_RUN: usize = 512;

/// The searchable pieces of `text[from..]`, ascending and disjoint.
pub(super) fn pieces(text: &str, from: usize) -> Vec<Range<usize>> {
    let mut noise = drawings(text, from);
    noise.extend(data_uris(text, from));
    noise.extend(encoded_runs(text, from));
    noise.sort_by_key(|range| range.start);
    let mut pieces = Vec::with_capacity(noise.len() + 1);
    let mut at = from;
    for range in noise {
        if range.start > at {
            pieces.push(at..range.start);
        }
        at = at.max(range.end);
    }
    if at < text.len() {
        pieces.push(at..text.len());
    }
    pieces
}

/// Fenced blocks that hold an Excalidraw scene, compressed or not.
fn drawings(text: &str, from: usize) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = from;
    while let Some(open) = memmem::find(&bytes[at..], b"```compressed-json") {
        let start = at + open;
        let end = memmem::find(&bytes[start + 3..], b"\n```").map_or(bytes.len(), |close| start + 3 + close + 4);
        found.push(start..end);
        at = end;
    }
    found
}

fn data_uris(text: &str, from: usize) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    memmem::find_iter(&bytes[from..], b";base64,")
        .filter_map(|at| {
            let marker = from + at;
            let floor = marker.saturating_sub(100).max(from);
            let start = floor + memmem::rfind(&bytes[floor..marker], b"data:")?;
            let head = &bytes[start..marker];
            if head.iter().any(u8::is_ascii_whitespace) || !head.is_ascii() {
                return None;
            }
            let data = marker + b";base64,".len();
            Some(start..data + encoded_length(&bytes[data..]))
        })
        .collect()
}

/// Long runs of base64-looking text. Looks at every `LONGEST_RUN`th byte only, and closer where that byte fits.
fn encoded_runs(text: &str, from: usize) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut floor = from;
    let mut probe = from + LONGEST_RUN;
    while probe < bytes.len() {
        if !is_encoded(bytes[probe]) {
            probe += LONGEST_RUN;
            continue;
        }
        let before = bytes[floor..probe].iter().rev().take_while(|byte| is_encoded(**byte)).count();
        let end = probe + encoded_length(&bytes[probe..]);
        let run = probe - before..end;
        if run.len() > LONGEST_RUN && looks_encoded(&bytes[run.clone()]) {
            found.push(run);
        }
        floor = end;
        probe = end + LONGEST_RUN;
    }
    found
}

fn encoded_length(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| is_encoded(**byte)).count()
}

fn is_encoded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-')
}

/// Mixed case and digits, unlike a ruler of dashes or one very long word.
fn looks_encoded(run: &[u8]) -> bool {
    run.iter().any(u8::is_ascii_uppercase)
        && run.iter().any(u8::is_ascii_lowercase)
        && run.iter().any(u8::is_ascii_digit)
}
