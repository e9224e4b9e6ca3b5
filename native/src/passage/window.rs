//! The densest stretch of a text.

use std::ops::Range;

use rustc_hash::FxHashMap;

/// A wanted term in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Occurrence {
    pub start: usize,
    pub end: usize,
    /// Number of the query's word.
    pub word: usize,
    pub weight: f32,
}

/// A word found again in the same window is worth this share of its weight.
const AGAIN: f32 = 0.05;
const AGAIN_LIMIT: u32 = 4;

/// The stretch of at most `length` bytes (or one occurrence) whose distinct words weigh most; the first of equals,
/// without what it says twice at its ends. `occurrences` ascend by start. Linear.
pub(super) fn densest(occurrences: &[Occurrence], length: usize) -> Option<Range<usize>> {
    let mut inside: FxHashMap<usize, Tally> = FxHashMap::default();
    let mut best: Option<(f32, Range<usize>)> = None;
    let mut first = 0;
    for (last, occurrence) in occurrences.iter().enumerate() {
        inside.entry(occurrence.word).or_default().add(occurrence.weight);
        while occurrence.end.saturating_sub(occurrences[first].start) > length && first < last {
            if let Some(tally) = inside.get_mut(&occurrences[first].word) {
                tally.remove(occurrences[first].weight);
            }
            first += 1;
        }
        let worth: f32 = inside.values().map(Tally::worth).sum();
        if best.as_ref().is_none_or(|(known, _)| worth > *known * 1.0001) {
            best = Some((worth, first..last + 1));
        }
    }
    // What is said again later, then what was said before, only widens the window.
    let window = &occurrences[best?.1];
    let window = &window[window.len() - needed(window.iter().rev())..];
    let window = &window[..needed(window.iter())];
    let end = window.iter().map(|occurrence| occurrence.end).max()?;
    Some(window.first()?.start..end)
}

/// How many occurrences it takes until every word has been seen at its best.
fn needed<'a>(occurrences: impl Iterator<Item = &'a Occurrence>) -> usize {
    let mut seen: FxHashMap<usize, f32> = FxHashMap::default();
    let mut needed = 0;
    for (at, occurrence) in occurrences.enumerate() {
        let known = seen.entry(occurrence.word).or_default();
        if occurrence.weight > *known {
            *known = occurrence.weight;
            needed = at + 1;
        }
    }
    needed
}

/// One word's occurrences in a window, by the few weights its forms have.
#[derive(Debug, Default)]
struct Tally {
    weights: Vec<(f32, u32)>,
}

impl Tally {
    fn add(&mut self, weight: f32) {
        match self.weights.iter_mut().find(|(known, _)| *known == weight) {
            Some((_, count)) => *count += 1,
            None => self.weights.push((weight, 1)),
        }
    }

    fn remove(&mut self, weight: f32) {
        if let Some((_, count)) = self.weights.iter_mut().find(|(known, _)| *known == weight) {
            *count -= 1;
        }
    }

    fn worth(&self) -> f32 {
        let present = || self.weights.iter().filter(|(_, count)| *count > 0);
        let most = present().map(|(weight, _)| *weight).fold(0.0, f32::max);
        let count: u32 = present().map(|(_, count)| count).sum();
        most * (1.0 + AGAIN * count.saturating_sub(1).min(AGAIN_LIMIT) as f32)
    }
}
