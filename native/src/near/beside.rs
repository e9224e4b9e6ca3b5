//! The duplicates of one note, by one look at all samples: the same as a comparison of all with all tells of it.

use std::path::Path;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::corpus::{Beside, Corpus, LEAST_SHINGLES, Limits, is_pair, is_worth_comparing};
use super::few::Few;
use super::pairs::{Candidate, weight};
use super::sketch::Sketch;

/// By how much sums of weights may differ for the order in which they were added up.
const ROUNDING: f32 = 1e-4;
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
            .filter(is_worth_comparing)
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
        let own = &self.notes()[this as usize].sketch;
        let counts = self.counts(&own.sample);
        let weights: FxHashMap<u32, f32> =
            counts.iter().map(|(&hash, &texts)| (hash, self.weight(hash, texts))).collect();
        let few = Few::of(own.sample.iter().copied());
        let sum = |sketch: &Sketch, bound: u32, counts: &FxHashMap<u32, u32>| -> f32 {
            sketch.below(bound).iter().map(|hash| self.weight(*hash, counts[hash])).sum()
        };
        let sketch = |note: u32| &self.notes()[note as usize].sketch;
        // Told by its own sample alone, the most that a pair can come to: the other has what is shared, and may have no more.
        let at_most = |note: u32, shared: f32| {
            let bound = own.bound.min(sketch(note).bound);
            Candidate::new(this, note, shared * (1.0 + ROUNDING), sum(own, bound, &counts) + shared, bound)
        };
        let shared: Vec<(u32, f32)> = (self.alone().par_chunks(CHUNK))
            .flat_map_iter(|notes| notes.iter().map(|&note| (note, shared(&weights, &few, sketch(note)))))
            .filter(|&(note, shared)| shared > 0.0 && note != this && is_worth_comparing(&at_most(note, shared)))
            .collect();
        let mut hashes: Vec<u32> = shared.iter().flat_map(|&(note, _)| &sketch(note).sample).copied().collect();
        hashes.par_sort_unstable();
        hashes.dedup();
        let others = self.counts(&hashes);
        (shared.par_iter())
            .map(|&(note, shared)| {
                let bound = own.bound.min(sketch(note).bound);
                let both = sum(own, bound, &counts) + sum(sketch(note), bound, &others);
                Candidate::new(this, note, shared, both, bound)
            })
            .collect()
    }

    /// How much of each of these notes is its own, 0 to 1: not of a template that many share, by the weights of its shingles. 0 for a note
    /// that is unknown, or has too few words for that to say anything.
    pub fn own_shares(&self, paths: &[String]) -> Vec<f32> {
        let places: Vec<Option<usize>> = paths.iter().map(|path| self.place(path)).collect();
        let sample = |place: &Option<usize>| place.map_or(&[][..], |place| &self.notes()[place].sketch.sample);
        let mut hashes: Vec<u32> = places.iter().flat_map(sample).copied().collect();
        hashes.par_sort_unstable();
        hashes.dedup();
        let counts = self.counts(&hashes);
        let share = |place: Option<usize>| {
            let sketch = &self.notes()[place?].sketch;
            let own: f32 = sketch.sample.iter().map(|hash| self.weight(*hash, counts[hash].max(1))).sum();
            (sketch.shingles as usize >= LEAST_SHINGLES).then(|| own / sketch.sample.len() as f32)
        };
        places.par_iter().map(|&place| share(place).unwrap_or(0.0)).collect()
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

    /// How many notes have each of these hashes, which ascend, in their samples.
    fn counts(&self, hashes: &[u32]) -> FxHashMap<u32, u32> {
        let wanted: FxHashMap<u32, u32> = hashes.iter().map(|&hash| (hash, 0)).collect();
        let few = Few::of(hashes.iter().copied());
        let counted = |notes: &[u32]| {
            let mut counts = wanted.clone();
            for hash in notes.iter().flat_map(|&note| &self.notes()[note as usize].sketch.sample) {
                if few.may_have(*hash)
                    && let Some(count) = counts.get_mut(hash)
                {
                    *count += 1;
                }
            }
            counts
        };
        let chunks = self.alone().len().div_ceil(rayon::current_num_threads()).max(1);
        (self.alone().par_chunks(chunks)).map(counted).reduce(
            || wanted.clone(),
            |mut sum, part| {
                part.into_iter().for_each(|(hash, count)| *sum.entry(hash).or_default() += count);
                sum
            },
        )
    }

    fn weight(&self, hash: u32, texts: u32) -> f32 {
        if self.boilerplate().contains(&hash) { 0.0 } else { weight(texts as usize) }
    }
}

fn shared(weights: &FxHashMap<u32, f32>, few: &Few, sketch: &Sketch) -> f32 {
    sketch.sample.iter().filter(|hash| few.may_have(**hash)).filter_map(|hash| weights.get(hash)).sum()
}
