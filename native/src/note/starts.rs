//! What a line can start: pure tests on the bytes of one line, after its containers and its indentation.

use super::lines::{self, trim};

const LONGEST_BLOCK_ID: usize = 256;

/// The level of an ATX heading, 1 to 6.
pub(super) fn heading(line: &[u8]) -> Option<u8> {
    let level = line.iter().take(7).take_while(|byte| **byte == b'#').count();
    let after = line.get(level);
    ((1..=6).contains(&level) && matches!(after, None | Some(b' ' | b'\t'))).then_some(level as u8)
}

/// The level of the heading that a line of `=` or `-` makes of the line above it.
pub(super) fn underline(line: &[u8]) -> Option<u8> {
    let first = *line.first()?;
    let level = match first {
        b'=' => 1,
        b'-' => 2,
        _ => return None,
    };
    trim(line).iter().all(|byte| *byte == first).then_some(level)
}

pub(super) fn thematic_break(line: &[u8]) -> bool {
    let Some(first @ (b'-' | b'*' | b'_')) = line.first() else {
        return false;
    };
    let mut marks = 0;
    for byte in line {
        match byte {
            b' ' | b'\t' => {}
            byte if byte == first => marks += 1,
            _ => return false,
        }
    }
    marks >= 3
}

/// The character and length of an opening code fence.
pub(super) fn fence(line: &[u8]) -> Option<(u8, usize)> {
    let mark @ (b'`' | b'~') = *line.first()? else {
        return None;
    };
    let length = line.iter().take_while(|byte| **byte == mark).count();
    let clean = mark == b'~' || memchr::memchr(b'`', &line[length..]).is_none();
    (length >= 3 && clean).then_some((mark, length))
}

pub(super) fn closes_fence(line: &[u8], mark: u8, length: usize) -> bool {
    let run = line.iter().take_while(|byte| **byte == mark).count();
    run >= length && trim(&line[run..]).is_empty()
}

/// A list marker with the white space after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bullet {
    /// `-`, `*`, `+`, or what follows the number: `.` or `)`.
    pub mark: u8,
    /// Bytes of marker and white space.
    pub bytes: usize,
    /// Columns of the same.
    pub columns: usize,
    /// The marker's own length.
    pub width: usize,
    /// Nothing follows on the line.
    pub empty: bool,
    /// May start a list in the middle of a paragraph: bullets, and the number 1.
    pub first: bool,
}

/// The list marker at the start of `line`, which is at `column`.
pub(super) fn bullet(line: &[u8], column: usize) -> Option<Bullet> {
    let (mark, width, first) = match *line.first()? {
        mark @ (b'-' | b'*' | b'+') => (mark, 1, true),
        b'0'..=b'9' => {
            let digits = line.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
            match line.get(digits) {
                Some(mark @ (b'.' | b')')) if digits <= 9 => (*mark, digits + 1, line[..digits] == *b"1"),
                _ => return None,
            }
        }
        _ => return None,
    };
    let rest = &line[width..];
    let empty = trim(rest).is_empty();
    let (bytes, columns) = match rest.first() {
        None => (width, width + 1),
        Some(b'\t') => (width + 1, width + 4 - (column + width) % 4),
        Some(b' ') => {
            let spaces = rest.iter().take(5).take_while(|byte| **byte == b' ').count();
            let spaces = if spaces > 4 { 1 } else { spaces };
            (width + spaces, width + spaces)
        }
        Some(_) if empty => (width, width + 1),
        Some(_) => return None,
    };
    Some(Bullet { mark, bytes, columns, width, empty, first })
}

/// The status character of a task: `[x] ` at the start of an item.
pub(super) fn task(item: &str) -> Option<char> {
    let mut chars = item.strip_prefix('[')?.chars();
    let status = chars.next()?;
    let closed = chars.next() == Some(']');
    (closed && matches!(chars.next(), Some(' ' | '\t'))).then_some(status)
}

/// How an HTML block that starts here ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HtmlEnd {
    /// On the line that contains this (lower-case) text.
    Text(&'static [u8]),
    /// Before the next blank line.
    Blank,
    /// The same, but such a block cannot interrupt a paragraph.
    BlankNoInterrupt,
}

