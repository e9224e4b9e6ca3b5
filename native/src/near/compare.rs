//! What two notes have in common, exactly: their texts are read again, some thousands of pairs at a time, so that no more of a large
//! vault than that is ever in memory.

use std::path::Path;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::overlap::Shingled;
use super::passage::Passage;
use super::shingles::{Shingle, shingles};
use super::{Note, body};
use crate::read::read;

/// From here on, two notes are nearly the same as wholes, and no passage is looked for.
const WHOLE: f32 = 0.5;

/// What two notes have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Common {
    /// Jaccard's index of their shingles, 0 to 1.
    pub resemblance: f32,
    /// The share of the shorter one's shingles that the other has, 0 to 1.
    pub containment: f32,
    /// The longest passage that stands in both; none for notes that are nearly the same.
    pub passage: Option<Place>,
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
struct Text {
    text: String,
    /// Of what is not front matter, by bytes from `body` on.
    shingles: Vec<Shingle>,
    shingled: Shingled,
    body: usize,
}

/// What these pairs of notes have in common; nothing where one cannot be read any more.
pub fn compared(vault: &Path, notes: &[Note], pairs: &[(u32, u32)], max_note_bytes: u64) -> Vec<Option<Common>> {
    let mut wanted: Vec<u32> = pairs.iter().flat_map(|&(left, right)| [left, right]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let texts: FxHashMap<u32, Text> = (wanted.par_iter())
        .map_init(Vec::new, |buffer, &note| {
            let content = read(&vault.join(&notes[note as usize].path), max_note_bytes, buffer).ok()?;
            Some((note, Text::new(content.text)))
        })
        .flatten()
        .collect();
    pairs.par_iter().map(|(left, right)| Some(common(texts.get(left)?, texts.get(right)?))).collect()
}

fn common(left: &Text, right: &Text) -> Common {
    let (overlap, shared) = left.shingled.overlap(&right.shingled);
    let resemblance = overlap.resemblance();
    let passage = if resemblance < WHOLE { Passage::longest(&left.shingles, &right.shingles, &shared) } else { None };
    let place = |passage: Passage| Place {
        words: passage.words,
        left: left.lines(passage.left),
        right: right.lines(passage.right),
    };
    Common { resemblance, containment: overlap.containment(), passage: passage.map(place) }
}

impl Text {
    fn new(text: String) -> Self {
        let own = body(&text);
        let (shingles, body) = (shingles(own), text.len() - own.len());
        Self { shingled: Shingled::of(&shingles), shingles, body, text }
    }

    fn lines(&self, (start, end): (u32, u32)) -> (u32, u32) {
        let line =
            |at: u32| memchr::memchr_iter(b'\n', &self.text.as_bytes()[..self.body + at as usize]).count() as u32;
        (line(start), line(end))
    }
}
