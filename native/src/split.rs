//! Cuts a note into the passages that are embedded: pieces of one section, each with the headings it stands under.
//!
//! A passage is what one vector stands for, so it should say one thing: it begins at a heading or a paragraph, holds
//! about as many words as the embedder reads well, and never both the end of a long section and the beginning of the
//! next. Small neighbouring sections share one. An edit changes the passages of its own section only, which is what
//! makes it cheap to keep slow embeddings true.

use std::ops::Range;

mod hiding;

use crate::count::count_words;
use crate::note::{Heading, Link, LinkKind, Note};

use hiding::Hidden;
pub use hiding::Hiding;

/// Passages of one note, its name included; what is beyond is found by its words only.
pub const MOST_PASSAGES: usize = 1000;
/// A section with fewer words than this shares its passage with the next one.
const SMALL_SECTION: usize = 30;
/// A passage is cut at the first good place behind this share of its size …
const EARLY: f64 = 0.75;
/// … and anywhere behind this one.
const LATE: f64 = 1.25;

/// Bytes of a passage's digest. Passages are told apart within a few notes, and counted over a vault; eight bytes are enough for both.
pub const DIGEST_BYTES: usize = 8;
/// The first bytes of the BLAKE3 of a passage's text.
pub type PassageDigest = [u8; DIGEST_BYTES];

/// One passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// 0 is the note's name.
    pub ordinal: u32,
    /// Bytes of the note's text; empty for the name.
    pub range: Range<usize>,
    /// The headings it stands under, outermost first, joined by ` › `.
    pub headings: String,
    /// What is embedded: headings and text as a reader sees them, without markup, and without secrets where these are hidden.
    pub text: String,
    /// Of `text` as it is where nothing is hidden: what is hidden moves no passage, and `find` knows nothing of it.
    pub digest: PassageDigest,
}

/// The passages of a note of about `words` words each. The first is the note's name: `title`, aliases and tags; no other holds
/// them, so that a renamed note has one new passage.
pub fn passages(note: &Note, text: &str, title: &str, words: usize) -> Vec<Passage> {
    cut(note, text, title, words, None).found
}

/// The same passages without secrets, which are looked for in the whole of the note: a part of one does not look like one.
pub fn passages_hiding(note: &Note, text: &str, title: &str, words: usize, hiding: &Hiding<'_>) -> Vec<Passage> {
    let mut cutter = cut(note, text, title, words, Some(Hidden::of(note, text, hiding)));
    if let Some(hidden) = cutter.hidden {
        hidden.put_into(&mut cutter.found);
    }
    cutter.found
}

fn cut<'a>(note: &'a Note, text: &'a str, title: &str, words: usize, hidden: Option<Hidden<'a>>) -> Cutter<'a> {
    let mut cutter = Cutter { note, text, words: words.max(8), found: vec![name(note, title)], open: None, hidden };
    cutter.cut_until(MOST_PASSAGES);
    for (ordinal, passage) in cutter.found.iter_mut().enumerate() {
        passage.ordinal = ordinal as u32;
    }
    cutter
}

/// Where the passage with this digest stands in a note that may have changed since; else the one with this ordinal. `None` for the name,
/// and where there is neither. No more is cut than has to be.
pub fn find(note: &Note, text: &str, title: &str, words: usize, ordinal: u32, digest: &[u8]) -> Option<Range<usize>> {
    if ordinal == 0 {
        return None;
    }
    let found = vec![name(note, title)];
    let mut cutter = Cutter { note, text, words: words.max(8), found, open: None, hidden: None };
    cutter.cut_until(ordinal as usize + 2);
    let same = |passage: &Passage| passage.digest == *digest;
    if !cutter.found.get(ordinal as usize).is_some_and(same) {
        cutter.cut_until(MOST_PASSAGES);
    }
    let found = cutter.found.iter().find(|passage| same(passage)).or_else(|| cutter.found.get(ordinal as usize));
    found.map(|passage| passage.range.clone())
}

fn name(note: &Note, title: &str) -> Passage {
    let mut text = title.to_owned();
    for part in note.aliases().into_iter().chain(note.all_tags()) {
        text.push_str(", ");
        text.push_str(part);
    }
    passage(0..0, String::new(), text)
}

