//! The best passage of a note for a query, read from the note's file when it is shown.
//!
//! Reading at query time keeps the index small and the answer true to the file. The work is bounded: a long note is
//! first searched for the terms as plain bytes, and only the neighbourhood of the best place is parsed.

mod extent;
mod window;

use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;

use crate::note;
use crate::read::beginning;
use crate::tokens::{STEM_MARK, Tokenizer, language_of};
use window::{Occurrence, densest};

/// Notes above this size are narrowed to a region before they are parsed.
const WHOLE_BYTES: usize = 6 * 1024;
/// Bytes around the best place of a long note.
const REGION_BYTES: usize = 4 * 1024;
/// Bytes read of one note.
const MAX_BYTES: u64 = 8 << 20;
/// The matches that a passage is chosen for lie within so many characters.
const WINDOW_CHARS: usize = 220;
/// A match in a heading against one in the text below it, which is shown along with the heading.
const HEADING_WEIGHT: f32 = 0.9;
/// How far back the heading of a region is looked for.
const HEADING_BYTES: usize = 256 * 1024;
/// Matches of the byte search that are weighed.
const MAX_MATCHES: usize = 2_000;
/// So far into a long note the search goes on when it has found this many: a good passage does, it need not be the best of a book.
const ENOUGH_BYTES: usize = 128 * 1024;
const ENOUGH_MATCHES: usize = 20;

/// A piece of a note that shows why it was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Passage {
    /// As in the file, Markdown and all; empty when the file cannot be read any more.
    pub text: String,
    /// The nearest heading above, or the one in the first line of the text.
    pub heading: Option<String>,
    /// 0-based, of the beginning of `text` in the note.
    pub line: u32,
    /// UTF-16 units in `text`, ascending, disjoint.
    pub ranges: Vec<(u32, u32)>,
}

/// Finds terms in plain bytes; for each pattern the query's word and what finding it is worth.
type ByteSearch = (AhoCorasick, Vec<(usize, f32)>);

/// The terms to look for.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Term to the query's word and what finding it is worth.
    terms: FxHashMap<String, (usize, f32)>,
    phrases: Vec<Vec<String>>,
    words: usize,
    bytes: OnceLock<Option<ByteSearch>>,
}

impl Wanted {
    /// Add a form of the query's word number `word`.
    pub fn term(&mut self, term: &str, word: usize, weight: f32) {
        self.words = self.words.max(word + 1);
        let entry = self.terms.entry(term.to_owned()).or_insert((word, weight));
        if weight > entry.1 {
            *entry = (word, weight);
        }
    }

    /// Add terms that belong next to each other.
    pub fn phrase<'a>(&mut self, terms: impl Iterator<Item = &'a str>) {
        let phrase: Vec<String> = terms.map(str::to_owned).collect();
        for term in &phrase {
            let word = self.words;
            self.term(term, word, 1.0);
        }
        self.phrases.push(phrase);
    }

    /// The terms as byte patterns, for a first look at long notes.
    fn bytes(&self) -> Option<&(AhoCorasick, Vec<(usize, f32)>)> {
        let built = self.bytes.get_or_init(|| {
            let (patterns, meanings): (Vec<&str>, Vec<(usize, f32)>) = self
                .terms
                .iter()
                .map(|(term, &meaning)| (term.trim_start_matches(STEM_MARK), meaning))
                .filter(|(term, _)| term.len() > 1)
                .unzip();
            if patterns.is_empty() {
                return None;
            }
            let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(patterns).ok()?;
            Some((automaton, meanings))
        });
        built.as_ref()
    }
}

/// The best passage of the note in `file`; empty when it cannot be read any more.
pub fn read(file: &Path, wanted: &Wanted) -> Passage {
    // A note that vanished since it was indexed is still a hit; the next pass over the vault removes it.
    beginning(file, MAX_BYTES).map_or_else(|_| Passage::default(), |text| best(&text, wanted))
}

