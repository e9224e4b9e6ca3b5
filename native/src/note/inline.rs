//! Links, embeds and tags inside one block, past code, maths, HTML and escapes.
//!
//! One left-to-right pass. Whatever looks for a closing mark and fails remembers that it failed, so that no input makes
//! it look twice over the same bytes.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

use super::{Link, LinkKind, Note, Tag};

/// Square brackets open at once; more are text, which bounds the memory of a note of nothing but brackets.
const MOST_OPENERS: usize = 1_000;

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
            self.note.links.push(link);
            return self.construct(at + length);
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
        let target = &self.text[at + 1 + target.start..at + 1 + target.end];
        let shown = &self.text[opener.at + 1..at];
        let mut link = markdown_link(target, shown);
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

/// The length of the wikilink that `bytes` starts with, brackets included. The path part holds no brackets (so that
/// `[[0,1],[2]]` is none); the shown part may.
fn wikilink_length(bytes: &[u8]) -> Option<usize> {
    let mut shown = false;
    let mut at = 2;
    loop {
        let next = bytes.get(at + 1).copied();
        match *bytes.get(at)? {
            b'\n' => return None,
            b']' if next == Some(b']') => return Some(at + 2),
            b'[' if !shown || next == Some(b'[') => return None,
            b']' if !shown => return None,
            b'|' => shown = true,
            _ => {}
        }
        at += 1;
    }
}

/// The link that `inner`, the part between `[[` and `]]`, makes; kind and range are the caller's to set.
pub(super) fn wikilink(inner: &str) -> Option<Link> {
    let (path, display) = match inner.split_once('|') {
        // In tables the pipe is escaped. A pipe without a path before it belongs to the path.
        Some((path, shown)) if !path.is_empty() => {
            (path.strip_suffix('\\').unwrap_or(path), Some(shown.trim().to_owned()))
        }
        _ => (inner, None),
    };
    let (target, subpath) = match path.split_once('#') {
        Some((target, subpath)) => (target.trim(), Some(subpath.trim().to_owned())),
        None => (path.trim(), None),
    };
    let subpath = subpath.filter(|subpath| !subpath.is_empty());
    if target.is_empty() && subpath.is_none() {
        return None;
    }
    let display = display.filter(|shown| !shown.is_empty());
    Some(Link { kind: LinkKind::Wiki, target: target.to_owned(), subpath, display, external: false, range: 0..0 })
}

/// Every wikilink in a property's text.
pub(super) fn wikilinks(text: &str) -> impl Iterator<Item = Link> + '_ {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(open) = memmem::find(&bytes[from..], b"[[") {
            let at = from + open;
            from = at + 1;
            if let Some(length) = wikilink_length(&bytes[at..]) {
                from = at + length;
                if let Some(link) = wikilink(&text[at + 2..from - 2]) {
                    return Some(link);
                }
            }
        }
        None
    })
}

/// The link with this raw destination and text; kind and range are the caller's to set.
pub(super) fn markdown_link(destination: &str, shown: &str) -> Link {
    let raw = unescape(destination);
    let external = has_scheme(&raw);
    let (target, subpath) = match raw.split_once('#') {
        Some((target, subpath)) if !external => (decode(target), Some(decode(subpath)).filter(|part| !part.is_empty())),
        _ if external => (raw.clone(), None),
        _ => (decode(&raw), None),
    };
    let shown = shown.trim();
    let display = (!shown.is_empty()).then(|| shown.to_owned());
    Link { kind: LinkKind::Markdown, target, subpath, display, external, range: 0..0 }
}

/// `scheme:` of two letters or more (one letter is a Windows drive).
fn has_scheme(address: &str) -> bool {
    let Some(colon) = address.bytes().take(40).position(|byte| byte == b':') else {
        return false;
    };
    let scheme = &address.as_bytes()[..colon];
    colon >= 2
        && scheme[0].is_ascii_alphabetic()
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-'))
}

/// Percent-decoding; a sequence that is not UTF-8 leaves the text as it was.
fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let value = pair
            .filter(|pair| pair.iter().all(u8::is_ascii_hexdigit))
            .and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        decoded.push(value.unwrap_or(bytes[at]));
        at += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// Take away backslashes before ASCII punctuation.
fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(next) = chars.next() {
        let escaped = next == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        plain.push(if escaped { chars.next().unwrap_or(next) } else { next });
    }
    plain
}

/// Parse `(target "title")` at the start of `bytes`: the target's range and the whole length.
fn destination(bytes: &[u8]) -> Option<(Range<usize>, usize)> {
    let mut at = skip_space(bytes, 1);
    let target = link_target(bytes, at)?;
    at = target.end + usize::from(bytes.get(target.end) == Some(&b'>') && bytes.get(at) == Some(&b'<'));
    let spaced = skip_space(bytes, at);
    if spaced > at && matches!(bytes.get(spaced), Some(b'"' | b'\'' | b'(')) {
        at = skip_space(bytes, title_end(bytes, spaced)?);
    } else {
        at = spaced;
    }
    (bytes.get(at) == Some(&b')')).then_some((target, at + 1))
}

fn skip_space(bytes: &[u8], from: usize) -> usize {
    from + bytes[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The range of a link target: `<anything on one line>`, or text without spaces and with balanced parentheses.
pub(super) fn link_target(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let mut at = from;
    if bytes.get(at) == Some(&b'<') {
        at += 1;
        loop {
            match *bytes.get(at)? {
                b'>' => return Some(from + 1..at),
                b'<' | b'\n' => return None,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
    }
    let mut depth = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => at += 1,
            b'(' if depth == 32 => return None,
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            byte if byte.is_ascii_whitespace() || byte.is_ascii_control() => break,
            _ => {}
        }
        at += 1;
    }
    (depth == 0).then_some(from..at)
}

fn title_end(bytes: &[u8], from: usize) -> Option<usize> {
    let close = match bytes[from] {
        b'(' => b')',
        quote => quote,
    };
    let mut at = from + 1;
    loop {
        match *bytes.get(at)? {
            byte if byte == close => return Some(at + 1),
            b'(' if close == b')' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
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
