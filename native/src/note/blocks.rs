//! Blocks: headings, paragraphs, quotes, code and the rest, found line by line as Obsidian finds them.
//!
//! Obsidian's positions are those of the line-based Markdown parsers of 2018, not of CommonMark's: a container's lines
//! are collected first, its markers are peeled off, and what remains is scanned again. The same is done here by moving
//! the starts of lines, so nothing is copied; the depth of containers is bounded, so the work stays linear.

use memchr::memmem;

use super::inline::Inline;
use super::lines::{self, Line};
use super::link::{link_target, markdown_link};
use super::starts::{self, HtmlEnd};
use super::{Footnote, Heading, LinkKind, Note, Section};

/// Containers inside containers beyond this depth are read as plain text.
const DEEPEST: u32 = 48;

/// Where a run of lines stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub depth: u32,
    /// The innermost list item around.
    pub item: Option<Parent>,
    /// The top-level section around.
    pub section: Option<usize>,
}

/// A list item that other blocks are in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parent {
    /// In `Note::list_items`.
    pub index: usize,
    pub line: i64,
    /// How many containers are around it.
    pub depth: u32,
}

pub(super) struct Scanner<'t> {
    pub text: &'t str,
    pub bytes: &'t [u8],
    pub lines: Vec<Line>,
    pub note: Note,
    pub inline: Inline,
    /// The line number of `lines[0]` in the note.
    pub first_line: usize,
    /// For `$$` and `%%`: a range of lines in which a search for the closing mark has failed.
    unclosed: [(usize, usize); 2],
}

/// Scan the text from byte `body` on and add what is found to `note`.
pub(super) fn scan(text: &str, body: usize, note: Note) -> Note {
    let bytes = text.as_bytes();
    let mut scanner = Scanner {
        text,
        bytes,
        lines: lines::table(text, body),
        note,
        inline: Inline::default(),
        first_line: memchr::memchr_iter(b'\n', &bytes[..body]).count(),
        unclosed: [(0, 0); 2],
    };
    let all = scanner.lines.len();
    scanner.blocks(0, all, Place { depth: 0, item: None, section: None });
    let mut note = scanner.note;
    if !note.links.is_sorted_by_key(|link| link.range.start) {
        note.links.sort_by_key(|link| link.range.start);
    }
    if !note.blocks.is_sorted_by_key(|block| block.range.start) {
        note.blocks.sort_by_key(|block| block.range.start);
    }
    note
}