/// The best passage of a note's text.
pub fn best(text: &str, wanted: &Wanted) -> Passage {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let region = region(text, wanted);
    let parsed = note::parse(&text[region.clone()]);
    let mut occurrences = occurrences(&text[region.clone()], &parsed.prose, wanted);
    for occurrence in &mut occurrences {
        if heading_at(&parsed, occurrence.start).is_some() {
            occurrence.weight *= HEADING_WEIGHT;
        }
    }
    let span = match densest(&occurrences, window_bytes(&text[region.clone()])) {
        Some(window) => extent::around(&text[region.clone()], &parsed, window),
        None => extent::opening(&text[region.clone()], &parsed),
    };
    let piece = &text[region.start + span.start..region.start + span.end];
    let within = parsed.headings.iter().take_while(|heading| heading.range.start < span.end.max(1));
    let above = within.filter(|heading| heading.range.start <= span.start).last().map(|heading| heading.text.clone());
    Passage {
        heading: above.or_else(|| heading_before(&text[..region.start])),
        line: memchr::memchr_iter(b'\n', &text.as_bytes()[..region.start + span.start]).count() as u32,
        ranges: ranges(piece, span.start, &occurrences),
        text: piece.to_owned(),
    }
}

/// A stretch of a note's text as a passage that nothing in it was looked for, or how the note begins.
pub fn shown(text: &str, parsed: &note::Note, stretch: Option<Range<usize>>) -> Passage {
    let span = match stretch {
        Some(stretch) => extent::around(text, parsed, stretch.start..stretch.start),
        None => extent::opening(text, parsed),
    };
    let above = parsed.headings.iter().take_while(|heading| heading.range.start <= span.start);
    Passage {
        heading: above.last().map(|heading| heading.text.clone()),
        line: memchr::memchr_iter(b'\n', &text.as_bytes()[..span.start]).count() as u32,
        ranges: Vec::new(),
        text: text[span].to_owned(),
    }
}

/// What stands around one place of a note's text.
pub fn around(text: &str, parsed: &note::Note, place: Range<usize>) -> Passage {
    let span = extent::around(text, parsed, place.clone());
    let piece = &text[span.clone()];
    let above = parsed.headings.iter().take_while(|heading| heading.range.start <= span.start);
    Passage {
        heading: above.last().map(|heading| heading.text.clone()),
        line: memchr::memchr_iter(b'\n', &text.as_bytes()[..span.start]).count() as u32,
        ranges: ranges(piece, span.start, &[Occurrence { start: place.start, end: place.end, word: 0, weight: 1.0 }]),
        text: piece.to_owned(),
    }
}

/// Length of a window in the script of the text.
fn window_bytes(text: &str) -> usize {
    let sample = &text[..text.floor_char_boundary(REGION_BYTES)];
    WINDOW_CHARS * sample.len().max(1) / sample.chars().count().max(1)
}

/// The heading that has a place of the text.
fn heading_at(note: &note::Note, at: usize) -> Option<&note::Heading> {
    let next = note.headings.partition_point(|heading| heading.range.start <= at);
    note.headings[..next].last().filter(|heading| at < heading.range.end)
}

/// The part of the note worth parsing: all of a short one.
fn region(text: &str, wanted: &Wanted) -> Range<usize> {
    if text.len() <= WHOLE_BYTES {
        return 0..text.len();
    }
    let mut found = Vec::new();
    if let Some((automaton, meanings)) = wanted.bytes() {
        for hit in automaton.find_iter(text.as_bytes()) {
            let inside_word = hit.start() > 0 && text.as_bytes()[hit.start() - 1].is_ascii_alphanumeric();
            if !inside_word {
                let (word, weight) = meanings[hit.pattern().as_usize()];
                found.push(Occurrence { start: hit.start(), end: hit.end(), word, weight });
            }
            if found.len() == MAX_MATCHES || hit.start() > ENOUGH_BYTES && found.len() >= ENOUGH_MATCHES {
                break;
            }
        }
    }
    let middle = densest(&found, window_bytes(text)).map_or(0, |window| window.start);
    let start = line_start(text, text.floor_char_boundary(middle.saturating_sub(REGION_BYTES / 2)), REGION_BYTES);
    start..text.floor_char_boundary(middle + REGION_BYTES)
}

/// The beginning of the line that `at` is in, unless it is further away than `reach`.
fn line_start(text: &str, at: usize, reach: usize) -> usize {
    let from = text.floor_char_boundary(at.saturating_sub(reach));
    match memchr::memrchr(b'\n', &text.as_bytes()[from..at]) {
        Some(newline) => from + newline + 1,
        None if from == 0 => 0,
        None => at,
    }
}

