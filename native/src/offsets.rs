//! Bytes ↔ UTF-16 ↔ line and column. Obsidian counts UTF-16 units and breaks lines at `\n` only.

use memchr::memchr_iter;

/// A place in a text as editors name it, both from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    /// UTF-16 units from the start of the line.
    pub column: usize,
}

/// The line table of one text, built once; every look-up costs a binary search and one line.
#[derive(Debug, Clone)]
pub struct Offsets<'t> {
    text: &'t str,
    /// Per line: its first byte, and the UTF-16 units before it.
    lines: Vec<(usize, usize)>,
    units: usize,
}

impl<'t> Offsets<'t> {
    pub fn new(text: &'t str) -> Self {
        let mut lines = vec![(0, 0)];
        let (mut start, mut units) = (0, 0);
        for newline in memchr_iter(b'\n', text.as_bytes()) {
            units += utf16_len(&text.as_bytes()[start..=newline]);
            start = newline + 1;
            lines.push((start, units));
        }
        units += utf16_len(&text.as_bytes()[start..]);
        Offsets { text, lines, units }
    }

    /// The number of lines; a text that ends in a break has an empty last one.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// The UTF-16 offset of a byte offset; one inside a character counts as that character's start, one past the end as the end.
    pub fn utf16(&self, byte: usize) -> usize {
        let (_, units, column) = self.locate(byte);
        units + column
    }

    /// The line and UTF-16 column of a byte offset.
    pub fn position(&self, byte: usize) -> Position {
        let (line, _, column) = self.locate(byte);
        Position { line, column }
    }

    /// The line (from 0) of a byte offset.
    pub fn line(&self, byte: usize) -> usize {
        self.lines.partition_point(|(start, _)| *start <= byte) - 1
    }

    /// The byte offset of a UTF-16 offset; the second half of a surrogate pair counts as the first, one past the end as the end.
    pub fn byte_of_utf16(&self, units: usize) -> usize {
        if units >= self.units {
            return self.text.len();
        }
        let line = self.lines.partition_point(|(_, before)| *before <= units) - 1;
        let (start, before) = self.lines[line];
        self.advance(start, units - before, self.text.len())
    }

    /// The byte offset of a line and column; a column past the end of its line counts as that line's end, before the `\n`.
    pub fn byte(&self, position: Position) -> usize {
        let Some((start, _)) = self.lines.get(position.line) else {
            return self.text.len();
        };
        let end = self.lines.get(position.line + 1).map_or(self.text.len(), |(next, _)| next - 1);
        self.advance(*start, position.column, end)
    }

    fn locate(&self, byte: usize) -> (usize, usize, usize) {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let line = self.line(byte);
        let (start, units) = self.lines[line];
        (line, units, utf16_len(&self.text.as_bytes()[start..byte]))
    }

    /// The byte `units` UTF-16 units after `start`, at most `end`.
    fn advance(&self, start: usize, units: usize, end: usize) -> usize {
        let mut left = units;
        for (at, character) in self.text[start..end].char_indices() {
            if left < character.len_utf16() {
                return start + at;
            }
            left -= character.len_utf16();
        }
        end
    }
}

/// UTF-16 units of whole UTF-8 characters: one for each leading byte, two for those of four-byte characters.
fn utf16_len(utf8: &[u8]) -> usize {
    utf8.iter().map(|byte| usize::from((*byte as i8) >= -0x40) + usize::from(*byte >= 0xf0)).sum()
}