impl Scanner<'_> {
    /// What is left of a line after its containers.
    pub(super) fn line(&self, at: usize) -> &[u8] {
        let line = self.lines[at];
        &self.bytes[line.start as usize..line.end as usize]
    }

    pub(super) fn start(&self, at: usize) -> usize {
        self.lines[at].start as usize
    }

    pub(super) fn end(&self, at: usize) -> usize {
        self.lines[at].end as usize
    }

    pub(super) fn is_blank(&self, at: usize) -> bool {
        lines::is_blank(self.line(at))
    }

    /// Scan the lines `from..to`.
    pub(super) fn blocks(&mut self, from: usize, to: usize, place: Place) {
        if place.depth > DEEPEST {
            if from < to {
                self.leaf(self.start(from)..self.end(to - 1), place);
            }
            return;
        }
        let mut at = from;
        while at < to {
            at = if self.is_blank(at) { at + 1 } else { self.block(at, to, place) };
        }
    }

    /// Scan the block that starts on line `at`, which is not blank; the first line after it.
    fn block(&mut self, at: usize, to: usize, place: Place) -> usize {
        let (indent, columns) = lines::indent(self.line(at));
        if columns >= 4 {
            return self.indented_code(at, to, place);
        }
        let first = self.line(at)[indent];
        let special = match first {
            b'#' => self.heading(at, indent, place),
            b'>' => Some(self.quote(at, to, place)),
            b'`' | b'~' => self.fenced_code(at, to, indent, place),
            b'-' | b'*' | b'_' | b'+' | b'0'..=b'9' => self.rule_or_list(at, to, indent, columns, place),
            b'$' => self.delimited(at, to, indent, b"$$", "math", place),
            b'%' => self.delimited(at, to, indent, b"%%", "comment", place),
            b'<' => self.html(at, to, indent, place),
            b'[' => self.definition(at, to, indent, place),
            _ => None,
        };
        special.unwrap_or_else(|| self.text_block(at, to, indent, place))
    }

    /// Record a section when at the top; the place for what is inside it.
    pub(super) fn section(&mut self, kind: &'static str, range: std::ops::Range<usize>, place: Place) -> Place {
        if place.depth > 0 {
            return place;
        }
        self.note.sections.push(Section { kind, id: None, range });
        Place { section: Some(self.note.sections.len() - 1), ..place }
    }

    fn heading(&mut self, at: usize, indent: usize, place: Place) -> Option<usize> {
        let level = starts::heading(&self.line(at)[indent..])?;
        let range = self.start(at)..self.end(at);
        let content = self.start(at) + indent + usize::from(level)..self.end(at);
        self.add_heading(level, content, range, place);
        Some(at + 1)
    }

    pub(super) fn add_heading(
        &mut self,
        level: u8,
        content: std::ops::Range<usize>,
        range: std::ops::Range<usize>,
        place: Place,
    ) {
        let inside = self.section("heading", range.clone(), place);
        let mut text = self.text[content.clone()].trim();
        if let Some(id) = starts::block_id(text) {
            text = text[..text.len() - id.len() - 1].trim_end();
        }
        let bare = text.trim_end_matches('#');
        if bare.is_empty() || bare.ends_with([' ', '\t']) {
            text = bare.trim_end();
        }
        if place.depth == 0 {
            self.note.headings.push(Heading { level, text: text.to_owned(), range });
        }
        self.leaf(content, inside);
    }

    fn quote(&mut self, at: usize, to: usize, place: Place) -> usize {
        let mut next = at;
        while next < to {
            let (indent, columns) = lines::indent(self.line(next));
            let rest = &self.line(next)[indent..];
            let marked = columns < 4 && rest.first() == Some(&b'>');
            if !marked && (rest.is_empty() || self.is_blank(next) || self.interrupts(next, to)) {
                break;
            }
            next += 1;
        }
        let whole = self.start(at)..self.end(next - 1);
        for line in at..next {
            let (indent, columns) = lines::indent(self.line(line));
            let rest = &self.line(line)[indent..];
            if columns < 4 && rest.first() == Some(&b'>') {
                let space = usize::from(matches!(rest.get(1), Some(b' ' | b'\t')));
                self.lines[line].start += (indent + 1 + space) as u32;
            }
        }
        let title = starts::callout_title(self.line(at));
        let inside = self.section(if title.is_some() { "callout" } else { "blockquote" }, whole, place);
        let inside = Place { depth: place.depth + 1, ..inside };
        match title {
            Some(title) => {
                self.leaf(self.start(at) + title..self.end(at), inside);
                self.blocks(at + 1, next, inside);
            }
            None => self.blocks(at, next, inside),
        }
        next
    }

    fn indented_code(&mut self, at: usize, to: usize, place: Place) -> usize {
        let mut last = at;
        let mut next = at + 1;
        while next < to {
            if !self.is_blank(next) {
                if lines::indent(self.line(next)).1 < 4 {
                    break;
                }
                last = next;
            }
            next += 1;
        }
        self.section("code", self.start(at)..self.end(last), place);
        last + 1
    }

    fn fenced_code(&mut self, at: usize, to: usize, indent: usize, place: Place) -> Option<usize> {
        let (mark, length) = starts::fence(&self.line(at)[indent..])?;
        let mut last = at;
        while last + 1 < to {
            last += 1;
            let (indent, columns) = lines::indent(self.line(last));
            if columns < 4 && starts::closes_fence(&self.line(last)[indent..], mark, length) {
                break;
            }
        }
        self.section("code", self.start(at)..self.end(last), place);
        Some(last + 1)
    }

    fn rule_or_list(&mut self, at: usize, to: usize, indent: usize, columns: usize, place: Place) -> Option<usize> {
        let rest = &self.line(at)[indent..];
        if starts::thematic_break(rest) {
            self.section("thematicBreak", self.start(at)..self.end(at), place);
            return Some(at + 1);
        }
        let bullet = starts::bullet(rest, columns)?;
        Some(self.list(at, to, bullet.mark, place))
    }

    /// A block between two marks of two characters: `$$` or `%%`.
    fn delimited(
        &mut self,
        at: usize,
        to: usize,
        indent: usize,
        mark: &'static [u8; 2],
        kind: &'static str,
        place: Place,
    ) -> Option<usize> {
        let last = self.delimited_end(at, to, indent, mark)?;
        self.section(kind, self.start(at)..self.end(last), place);
        if mark == b"%%" {
            // Obsidian counts the tags and links of its own comments.
            let from = self.start(at) + indent + 2;
            self.inline.scan(self.text, from..self.end(last), &mut self.note);
        }
        Some(last + 1)
    }

    /// The last line of the `$$` or `%%` block that line `at` starts, if it does.
    pub(super) fn delimited_end(&mut self, at: usize, to: usize, indent: usize, mark: &[u8; 2]) -> Option<usize> {
        let opening = self.line(at)[indent..].strip_prefix(mark)?;
        if let Some(close) = memmem::find(opening, mark) {
            return lines::is_blank(&opening[close + 2..]).then_some(at);
        }
        let known = usize::from(mark == b"%%");
        let (from, until) = self.unclosed[known];
        if at + 1 >= to || (from <= at && to <= until) {
            return None;
        }
        let search = self.end(at)..self.end(to - 1);
        let Some(found) = memmem::find(&self.bytes[search.clone()], mark) else {
            self.unclosed[known] = (at, to);
            return None;
        };
        let close = (search.start + found) as u32;
        let before = self.lines[at + 1..to].iter().take_while(|line| line.end < close);
        Some(at + 1 + before.count())
    }

    fn html(&mut self, at: usize, to: usize, indent: usize, place: Place) -> Option<usize> {
        let last = match starts::html(&self.line(at)[indent..])? {
            HtmlEnd::Text(end) => {
                (at..to).find(|line| starts::contains_ignoring_case(self.line(*line), end)).unwrap_or(to - 1)
            }
            HtmlEnd::Blank | HtmlEnd::BlankNoInterrupt => {
                (at..to).find(|line| self.is_blank(*line)).map_or(to - 1, |blank| blank - 1)
            }
        };
        self.section("html", self.start(at)..self.end(last), place);
        Some(last + 1)
    }

    /// `[label]: target` or `[^label]: footnote`.
    fn definition(&mut self, at: usize, to: usize, indent: usize, place: Place) -> Option<usize> {
        let line = &self.line(at)[indent..];
        let close = memchr::memchr2(b']', b'[', &line[1..])? + 1;
        if line[close] != b']' || line.get(close + 1) != Some(&b':') || close == 1 {
            return None;
        }
        let content = close + 2 + lines::indent(&line[close + 2..]).0;
        let base = self.start(at) + indent;
        if line[1] == b'^' {
            if close == 2 {
                return None;
            }
            let label = self.text[base + 2..base + close].to_owned();
            self.note.footnotes.push(Footnote { label, range: base..base + close + 1, defines: true });
            return Some(self.footnote(at, to, indent + content, place));
        }
        let target = link_target(line, content)?;
        if target.is_empty() {
            return None;
        }
        let shown = &self.text[base + 1..base + close];
        let written = base + target.start..base + target.end;
        let mut link = markdown_link(&self.text[written.clone()], shown);
        link.written = written;
        link.kind = LinkKind::Markdown;
        link.range = base..self.end(at);
        self.note.links.push(link);
        self.section("definition", self.start(at)..self.end(at), place);
        Some(at + 1)
    }

    fn footnote(&mut self, at: usize, to: usize, content: usize, place: Place) -> usize {
        let mut last = at;
        let mut after_blank = false;
        for next in at + 1..to {
            let blank = self.is_blank(next);
            if !blank {
                let indented = lines::indent(self.line(next)).1 >= 4;
                let another = self.line(next).starts_with(b"[^");
                if !indented && (after_blank || another || self.interrupts(next, to)) {
                    break;
                }
                last = next;
            }
            after_blank = blank;
        }
        let inside = self.section("footnoteDefinition", self.start(at)..self.end(last), place);
        self.lines[at].start += content as u32;
        self.peel(at + 1, last + 1, 4);
        self.blocks(at, last + 1, Place { depth: place.depth + 1, ..inside });
        last + 1
    }

    /// Take up to `columns` of indentation off the lines `from..to`.
    pub(super) fn peel(&mut self, from: usize, to: usize, columns: usize) {
        for line in from..to {
            let width = lines::outdent(self.line(line), columns);
            self.lines[line].start += width as u32;
        }
    }
}