/// Where the wanted terms stand in the prose, ascending.
fn occurrences(text: &str, prose: &[Range<usize>], wanted: &Wanted) -> Vec<Occurrence> {
    thread_local! {
        static TOKENIZER: std::cell::RefCell<Tokenizer> = std::cell::RefCell::new(Tokenizer::new());
    }
    let mut found: Vec<Occurrence> = Vec::new();
    let mut phrases = PhraseWatch::new(&wanted.phrases);
    let language = language_of(text);
    TOKENIZER.with_borrow_mut(|tokenizer| {
        for range in prose {
            let Some(piece) = text.get(range.clone()) else { continue };
            phrases.restart();
            tokenizer.index_words(piece, language, &mut |word| {
                let (start, end) = (range.start + word.start, range.start + word.end);
                if let Some(&(number, weight)) = wanted.terms.get(word.term) {
                    found.push(Occurrence { start, end, word: number, weight });
                }
                if let Some((start, number)) = phrases.see(word.term, word.position, start) {
                    found.push(Occurrence { start, end, word: wanted.words + number, weight: PHRASE_WEIGHT });
                }
            });
        }
    });
    found.sort_by_key(|occurrence| (occurrence.start, occurrence.end));
    found
}

/// A place where the whole phrase stands outweighs any with its words apart.
const PHRASE_WEIGHT: f32 = 100.0;

/// Follows the phrases of a query through a text.
struct PhraseWatch<'a> {
    phrases: &'a [Vec<String>],
    /// By phrase: (terms seen, position of the last, start of the first) of every match under way.
    open: Vec<Vec<(usize, u32, usize)>>,
}

impl<'a> PhraseWatch<'a> {
    fn new(phrases: &'a [Vec<String>]) -> Self {
        Self { phrases, open: vec![Vec::new(); phrases.len()] }
    }

    fn restart(&mut self) {
        self.open.iter_mut().for_each(Vec::clear);
    }

    /// The start and number of a phrase that `term` completes.
    fn see(&mut self, term: &str, position: u32, start: usize) -> Option<(usize, usize)> {
        let mut complete = None;
        for (number, (phrase, open)) in self.phrases.iter().zip(&mut self.open).enumerate() {
            // The pair of a run's last two characters is followed by the last one alone: two steps to the next word.
            open.retain(|(_, last, _)| *last + 2 >= position);
            for (seen, last, first) in open.iter_mut() {
                if position > *last && phrase.get(*seen).is_some_and(|next| next == term) {
                    (*seen, *last) = (*seen + 1, position);
                    if *seen == phrase.len() {
                        complete = Some((*first, number));
                    }
                }
            }
            if phrase.first().is_some_and(|first| first == term) {
                open.push((1, position, start));
            }
        }
        complete
    }
}

/// The last line before a region that looks like a heading.
fn heading_before(text: &str) -> Option<String> {
    let from = text.ceil_char_boundary(text.len().saturating_sub(HEADING_BYTES));
    let line = text[from..].rsplit('\n').find(|line| {
        let rest = line.trim_start_matches('#');
        (1..=6).contains(&(line.len() - rest.len())) && rest.starts_with(' ')
    })?;
    Some(line.trim_matches(['#', ' ', '\r']).to_owned())
}

/// Highlights in UTF-16 units; what touches or overlaps is one.
fn ranges(piece: &str, base: usize, occurrences: &[Occurrence]) -> Vec<(u32, u32)> {
    let mut bytes: Vec<Range<usize>> = Vec::new();
    for occurrence in occurrences {
        if occurrence.start < base || occurrence.end > base + piece.len() {
            continue;
        }
        let (start, end) = (occurrence.start - base, occurrence.end - base);
        match bytes.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => bytes.push(start..end),
        }
    }
    let (mut at, mut units) = (0, 0);
    let mut advance = |to: usize| {
        units += piece[at..to].encode_utf16().count() as u32;
        at = to;
        units
    };
    bytes.into_iter().map(|range| (advance(range.start), advance(range.end))).collect()
}
