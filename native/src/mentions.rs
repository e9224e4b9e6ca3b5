//! Where a text names a note without linking to it.
//!
//! A name (a title or an alias) is compared as a key: folded, words parted by single spaces (see
//! [`crate::lexical::name_key`]). In scripts that put no spaces between words, a name may begin and end anywhere.

mod both_ways;

pub use both_ways::{Mentioned, Mentions, of_note};

use std::hash::Hasher;
use std::ops::Range;

use rustc_hash::{FxHashSet, FxHasher};

use crate::note::Note;
use crate::tokens::{fold_char, is_dense};

/// Names of more words or characters are not looked for.
const MOST_WORDS: usize = 12;
const MOST_CHARS: usize = 100;
/// Characters that may part two words of a name: ` – `, `, `, but no end of a sentence.
const WIDEST_GAP: usize = 3;
/// Shorter names (`A`, `x`, `no`) are in every text.
const LEAST_CHARS: usize = 3;
const LEAST_DENSE_CHARS: usize = 2;

/// One place of a text that is a note's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// The name as a key.
    pub key: String,
}

/// A set of names that knows whether a longer one may follow. Holds hashes only: 16 bytes a name and its beginnings.
#[derive(Debug, Default)]
pub struct Names {
    whole: FxHashSet<u64>,
    beginnings: FxHashSet<u64>,
}

impl Names {
    /// Add a name by its key; those too short or too long to be told from other words are left out.
    pub fn add(&mut self, key: &str) {
        let chars = key.chars().count();
        let least = if key.chars().any(is_dense) { LEAST_DENSE_CHARS } else { LEAST_CHARS };
        if chars < least
            || chars > MOST_CHARS
            || key.split(' ').count() > MOST_WORDS
            || !key.contains(char::is_alphabetic)
        {
            return;
        }
        let mut hash = Rolling::default();
        let mut chars = key.chars().peekable();
        while let Some(c) = chars.next() {
            hash.push(c);
            match chars.peek() {
                Some(next) if may_end(c, Some(*next)) => drop(self.beginnings.insert(hash.value())),
                Some(_) => {}
                None => drop(self.whole.insert(hash.value())),
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }
}

/// The hash of a text, known after every character.
#[derive(Default, Clone)]
struct Rolling(FxHasher);

impl Rolling {
    fn push(&mut self, c: char) {
        self.0.write_u32(c as u32);
    }

    fn value(&self) -> u64 {
        self.0.finish()
    }
}

/// May a word end between these two characters of a key?
fn may_end(c: char, next: Option<char>) -> bool {
    next.is_none_or(|next| !next.is_alphanumeric() || is_dense(c) || is_dense(next))
}

/// The places of `text` that are one of `names`, outside of links, tags and code; the longest name at each place, none
/// inside another. Linear in the text, for the length of a name is bounded.
pub fn find(text: &str, note: &Note, names: &Names) -> Vec<Mention> {
    let barred = barred(note);
    let mut found = Vec::new();
    for piece in &note.prose {
        let letters = folded(text, piece.clone());
        let mut at = 0;
        while at < letters.len() {
            at = match longest(&letters, at, names) {
                Some(end) => {
                    let range = letters[at].at..letters[end - 1].end;
                    if !overlaps(&barred, &range) {
                        found.push(Mention { key: key_of(&letters[at..end]), range });
                    }
                    end
                }
                None => at + 1,
            };
        }
    }
    found
}

/// One folded character and the bytes of the text it comes from.
struct Letter {
    at: usize,
    end: usize,
    c: char,
}

fn folded(text: &str, piece: Range<usize>) -> Vec<Letter> {
    let Some(prose) = text.get(piece.clone()) else { return Vec::new() };
    let mut letters = Vec::with_capacity(prose.len());
    for (offset, c) in prose.char_indices() {
        let at = piece.start + offset;
        fold_char(c, |folded| letters.push(Letter { at, end: at + c.len_utf8(), c: folded }));
    }
    letters
}

/// Behind the longest name that begins at `start`.
fn longest(letters: &[Letter], start: usize, names: &Names) -> Option<usize> {
    let first = letters[start].c;
    let before = start.checked_sub(1).map(|before| letters[before].c);
    let begins = first.is_alphanumeric()
        && before.is_none_or(|before| !before.is_alphanumeric() || is_dense(before) || is_dense(first));
    if !begins {
        return None;
    }
    let mut hash = Rolling::default();
    let mut best = None;
    let mut at = start;
    for _ in 0..MOST_CHARS {
        let Some(letter) = letters.get(at) else { break };
        if letter.c.is_alphanumeric() {
            hash.push(letter.c);
            at += 1;
        } else {
            let gap =
                letters[at..].iter().take(WIDEST_GAP + 1).take_while(|letter| !letter.c.is_alphanumeric()).count();
            if gap > WIDEST_GAP || letters[at..at + gap].iter().any(|letter| matches!(letter.c, '\n' | '|')) {
                break;
            }
            hash.push(' ');
            at += gap;
            continue;
        }
        if may_end(letter.c, letters.get(at).map(|next| next.c)) {
            if names.whole.contains(&hash.value()) {
                best = Some(at);
            }
            if !names.beginnings.contains(&hash.value()) {
                break;
            }
        }
    }
    best
}

fn key_of(letters: &[Letter]) -> String {
    let mut key = String::with_capacity(letters.len());
    for letter in letters {
        if letter.c.is_alphanumeric() {
            key.push(letter.c);
        } else if !key.ends_with(' ') {
            key.push(' ');
        }
    }
    key
}

/// Links, tags and code, ascending.
fn barred(note: &Note) -> Vec<Range<usize>> {
    let links = note.links.iter().map(|link| link.range.clone());
    let tags = note.tags.iter().map(|tag| tag.range.clone());
    let code = note.sections.iter().filter(|section| section.kind == "code").map(|section| section.range.clone());
    let mut ranges: Vec<Range<usize>> = links.chain(tags).chain(code).collect();
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    // With ends that ascend too, one look tells.
    let mut end = 0;
    for range in &mut ranges {
        end = end.max(range.end);
        range.end = end;
    }
    ranges
}

fn overlaps(barred: &[Range<usize>], range: &Range<usize>) -> bool {
    let before = barred.partition_point(|barred| barred.start < range.end);
    before.checked_sub(1).is_some_and(|last| barred[last].end > range.start)
}