fn passage(range: Range<usize>, headings: String, text: String) -> Passage {
    let mut digest = PassageDigest::default();
    digest.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..DIGEST_BYTES]);
    Passage { ordinal: 0, range, headings, text, digest }
}

fn common(one: &Range<usize>, other: &Range<usize>) -> Option<Range<usize>> {
    let range = one.start.max(other.start)..one.end.min(other.end);
    (range.start < range.end).then_some(range)
}

struct Cutter<'a> {
    note: &'a Note,
    text: &'a str,
    words: usize,
    found: Vec<Passage>,
    open: Option<Open>,
    hidden: Option<Hidden<'a>>,
}

/// A passage under way.
struct Open {
    range: Range<usize>,
    words: usize,
    readable: String,
}

impl Cutter<'_> {
    /// Cut the note from its beginning until there are `most` passages.
    fn cut_until(&mut self, most: usize) {
        self.found.truncate(1);
        for section in self.note.sections.iter().filter(|section| section.kind != "yaml") {
            // Both are in the order of the text.
            let first = self.note.prose.partition_point(|prose| prose.end <= section.range.start);
            let near = self.note.prose[first..].iter().take_while(|prose| prose.start < section.range.end);
            for piece in near.filter_map(|prose| common(prose, &section.range)) {
                self.block(piece, section.kind == "heading");
            }
            if self.found.len() >= most {
                break;
            }
        }
        self.close();
        self.found.truncate(most);
    }

    fn block(&mut self, range: Range<usize>, is_heading: bool) {
        if is_heading && self.open.as_ref().is_some_and(|open| open.words >= SMALL_SECTION.min(self.words)) {
            self.close();
        }
        let mut rest = range;
        while !rest.is_empty() {
            let room = self.words.saturating_sub(self.open.as_ref().map_or(0, |open| open.words));
            let (end, words) = self.cut(rest.clone(), room);
            if end == rest.start {
                // Nothing of it fits any more.
                self.close();
                continue;
            }
            self.add(rest.start..end, words);
            if end < rest.end {
                self.close();
            }
            rest.start = end;
        }
    }

    /// Where a passage that has `room` for so many words should end in `range`, and how many words that is. The start when the
    /// range is better begun in a new passage.
    fn cut(&self, range: Range<usize>, room: usize) -> (usize, usize) {
        let text = &self.text[range.clone()];
        // A word has a byte at least, so few bytes need no count to be known to fit.
        let most = (self.words as f64 * LATE) as usize;
        let (whole, least) = (bounded_count(text, most + 1), (self.words as f64 * EARLY) as usize);
        if whole + (self.words - room) <= most {
            return (range.end, whole);
        }
        if self.open.is_some() && room < least {
            return (range.start, 0);
        }
        let room = if self.open.is_some() { room } else { self.words };
        let end = good_end(text, (room as f64 * EARLY) as usize, room);
        (range.start + end, bounded_count(&text[..end], most + 1))
    }

    fn add(&mut self, range: Range<usize>, words: usize) {
        let open = self.open.get_or_insert_with(|| Open { range: range.clone(), words: 0, readable: String::new() });
        if !open.readable.is_empty() && !open.readable.ends_with('\n') {
            open.readable.push('\n');
        }
        read_out(self.text, &self.note.links, range.clone(), &mut open.readable);
        if let Some(hidden) = &mut self.hidden {
            hidden.add(range.clone());
        }
        open.range.end = range.end;
        open.words += words;
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let body = open.readable.trim();
        if let Some(hidden) = &mut self.hidden {
            hidden.close(open.range.start, !body.is_empty());
        }
        if body.is_empty() {
            return;
        }
        let headings = joined(&headings_above(&self.note.headings, open.range.start), |heading| heading.text.trim());
        let text = under(&headings, body);
        self.found.push(passage(open.range, headings, text));
    }
}

/// Words of `text`, counted no further than `most`.
fn bounded_count(text: &str, most: usize) -> usize {
    // No word that counts is longer on average; a cut that splits one adds a single word.
    const BYTES_A_WORD: usize = 24;
    let sample = &text[..text.floor_char_boundary(most.saturating_mul(BYTES_A_WORD))];
    let words = count_words(sample).0;
    if sample.len() < text.len() { words.max(most) } else { words }
}

