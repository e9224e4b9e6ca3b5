//! Links, embeds and tags inside one block, past code, maths, HTML and escapes.
//!
//! One left-to-right pass. Whatever looks for a closing mark and fails remembers that it failed, so that no input makes
//! it look twice over the same bytes.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

use super::link::{destination, markdown_link, skip_space, wikilink, wikilink_length};
use super::{Footnote, LinkKind, Note, Tag};

/// Square brackets open at once; more are text, which bounds the memory of a note of nothing but brackets.
const MOST_OPENERS: usize = 1_000;
/// Bytes of a footnote's label; a longer one is text.
const LONGEST_LABEL: usize = 256;

/// Bytes where something may begin.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let marks = b"\\`$<[]#";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

/// An open square bracket.
#[derive(Debug, Clone, Copy)]
struct Opener {
    at: usize,
    image: bool,
    /// Tags found before it; those after it belong to the link text and do not count.
    tags: usize,
}

/// Finds links and tags; keeps its bracket stack between blocks.
#[derive(Debug, Default)]
pub(super) struct Inline {
    openers: Vec<Opener>,
}

/// One pass over one range.
struct Pass<'a> {
    text: &'a str,
    bytes: &'a [u8],
    start: usize,
    end: usize,
    openers: &'a mut Vec<Opener>,
    note: &'a mut Note,
    /// Openers below this index may not become links: a link holds no other link.
    closed_below: usize,
    /// Where the last escape, code, link or tag ended; a `#` there may start a tag.
    construct_end: usize,
    /// Bit n: no run of n backticks further on.
    no_backticks: u64,
    no_dollar: bool,
    no_dollars: bool,
    no_comment_end: bool,
}

impl Inline {
    pub(super) fn scan(&mut self, text: &str, range: Range<usize>, note: &mut Note) {
        self.openers.clear();
        let mut pass = Pass {
            text,
            bytes: text.as_bytes(),
            start: range.start,
            end: range.end,
            openers: &mut self.openers,
            note,
            closed_below: 0,
            construct_end: range.start,
            no_backticks: 0,
            no_dollar: false,
            no_dollars: false,
            no_comment_end: false,
        };
        pass.run();
    }
}

