//! The duplicates of one note, by one look at all samples: the same as a comparison of all with all tells of it.

use std::path::Path;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::corpus::{Beside, Corpus, LEAST_SHINGLES, Limits, is_pair, is_worth_comparing};
use super::few::Few;
use super::pairs::Candidate;
use super::sketch::Sketch;

/// Notes that one thread looks at before it takes more.
const CHUNK: usize = 4096;

impl Corpus {
    /// The duplicates of the note at `path`, the most alike first; nothing when there is no such note, or it has too few words.
    pub fn beside(&self, vault: &Path, path: &str, limits: Limits) -> Beside {
        let Some(place) = self.place(path) else { return Beside::default() };
        let identical = self.identical_with(&[place as u32]);
        let this = identical.first().map_or(place as u32, |group| group[0]);
        if !self.alone().contains(&this) {
            return Beside { identical, pairs: Vec::new() };
        }
        let mut pairs: Vec<(u32, u32)> = (self.candidates_beside(this).into_iter())
            .map(|pair| (pair.left.min(pair.right), pair.left.max(pair.right)))
            .collect();
        if self.notes()[this as usize].is_template {
            pairs.extend(self.templates_like(this));
            pairs.sort_unstable();
            pairs.dedup();
        }
        let mut pairs = self.compare(vault, &pairs, limits.max_note_bytes, false);
        pairs.retain(|pair| is_pair(&pair.common, limits.least));
        pairs.sort_unstable_by(|a, b| b.common.resemblance.total_cmp(&a.common.resemblance));
        let named: Vec<u32> = pairs.iter().flat_map(|pair| [pair.left, pair.right]).chain([this]).collect();
        Beside { identical: self.identical_with(&named), pairs }
    }

    /// The pairs of this note that may be worth comparing by what they share.
    fn candidates_beside(&self, this: u32) -> Vec<Candidate> {
        let sketch = |note: u32| &self.notes()[note as usize].sketch;
        let (own, crowds) = (sketch(this), self.crowds());
        let weights: FxHashMap<u32, f32> = own.sample.iter().map(|&hash| (hash, crowds.weight(hash))).collect();
        let few = Few::of(weights.iter().filter(|&(_, &weight)| weight > 0.0).map(|(&hash, _)| hash));
        let candidate = |note: u32, shared: f32, other: f32| {
            let bound = own.bound.min(sketch(note).bound);
            let here: f32 = own.below(bound).iter().map(|hash| weights[hash]).sum();
            Candidate::new(this, note, shared, here + other, bound)
        };
        let other = |note: u32| crowds.sum(sketch(note).below(own.bound));
        (self.alone().par_chunks(CHUNK))
            .flat_map_iter(|notes| notes.iter().map(|&note| (note, shared(&weights, &few, sketch(note)))))
            .filter(|&(note, shared)| shared > 0.0 && note != this)
            // The other one has what is shared, and may have no more: few are left whose whole samples are looked at.
            .filter(|&(note, shared)| is_worth_comparing(&candidate(note, shared, shared)))
            .map(|(note, shared)| candidate(note, shared, other(note)))
            .filter(is_worth_comparing)
            .collect()
    }

    /// How much of each of these notes is its own, 0 to 1: not of a template that many share, by the weights of its shingles. 0 for a note
    /// that is unknown, or has too few words for that to say anything.
    pub fn own_shares(&self, paths: &[String]) -> Vec<f32> {
        let share = |path: &String| {
            let sketch = &self.notes()[self.place(path)?].sketch;
            let own = self.crowds().sum(&sketch.sample);
            (sketch.shingles as usize >= LEAST_SHINGLES).then(|| own / sketch.sample.len() as f32)
        };
        paths.iter().map(|path| share(path).unwrap_or(0.0)).collect()
    }

    /// Of which of these pairs both notes can be read and are made from one mould, about two things.
    pub fn of_one_mould(&self, vault: &Path, pairs: &[(String, String)], max_note_bytes: u64) -> Vec<bool> {
        let places: Vec<Option<(u32, u32)>> =
            (pairs.iter()).map(|(left, right)| Some((self.place(left)? as u32, self.place(right)? as u32))).collect();
        let known: Vec<(u32, u32)> = places.iter().flatten().copied().collect();
        let found = self.compare(vault, &known, max_note_bytes, false);
        let moulded: FxHashSet<(u32, u32)> =
            found.iter().filter(|pair| pair.common.is_of_one_mould).map(|pair| (pair.left, pair.right)).collect();
        places.iter().map(|place| place.is_some_and(|place| moulded.contains(&place))).collect()
    }
}

fn shared(weights: &FxHashMap<u32, f32>, few: &Few, sketch: &Sketch) -> f32 {
    sketch.sample.iter().filter(|hash| few.may_have(**hash)).filter_map(|hash| weights.get(hash)).sum()
}