/// The end of the last paragraph, line, sentence or word between `least` and `most` words; never 0 for a text that is not
/// empty.
fn good_end(text: &str, least: usize, most: usize) -> usize {
    let (early, late) = (behind_words(text, least.max(1)), behind_words(text, most.max(1)));
    let span = &text[early..late];
    let after = |found: Option<usize>, length: usize| found.map(|at| early + at + length);
    let end = after(span.rfind("\n\n"), 2)
        .or_else(|| after(span.rfind('\n'), 1))
        .or_else(|| {
            span.char_indices()
                .rev()
                .find(|(_, c)| matches!(c, '。' | '！' | '？' | '．'))
                .map(|(at, c)| early + at + c.len_utf8())
        })
        .or_else(|| [". ", "! ", "? "].iter().filter_map(|end| after(span.rfind(end), 2)).max())
        .or_else(|| after(span.rfind(' '), 1));
    end.filter(|&end| end > 0).unwrap_or(late)
}

/// The byte behind the first `count` words of `text`.
fn behind_words(text: &str, count: usize) -> usize {
    const STEP: usize = 64;
    let (mut at, mut words) = (0, 0);
    while at < text.len() && words < count {
        // A quarter of what may still come, so that the count is passed by little; one step where a word is long.
        let step = ((count - words) * 2).clamp(1, STEP);
        let mut next = text.floor_char_boundary(at + step);
        while next <= at {
            next = text.ceil_char_boundary(at + 1);
        }
        while next < text.len() && is_inside_word(text, next) && next - at < 4 * STEP {
            next = text.ceil_char_boundary(next + 1);
        }
        words += count_words(&text[at..next]).0;
        at = next;
    }
    at
}

fn is_inside_word(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let behind = text[at..].chars().next();
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && u32::from(c) < 0x0E00);
    is_letter(before) && is_letter(behind)
}

/// The headings that a place stands under (not one that begins there), outermost first.
fn headings_above(headings: &[Heading], at: usize) -> Vec<&Heading> {
    let before = headings.partition_point(|heading| heading.range.start < at);
    // A passage that begins with a heading stands under the ones above that one.
    let own = headings.get(before).filter(|heading| heading.range.start <= at + 3);
    let mut level = own.map_or(u8::MAX, |own| own.level);
    let mut path: Vec<&Heading> = Vec::new();
    for heading in headings[..before].iter().rev() {
        if heading.level < level {
            level = heading.level;
            path.push(heading);
        }
        if level == 1 {
            break;
        }
    }
    path.reverse();
    path
}

fn joined<'a>(headings: &[&'a Heading], told: impl Fn(&'a Heading) -> &'a str) -> String {
    headings.iter().map(|heading| told(heading)).collect::<Vec<_>>().join(" › ")
}

fn under(headings: &str, body: &str) -> String {
    if headings.is_empty() { body.to_owned() } else { format!("{headings}\n{body}") }
}

/// A stretch of a note as a reader sees it: links by what they show, embeds by name, without the signs of Markdown.
fn read_out(text: &str, links: &[Link], range: Range<usize>, out: &mut String) {
    let mut at = range.start;
    let first = links.partition_point(|link| link.range.start < range.start);
    for link in links[first..].iter().take_while(|link| link.range.end <= range.end) {
        if link.range.start < at || link.kind == LinkKind::Property {
            continue;
        }
        plain(&text[at..link.range.start], out);
        out.extend(shown(link).chars().filter(|c| !is_sign(*c)));
        at = link.range.end;
    }
    plain(&text[at.min(range.end)..range.end], out);
}

fn shown(link: &Link) -> &str {
    match &link.display {
        Some(display) => display,
        None if link.external => "",
        None if link.target.is_empty() => link.subpath.as_deref().unwrap_or(""),
        None => link.target.rsplit('/').next().unwrap_or("").trim_end_matches(".md"),
    }
}

/// Leave out what only shapes the text: heading signs, emphasis, quote and table signs, fences, block ids.
fn plain(text: &str, out: &mut String) {
    for line in text.split_inclusive('\n') {
        // Behind a link a line goes on.
        let begins = out.is_empty() || out.ends_with('\n');
        let bare = if begins { line.trim_start_matches(['#', '>', ' ', '\t']) } else { line };
        if bare.starts_with("```") || bare.starts_with("~~~") {
            out.push('\n');
            continue;
        }
        out.extend(bare.chars().filter(|c| !is_sign(*c)));
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '*' | '`' | '|' | '~')
}