impl Pass<'_> {
    fn run(&mut self) {
        let mut at = self.start;
        while at < self.end {
            let byte = self.bytes[at];
            if !SPECIAL[byte as usize] {
                at += 1;
                continue;
            }
            at = match byte {
                b'#' => self.tag(at),
                b']' => self.close_bracket(at),
                b'[' => self.open_bracket(at),
                b'\\' if self.byte(at + 1).is_some_and(|next| next.is_ascii_punctuation()) => self.construct(at + 2),
                b'`' => self.code(at),
                b'$' => self.maths(at),
                b'<' => self.html(at),
                _ => at + 1,
            };
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        (at < self.end).then(|| self.bytes[at])
    }

    /// Note that a construct ends at `end`, where scanning goes on.
    fn construct(&mut self, end: usize) -> usize {
        self.construct_end = end;
        end
    }

    fn code(&mut self, at: usize) -> usize {
        let length = run_length(&self.bytes[at..self.end], b'`');
        let after = at + length;
        if length >= 64 || self.no_backticks & (1 << length) != 0 {
            return after;
        }
        let mut from = after;
        while let Some(next) = memchr(b'`', &self.bytes[from..self.end]) {
            let run = run_length(&self.bytes[from + next..self.end], b'`');
            from += next + run;
            if run == length {
                return self.construct(from);
            }
        }
        self.no_backticks |= 1 << length;
        after
    }

    fn maths(&mut self, at: usize) -> usize {
        if self.byte(at + 1) == Some(b'$') {
            if self.no_dollars {
                return at + 2;
            }
            return match memmem::find(&self.bytes[at + 2..self.end], b"$$") {
                Some(close) => self.construct(at + close + 4),
                None => {
                    self.no_dollars = true;
                    at + 2
                }
            };
        }
        if self.no_dollar || self.byte(at + 1).is_none_or(|next| next.is_ascii_whitespace()) {
            return at + 1;
        }
        let mut from = at + 1;
        while let Some(next) = memchr2(b'$', b'\\', &self.bytes[from..self.end]) {
            from += next + 1;
            if self.bytes[from - 1] == b'\\' {
                from = (from + 1).min(self.end);
                continue;
            }
            let before = self.bytes[from - 2];
            let digit_after = self.byte(from).is_some_and(|next| next.is_ascii_digit());
            if !before.is_ascii_whitespace() && !digit_after {
                return self.construct(from);
            }
        }
        self.no_dollar = true;
        at + 1
    }

    fn html(&mut self, at: usize) -> usize {
        let rest = &self.bytes[at..self.end];
        if rest.starts_with(b"<!--") {
            if self.no_comment_end {
                return at + 4;
            }
            return match memmem::find(&rest[4..], b"-->") {
                Some(close) => self.construct(at + close + 7),
                None => {
                    self.no_comment_end = true;
                    at + 4
                }
            };
        }
        match html_tag(rest).or_else(|| autolink(rest)) {
            Some(length) => self.construct(at + length),
            None => at + 1,
        }
    }

    fn tag(&mut self, at: usize) -> usize {
        let name = &self.text[at + 1..self.end];
        let length = tag_length(name);
        let after = at + 1 + length;
        if length == 0 || !self.tag_may_start(at) || !is_tag_name(&name[..length]) {
            return if length == 0 { at + 1 } else { after };
        }
        self.note.tags.push(Tag { name: name[..length].to_owned(), range: at..after });
        after
    }

    /// After white space, at the start of the block or of a construct's surroundings, or inside emphasis that starts so.
    fn tag_may_start(&self, at: usize) -> bool {
        if self.free_before(at) {
            return true;
        }
        let before = &self.bytes[self.start..at];
        let marks =
            before.iter().rev().take(6).take_while(|byte| matches!(byte, b'*' | b'_' | b'~' | b'=' | b'%')).count();
        marks > 0 && self.free_before(at - marks)
    }

    fn free_before(&self, at: usize) -> bool {
        if at == self.start || at == self.construct_end {
            return true;
        }
        match self.bytes[at - 1] {
            b' ' | b'\t' | b'\n' | b'\r' => true,
            b'>' => self.only_quote_marks_before(at),
            128.. => self.text[..at].chars().next_back().is_some_and(char::is_whitespace),
            _ => false,
        }
    }

    /// Whether nothing but `>` stands between the line's start and `at`.
    fn only_quote_marks_before(&self, at: usize) -> bool {
        let line = self.bytes[self.start..at].iter().rev().take(200);
        line.take_while(|byte| **byte != b'\n').all(|byte| matches!(byte, b'>' | b' ' | b'\t'))
    }

    fn open_bracket(&mut self, at: usize) -> usize {
        let bang = at > self.start && self.bytes[at - 1] == b'!' && self.construct_end != at;
        if self.byte(at + 1) == Some(b'[')
            && let Some(length) = wikilink_length(&self.bytes[at..self.end])
            && let Some(mut link) = wikilink(&self.text[at + 2..at + length - 2])
        {
            link.kind = if bang { LinkKind::WikiEmbed } else { LinkKind::Wiki };
            link.range = at - usize::from(bang)..at + length;
            link.written = at + 2 + link.written.start..at + 2 + link.written.end;
            self.note.links.push(link);
            return self.construct(at + length);
        }
        if let Some(length) = footnote_length(&self.bytes[at..self.end]) {
            let label = self.text[at + 2..at + length - 1].to_owned();
            self.note.footnotes.push(Footnote { label, range: at..at + length, defines: false });
        }
        if self.openers.len() == MOST_OPENERS {
            return at + 1;
        }
        self.openers.push(Opener { at, image: bang, tags: self.note.tags.len() });
        at + 1
    }

    fn close_bracket(&mut self, at: usize) -> usize {
        let Some(opener) = self.openers.pop() else {
            return at + 1;
        };
        let dead = !opener.image && self.openers.len() < self.closed_below;
        self.closed_below = self.closed_below.min(self.openers.len());
        if dead || self.byte(at + 1) != Some(b'(') {
            return at + 1;
        }
        let Some((target, length)) = destination(&self.bytes[at + 1..self.end]) else {
            return at + 1;
        };
        let end = at + 1 + length;
        let written = at + 1 + target.start..at + 1 + target.end;
        let shown = &self.text[opener.at + 1..at];
        let mut link = markdown_link(&self.text[written.clone()], shown);
        link.written = written;
        link.kind = if opener.image { LinkKind::MarkdownEmbed } else { LinkKind::Markdown };
        link.range = opener.at - usize::from(opener.image)..end;
        self.note.tags.truncate(opener.tags);
        if !opener.image {
            self.closed_below = self.openers.len();
        }
        if !(link.target.is_empty() && link.subpath.is_none()) {
            self.note.links.push(link);
        }
        self.construct(end)
    }
}

