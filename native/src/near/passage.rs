//! The longest passage that two texts share.

use super::shingles::{WORDS, Word};

/// Words that may differ in a row within a passage, or stand in one text only: a corrected word, a new link.
const GAP: u32 = 12;

/// A passage that stands in two texts, all but the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// Words of it that stand in both.
    pub words: u32,
    /// Bytes of one text, `[start, end)`.
    pub left: (u32, u32),
    /// And of the other.
    pub right: (u32, u32),
}

/// Shingles that follow each other in both texts, by their places.
#[derive(Clone, Copy)]
struct Run {
    left: (u32, u32),
    right: (u32, u32),
    words: u32,
}

impl Run {
    fn at((left, right): (u32, u32)) -> Self {
        Self { left: (left, left), right: (right, right), words: WORDS as u32 }
    }

    /// How much more of one text than of the other lies before these places, if they may belong to the run.
    fn off(&self, (left, right): (u32, u32)) -> Option<u32> {
        let (here, there) = (left - self.left.1, right.checked_sub(self.right.1)?);
        let near = 1..=GAP + WORDS as u32;
        (near.contains(&here) && near.contains(&there)).then(|| here.abs_diff(there))
    }

    fn grow(&mut self, (left, right): (u32, u32)) {
        self.words += (left - self.left.1).min(right - self.right.1).min(WORDS as u32);
        (self.left.1, self.right.1) = (left, right);
    }
}

impl Passage {
    /// Of two texts' words and the places of the shingles they share, ascending; none when they share none. Where a shingle
    /// stands several times, the place that goes on with what came before is taken, else the first.
    pub fn longest(left: &[Word], right: &[Word], shared: &[(u32, u32)]) -> Option<Self> {
        let (mut best, mut run): (Option<Run>, Option<Run>) = (None, None);
        for places in shared.chunk_by(|one, other| one.0 == other.0) {
            let goes_on = run.and_then(|run| places.iter().filter_map(|&place| Some((run.off(place)?, place))).min());
            match (&mut run, goes_on) {
                (Some(run), Some((_, place))) => run.grow(place),
                _ => run = Some(Run::at(places[0])),
            }
            if run.map(|run| run.words) > best.map(|run| run.words) {
                best = run;
            }
        }
        let bytes = |words: &[Word], (first, last): (u32, u32)| {
            (words[first as usize].start, words[(last as usize + WORDS).min(words.len()) - 1].end)
        };
        best.map(|run| Self { words: run.words, left: bytes(left, run.left), right: bytes(right, run.right) })
    }
}
