//! What two notes have in common, exactly: their texts are read again, some thousands of pairs at a time, so that no more of a large
//! vault than that is ever in memory.

use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::mould::Spoken;
use super::overlap::Shingled;
use super::passage::Passage;
use super::shingles::words;
use super::{Note, body};
use crate::read::text;

/// From here on, two notes are nearly the same as wholes, and no passage is looked for.
const WHOLE: f32 = 0.5;

/// How alike notes of one mould are: less are notes that merely speak of different things, more are copies.
const MOULDED: std::ops::Range<f32> = 0.1..0.85;

/// Below this, notes that share one passage and little else took it from each other, whatever they are about.
const LEAST_MOULDED: f32 = 0.3;
/// The share of all that is shared, which then lies in the passage.
const ONE_PASSAGE: f32 = 0.6;

/// What two notes have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Common {
    /// Jaccard's index of their shingles, 0 to 1.
    pub resemblance: f32,
    /// The share of the shorter one's shingles that the other has, 0 to 1.
    pub containment: f32,
    /// The longest passage that stands in both; none for notes that are nearly the same.
    pub passage: Option<Place>,
    /// They are much the same because they are made from one mould, about two things.
    pub is_of_one_mould: bool,
}

/// Where a passage stands in two notes: lines of the files, from the first to the last one, 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Words that stand in both.
    pub words: u32,
    pub left: (u32, u32),
    pub right: (u32, u32),
}

/// A note that was read again.
struct Text<'a> {
    path: &'a str,
    text: String,
    /// Of what is not front matter, by bytes from `body` on.
    shingled: Shingled,
    body: usize,
    spoken: OnceLock<Spoken>,
}

/// What these pairs of notes have in common; nothing where one cannot be read any more.
pub fn compared(vault: &Path, notes: &[Note], pairs: &[(u32, u32)], max_note_bytes: u64) -> Vec<Option<Common>> {
    let mut wanted: Vec<u32> = pairs.iter().flat_map(|&(left, right)| [left, right]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let texts: FxHashMap<u32, Text<'_>> = (wanted.par_iter())
        .map(|&note| {
            let path = &notes[note as usize].path;
            Some((note, Text::new(path, text(&vault.join(path), max_note_bytes).ok()?)))
        })
        .flatten()
        .collect();
    pairs.par_iter().map(|(left, right)| Some(common(texts.get(left)?, texts.get(right)?))).collect()
}

fn common(left: &Text<'_>, right: &Text<'_>) -> Common {
    let (one, other) = (&left.shingled, &right.shingled);
    let overlap = one.overlap(other);
    let resemblance = overlap.resemblance();
    let passage =
        if resemblance < WHOLE { Passage::longest(&one.words, &other.words, &one.shared(other)) } else { None };
    let is_one_passage = resemblance < LEAST_MOULDED
        && passage.is_some_and(|passage| passage.words as f32 >= ONE_PASSAGE * overlap.shared as f32);
    let place = |passage: Passage| Place {
        words: passage.words,
        left: left.lines(passage.left),
        right: right.lines(passage.right),
    };
    Common {
        resemblance,
        containment: overlap.containment(),
        passage: passage.map(place),
        is_of_one_mould: MOULDED.contains(&resemblance)
            && !is_one_passage
            && left.spoken().is_of_one_mould_with(right.spoken()),
    }
}

impl<'a> Text<'a> {
    fn new(path: &'a str, text: String) -> Self {
        let own = body(&text);
        Self { path, shingled: Shingled::of(words(own)), body: text.len() - own.len(), text, spoken: OnceLock::new() }
    }

    fn spoken(&self) -> &Spoken {
        self.spoken.get_or_init(|| Spoken::of(self.path, &self.text[self.body..], &self.shingled.words))
    }

    fn lines(&self, (start, end): (u32, u32)) -> (u32, u32) {
        let line =
            |at: u32| memchr::memchr_iter(b'\n', &self.text.as_bytes()[..self.body + at as usize]).count() as u32;
        (line(start), line(end))
    }
}
