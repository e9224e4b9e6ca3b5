//! Links of both kinds, taken apart: `[[path#part|shown]]` and the destination of `[shown](path#part "title")`.

use std::ops::Range;

use memchr::memmem;

use super::{Link, LinkKind};

/// The length of the wikilink that `bytes` starts with, brackets included. The path part holds no brackets (so that
/// `[[0,1],[2]]` is none); the shown part may.
pub(super) fn wikilink_length(bytes: &[u8]) -> Option<usize> {
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

/// The link that `inner`, the part between `[[` and `]]`, makes; kind and range are the caller's to set, and `written`
/// counts from where `inner` begins.
pub(super) fn wikilink(inner: &str) -> Option<Link> {
    let (path, display) = match inner.split_once('|') {
        // In tables the pipe is escaped. A pipe without a path before it belongs to the path.
        Some((path, shown)) if !path.is_empty() => {
            (path.strip_suffix('\\').unwrap_or(path), Some(shown.trim().to_owned()))
        }
        _ => (inner, None),
    };
    let written = path.len() - path.trim_start().len()..path.trim_end().len();
    let (target, subpath) = match path.split_once('#') {
        Some((target, subpath)) => (target.trim(), Some(subpath.trim().to_owned())),
        None => (path.trim(), None),
    };
    let subpath = subpath.filter(|subpath| !subpath.is_empty());
    if target.is_empty() && subpath.is_none() {
        return None;
    }
    let display = display.filter(|shown| !shown.is_empty());
    Some(Link { target: target.to_owned(), subpath, display, written, ..Link::default() })
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
                    let written = at + 2 + link.written.start..at + 2 + link.written.end;
                    return Some(Link { range: at..from, written, ..link });
                }
            }
        }
        None
    })
}

/// The link with this raw destination and text; kind and ranges are the caller's to set.
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
    Link { kind: LinkKind::Markdown, target, subpath, display, external, ..Link::default() }
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
pub(super) fn destination(bytes: &[u8]) -> Option<(Range<usize>, usize)> {
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

pub(super) fn skip_space(bytes: &[u8], from: usize) -> usize {
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
