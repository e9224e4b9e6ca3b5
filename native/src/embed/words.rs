//! Texts to unit vectors, with a memory of words.
//!
//! Running text is mostly words that were met a moment ago. A memory is a table of fixed size where a word has one place, by
//! its hash, and takes it from whichever word was there: the frequent ones are soon back, and nothing ever grows.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::subwords::{Scratch, Subwords};
use super::table::Table;

/// Words that one thread remembers: 2 MB of them.
const PLACES: usize = 1 << 15;
/// Longer words are not remembered …
const LONGEST_WORD: usize = 26;
/// … nor those of more tokens.
const MOST_TOKENS: usize = 9;

/// A word and its tokens, in one line of a processor's cache.
#[derive(Clone, Copy, Default)]
#[repr(C, align(64))]
struct Place {
    tokens: [u32; MOST_TOKENS],
    word: [u8; LONGEST_WORD],
    /// Zero in a place that no word has taken.
    length: u8,
    count: u8,
}

/// One thread's memory of words, and its room to work in.
#[derive(Default)]
pub(super) struct Memory {
    places: Vec<Place>,
    scratch: Scratch,
    ids: Vec<u32>,
}

impl Memory {
    /// One that remembers; the default one does not, and is as small as a query.
    pub fn of_words() -> Self {
        Self { places: vec![Place::default(); PLACES], ..Self::default() }
    }

    /// Write the unit vector of `text`, or zeros.
    pub fn embed(&mut self, subwords: &Subwords, table: &Table, text: &str, vector: &mut [f32]) {
        vector.fill(0.0);
        self.tokens(subwords, text).iter().for_each(|id| table.add(*id, vector));
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        if length > 0.0 {
            vector.iter_mut().for_each(|number| *number /= length);
        }
    }

    /// Ids of all tokens of `text`.
    pub fn tokens(&mut self, subwords: &Subwords, text: &str) -> &[u32] {
        self.ids.clear();
        for word in text.split_whitespace() {
            self.add(subwords, word);
        }
        &self.ids
    }

    fn add(&mut self, subwords: &Subwords, word: &str) {
        let bytes = word.as_bytes();
        if bytes.len() > LONGEST_WORD || self.places.is_empty() {
            return subwords.add(word, &mut self.scratch, &mut self.ids);
        }
        let place = &mut self.places[FxBuildHasher.hash_one(bytes) as usize % PLACES];
        if place.length as usize == bytes.len() && place.word[..bytes.len()] == *bytes {
            return self.ids.extend_from_slice(&place.tokens[..place.count as usize]);
        }
        let from = self.ids.len();
        subwords.add(word, &mut self.scratch, &mut self.ids);
        let tokens = &self.ids[from..];
        if tokens.len() <= MOST_TOKENS {
            (place.length, place.count) = (bytes.len() as u8, tokens.len() as u8);
            place.word[..bytes.len()].copy_from_slice(bytes);
            place.tokens[..tokens.len()].copy_from_slice(tokens);
        }
    }
}