pub(super) fn html(line: &[u8]) -> Option<HtmlEnd> {
    let rest = line.strip_prefix(b"<")?;
    if rest.starts_with(b"!--") {
        return Some(HtmlEnd::Text(b"-->"));
    }
    match rest.first()? {
        b'?' => return Some(HtmlEnd::Text(b"?>")),
        b'!' if rest.starts_with(b"![CDATA[") => return Some(HtmlEnd::Text(b"]]>")),
        b'!' if rest.get(1).is_some_and(u8::is_ascii_alphabetic) => {
            return Some(HtmlEnd::Text(b">"));
        }
        _ => {}
    }
    let closing = rest[0] == b'/';
    let name = &rest[usize::from(closing)..];
    let length = name.iter().take(16).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let (name, after) = name.split_at(length);
    if !matches!(after.first(), None | Some(b' ' | b'\t' | b'>' | b'/')) {
        return lone_tag(line);
    }
    let name = name.to_ascii_lowercase();
    let raw: Option<&[u8]> = match &name[..] {
        b"script" => Some(b"</script>"),
        b"pre" => Some(b"</pre>"),
        b"style" => Some(b"</style>"),
        b"textarea" => Some(b"</textarea>"),
        _ => None,
    };
    match raw {
        Some(end) if !closing => Some(HtmlEnd::Text(end)),
        _ if BLOCK_TAGS.binary_search(&&name[..]).is_ok() => Some(HtmlEnd::Blank),
        _ => lone_tag(line),
    }
}

/// A line that is one whole tag of any name.
fn lone_tag(line: &[u8]) -> Option<HtmlEnd> {
    let end = super::inline::html_tag(line)?;
    trim(&line[end..]).is_empty().then_some(HtmlEnd::BlankNoInterrupt)
}

const BLOCK_TAGS: &[&[u8]] = &[
    b"address",
    b"article",
    b"aside",
    b"base",
    b"basefont",
    b"blockquote",
    b"body",
    b"caption",
    b"center",
    b"col",
    b"colgroup",
    b"dd",
    b"details",
    b"dialog",
    b"dir",
    b"div",
    b"dl",
    b"dt",
    b"fieldset",
    b"figcaption",
    b"figure",
    b"footer",
    b"form",
    b"frame",
    b"frameset",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"head",
    b"header",
    b"hr",
    b"html",
    b"iframe",
    b"legend",
    b"li",
    b"link",
    b"main",
    b"menu",
    b"menuitem",
    b"nav",
    b"noframes",
    b"ol",
    b"optgroup",
    b"option",
    b"p",
    b"param",
    b"search",
    b"section",
    b"summary",
    b"table",
    b"tbody",
    b"td",
    b"tfoot",
    b"th",
    b"thead",
    b"title",
    b"tr",
    b"track",
    b"ul",
];

/// Cells of a table row: byte ranges between unescaped pipes, without the outer ones.
pub(super) fn cells(row: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let indent = row.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let mut at = if row.get(indent) == Some(&b'|') { indent + 1 } else { indent };
    std::iter::from_fn(move || {
        if trim(&row[at..]).is_empty() {
            return None;
        }
        let mut end = at;
        while let Some(pipe) = memchr::memchr2(b'|', b'\\', &row[end..]) {
            end += pipe;
            if row[end] == b'|' {
                let cell = at..end;
                at = end + 1;
                return Some(cell);
            }
            end = (end + 2).min(row.len());
        }
        let cell = at..row.len();
        at = row.len();
        Some(cell)
    })
}

/// Whether `next` is the delimiter row that makes `header` the first row of a table.
pub(super) fn table(header: &[u8], next: &[u8]) -> bool {
    let marks = trim(next);
    let plausible = matches!(marks.first(), Some(b'|' | b'-' | b':'))
        && marks.iter().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'));
    plausible
        && memchr::memchr(b'|', header).is_some()
        && memchr::memchr(b'-', marks).is_some()
        && cells(next).all(|cell| {
            let cell = trim(&next[cell]);
            let inner = cell.strip_prefix(b":").unwrap_or(cell);
            let inner = inner.strip_suffix(b":").unwrap_or(inner);
            !inner.is_empty() && inner.iter().all(|byte| *byte == b'-')
        })
        && cells(header).count() == cells(next).count()
}

/// The block id at the end of a trimmed text, without `^`.
pub(super) fn block_id(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let tail = &bytes[bytes.len().saturating_sub(LONGEST_BLOCK_ID)..];
    let length = tail.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    let caret = bytes.len().checked_sub(length + 1)?;
    let free = caret == 0 || matches!(bytes[caret - 1], b' ' | b'\t' | b'\n');
    (length > 0 && bytes[caret] == b'^' && free).then(|| &text[caret + 1..])
}

pub(super) fn is_block_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Where the title of a callout begins when `line`, the first of a quote, makes one: `[!type|metadata]- Title`.
pub(super) fn callout_title(line: &[u8]) -> Option<usize> {
    let indent = lines::indent(line).0;
    let kind = line[indent..].strip_prefix(b"[!")?;
    let close = memchr::memchr(b']', kind)?;
    let after = indent + 2 + close + 1;
    let fold = usize::from(matches!(line.get(after), Some(b'+' | b'-')));
    (close > 0).then_some(after + fold)
}

/// Whether `line` contains `needle`, which is lower case.
pub(super) fn contains_ignoring_case(line: &[u8], needle: &[u8]) -> bool {
    let first = needle[0];
    memchr::memchr_iter(first, line)
        .any(|at| line.get(at..at + needle.len()).is_some_and(|part| part.eq_ignore_ascii_case(needle)))
}
