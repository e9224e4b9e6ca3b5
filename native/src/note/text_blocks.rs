//! Blocks without a mark of their own at their start: paragraphs, headings that are underlined, tables; and what is in their lines.

use super::blocks::{Place, Scanner};
use super::starts::{self, HtmlEnd};
use super::{Block, lines};

impl Scanner<'_> {
    /// A setext heading, a table, or a paragraph.
    pub(super) fn text_block(&mut self, at: usize, to: usize, indent: usize, place: Place) -> usize {
        if let Some(level) = self.underlined(at, to) {
            let range = self.start(at)..self.end(at + 1);
            self.add_heading(level, self.start(at) + indent..self.end(at), range, place);
            return at + 2;
        }
        if self.starts_table(at, to) {
            return self.table(at, to, place);
        }
        let mut next = at + 1;
        while next < to && !self.ends_paragraph(next, to) {
            next += 1;
        }
        let range = self.start(at) + indent..self.end(next - 1);
        if place.depth == 0 && self.own_line_id(range.clone()) {
            self.section("paragraph", range, place);
            return next;
        }
        let inside = self.section("paragraph", range.clone(), place);
        self.leaf(range, inside);
        next
    }

    fn underlined(&self, at: usize, to: usize) -> Option<u8> {
        if at + 1 >= to {
            return None;
        }
        let next = self.line(at + 1);
        if !matches!(next.first(), Some(b'=' | b'-' | b' ')) {
            return None;
        }
        let (indent, columns) = lines::indent(next);
        if columns < 4 { starts::underline(&next[indent..]) } else { None }
    }

    fn starts_table(&self, at: usize, to: usize) -> bool {
        at + 1 < to && starts::table(self.line(at), self.line(at + 1))
    }

    fn ends_paragraph(&mut self, at: usize, to: usize) -> bool {
        match self.line(at).first() {
            None => true,
            // The common case: a line that starts with a letter can at most be a heading or a table's first row.
            Some(b'a'..=b'z' | b'A'..=b'Z' | 128..) => self.underlined(at, to).is_some() || self.starts_table(at, to),
            _ => {
                self.is_blank(at)
                    || self.interrupts(at, to)
                    || self.underlined(at, to).is_some()
                    || self.starts_table(at, to)
            }
        }
    }

    /// Whether a paragraph ends before line `at`, which is not blank, because of what that line starts.
    pub(super) fn interrupts(&mut self, at: usize, to: usize) -> bool {
        let (indent, columns) = lines::indent(self.line(at));
        if columns >= 4 {
            return false;
        }
        let rest = &self.line(at)[indent..];
        match rest.first() {
            Some(b'#') => starts::heading(rest).is_some(),
            Some(b'>') => true,
            Some(b'`' | b'~') => starts::fence(rest).is_some(),
            Some(b'-' | b'*' | b'_' | b'+' | b'0'..=b'9') => {
                starts::thematic_break(rest)
                    || starts::bullet(rest, columns).is_some_and(|bullet| bullet.first && !bullet.empty)
            }
            Some(b'<') => starts::html(rest).is_some_and(|end| end != HtmlEnd::BlankNoInterrupt),
            Some(b'$') => self.delimited_end(at, to, indent, b"$$").is_some(),
            Some(b'%') => self.delimited_end(at, to, indent, b"%%").is_some(),
            _ => false,
        }
    }

    fn table(&mut self, at: usize, to: usize, place: Place) -> usize {
        let mut next = at + 2;
        while next < to && !self.is_blank(next) && !self.interrupts(next, to) {
            next += 1;
        }
        self.section("table", self.start(at)..self.end(next - 1), place);
        let links = self.note.links.len();
        for row in (at..next).filter(|row| *row != at + 1) {
            let (start, end) = (self.start(row), self.end(row));
            let bytes = self.bytes;
            for cell in starts::cells(&bytes[start..end]) {
                self.inline.scan(self.text, start + cell.start..start + cell.end, &mut self.note);
            }
        }
        self.note.links[links..].iter_mut().for_each(|link| link.in_cell = true);
        next
    }

    /// Text with links and tags in it, perhaps with a block id at its end.
    pub(super) fn leaf(&mut self, range: std::ops::Range<usize>, place: Place) {
        self.inline.scan(self.text, range.clone(), &mut self.note);
        let trimmed = self.text[range.clone()].trim_end();
        let Some(id) = starts::block_id(trimmed) else {
            return;
        };
        let end = range.start + trimmed.len();
        let (id, mark) = (id.to_owned(), end - id.len() - 1..end);
        let whole = if let Some(parent) = place.item {
            let item = &mut self.note.list_items[parent.index];
            item.id.get_or_insert_with(|| id.clone());
            item.range.clone()
        } else if let Some(section) = place.section {
            let section = &mut self.note.sections[section];
            section.id.get_or_insert_with(|| id.clone());
            section.range.clone()
        } else {
            return;
        };
        self.note.blocks.push(Block { id, range: whole, mark });
    }

    /// A paragraph that is a block id and nothing else names the block before it.
    fn own_line_id(&mut self, range: std::ops::Range<usize>) -> bool {
        let start = range.start;
        let Some(id) = self.text[range].trim_end().strip_prefix('^').filter(|id| starts::is_block_id(id)) else {
            return false;
        };
        let Some(section) = self.note.sections.last_mut().filter(|section| section.kind != "yaml") else {
            return false;
        };
        section.id.get_or_insert_with(|| id.to_owned());
        let mark = start..start + 1 + id.len();
        self.note.blocks.push(Block { id: id.to_owned(), range: section.range.clone(), mark });
        true
    }
}