/// The length of the `[^label]` that `bytes` starts with, when it is one and no link's text.
fn footnote_length(bytes: &[u8]) -> Option<usize> {
    if bytes.get(1) != Some(&b'^') {
        return None;
    }
    let label = bytes[2..]
        .iter()
        .take(LONGEST_LABEL)
        .take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'[' | b']'));
    let length = 2 + label.count();
    let closed = length > 2 && bytes.get(length) == Some(&b']') && bytes.get(length + 1) != Some(&b'(');
    closed.then_some(length + 1)
}

fn run_length(bytes: &[u8], mark: u8) -> usize {
    bytes.iter().take_while(|byte| **byte == mark).count()
}

/// Bytes of `text` that can belong to a tag's name.
fn tag_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] < 128 {
            if !matches!(bytes[at], b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'/') {
                break;
            }
            at += 1;
            continue;
        }
        match text[at..].chars().next() {
            Some(next) if in_tag(next) => at += next.len_utf8(),
            _ => break,
        }
    }
    at
}

/// Obsidian excludes white space and the general and supplemental punctuation blocks; emoji and CJK punctuation pass.
fn in_tag(character: char) -> bool {
    !(character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{2000}'..='\u{206f}' | '\u{2e00}'..='\u{2e7f}' | '\u{feff}'))
}

/// Whether `name`, without `#`, is a whole valid tag: tag characters only, and not all of them digits.
pub(super) fn is_tag_name(name: &str) -> bool {
    !name.is_empty() && tag_length(name) == name.len() && !name.bytes().all(|byte| byte.is_ascii_digit())
}

/// The length of the HTML tag that `bytes` starts with.
pub(super) fn html_tag(bytes: &[u8]) -> Option<usize> {
    let closing = bytes.get(1) == Some(&b'/');
    let mut at = 1 + usize::from(closing);
    if !bytes.get(at)?.is_ascii_alphabetic() {
        return None;
    }
    while bytes.get(at)?.is_ascii_alphanumeric() || bytes[at] == b'-' {
        at += 1;
    }
    loop {
        let spaced = skip_space(bytes, at);
        match *bytes.get(spaced)? {
            b'>' => return Some(spaced + 1),
            b'/' if bytes.get(spaced + 1) == Some(&b'>') => return Some(spaced + 2),
            first if spaced > at && !closing && (first.is_ascii_alphabetic() || matches!(first, b'_' | b':')) => {
                at = attribute_end(bytes, spaced)?;
            }
            _ => return None,
        }
    }
}

fn attribute_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while bytes.get(at)?.is_ascii_alphanumeric() || matches!(bytes[at], b'_' | b':' | b'.' | b'-') {
        at += 1;
    }
    let equals = skip_space(bytes, at);
    if bytes.get(equals) != Some(&b'=') {
        return Some(at);
    }
    at = skip_space(bytes, equals + 1);
    match *bytes.get(at)? {
        quote @ (b'"' | b'\'') => Some(at + 2 + memchr(quote, &bytes[at + 1..])?),
        _ => {
            let stop =
                |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'=' | b'<' | b'>' | b'`');
            let length = bytes[at..].iter().take_while(|byte| !stop(byte)).count();
            (length > 0).then_some(at + length)
        }
    }
}

/// The length of `<scheme:address>` or `<name@host>`.
fn autolink(bytes: &[u8]) -> Option<usize> {
    let length =
        bytes[1..].iter().take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'<' | b'>')).count();
    let inner = &bytes[1..1 + length];
    let address = inner.iter().any(|byte| matches!(byte, b':' | b'@'));
    (address && bytes.get(1 + length) == Some(&b'>')).then_some(length + 2)
}
