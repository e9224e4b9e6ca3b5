//! The lines of a note: a table of offsets whose starts move right as containers (quotes, list items) are peeled off.

/// One line; `start` is where the part not yet claimed by a container begins, `end` is before the line break.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub start: u32,
    pub end: u32,
}

/// Split `text[from..]` at `\n`; a `\r` before it belongs to the break.
pub(super) fn table(text: &str, from: usize) -> Vec<Line> {
    let bytes = text.as_bytes();
    let mut lines = Vec::with_capacity((bytes.len() - from) / 32 + 1);
    let mut start = from;
    for at in memchr::memchr_iter(b'\n', &bytes[from..]) {
        let newline = from + at;
        lines.push(line(bytes, start, newline));
        start = newline + 1;
    }
    if start < bytes.len() {
        lines.push(line(bytes, start, bytes.len()));
    }
    lines
}

fn line(bytes: &[u8], start: usize, newline: usize) -> Line {
    let end = if newline > start && bytes[newline - 1] == b'\r' { newline - 1 } else { newline };
    Line { start: start as u32, end: end as u32 }
}

/// Leading white space of `bytes`: (bytes, columns), a tab reaching to the next multiple of four.
pub(super) fn indent(bytes: &[u8]) -> (usize, usize) {
    let mut columns = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => return (at, columns),
        }
    }
    (bytes.len(), columns)
}

/// How many bytes of leading white space make up at most `columns`; a tab that crosses the border goes as a whole.
pub(super) fn outdent(bytes: &[u8], columns: usize) -> usize {
    let mut width = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if width >= columns {
            return at;
        }
        match byte {
            b' ' => width += 1,
            b'\t' => width += 4 - width % 4,
            _ => return at,
        }
    }
    bytes.len()
}

pub(super) fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c))
}

pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}
