//! Pairs of texts that may be near-duplicates, by their sketches alone.
//!
//! A shingle that many texts have belongs to a template, a licence or a table: it counts little, and none brings two texts together
//! that more than some dozens have. So sets are compared by weights (Jaccard's index of weighted sets), and pages of one template are
//! no duplicates, however much of it they share.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::sketch::Sketch;

/// A shingle in more texts than this brings no two together.
const COMMON: usize = 64;
/// What so many texts share counts fully: a note, its copy, and a copy of that.
pub const FREE: usize = 3;

/// Two texts by their places, `left` the lower one, with what their samples say, where shingles count the less the more texts have them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    pub left: u32,
    pub right: u32,
    /// The share of both samples that is shared, 0 to 1.
    pub resemblance: f32,
    /// About how many shingles of the whole texts are shared.
    pub shared: f32,
}

impl Candidate {
    /// Of what two samples below a bound share, and what both have.
    pub fn new(left: u32, right: u32, shared: f32, both: f32, bound: u32) -> Self {
        let sampled = (f64::from(bound) + 1.0) / (f64::from(u32::MAX) + 1.0);
        Self {
            left,
            right,
            resemblance: shared / (both - shared).max(f32::MIN_POSITIVE),
            shared: (f64::from(shared) / sampled) as f32,
        }
    }
}

/// The sampled shingles of many texts, turned round: which texts have each.
pub struct Postings<'a> {
    sketches: &'a [&'a Sketch],
    /// The texts of each shingle that some, and not too many, have; ascending.
    texts: Vec<u32>,
    /// By text: the beginnings of its shingles in `texts`, with their lengths.
    runs: Vec<Vec<(u32, u32)>>,
    /// By text: what its sample counts for up to each of its shingles.
    weights: Vec<Vec<f32>>,
}

/// What a shingle counts for that so many texts have.
pub fn weight(texts: usize) -> f32 {
    if texts > COMMON { 0.0 } else { (FREE as f32 / texts as f32).min(1.0).powi(2) }
}

impl<'a> Postings<'a> {
    /// What stands in `boilerplate` counts nothing wherever it stands.
    pub fn of(sketches: &'a [&'a Sketch], boilerplate: &FxHashSet<u32>) -> Self {
        let mut entries: Vec<u64> = (sketches.par_iter().enumerate())
            .flat_map_iter(|(text, sketch)| {
                sketch.sample.iter().map(move |&hash| (u64::from(hash) << 32) | text as u64)
            })
            .collect();
        entries.par_sort_unstable();
        let mut texts = Vec::with_capacity(entries.len());
        let mut runs = vec![Vec::new(); sketches.len()];
        let mut weights: Vec<Vec<f32>> =
            sketches.iter().map(|sketch| Vec::with_capacity(sketch.sample.len())).collect();
        for run in entries.chunk_by(|left, right| left >> 32 == right >> 32) {
            let of_run = run.iter().map(|&entry| entry as u32);
            let counts = if boilerplate.contains(&((run[0] >> 32) as u32)) { 0.0 } else { weight(run.len()) };
            for text in of_run.clone() {
                let before = weights[text as usize].last().copied().unwrap_or(0.0);
                weights[text as usize].push(before + counts);
            }
            if counts > 0.0 && run.len() > 1 {
                let place = (texts.len() as u32, run.len() as u32);
                of_run.clone().for_each(|text| runs[text as usize].push(place));
                texts.extend(of_run);
            }
        }
        Self { sketches, texts, runs, weights }
    }

    /// Every pair that `wanted` admits, in ascending order.
    pub fn candidates(&self, wanted: impl Fn(&Candidate) -> bool + Sync) -> Vec<Candidate> {
        let texts = 0..self.sketches.len() as u32;
        (texts.into_par_iter())
            .map_init(
                || vec![0_f32; self.sketches.len()],
                |counts, left| {
                    let mut found: Vec<Candidate> = self.beside(left, counts).collect();
                    found.retain(&wanted);
                    found
                },
            )
            .flatten_iter()
            .collect()
    }

    /// The texts after this one that share a sampled shingle with it, ascending. `counts` are zeros, and zeros again afterwards.
    fn beside<'b>(&'b self, left: u32, counts: &'b mut [f32]) -> impl Iterator<Item = Candidate> + 'b {
        let mut touched = Vec::new();
        for &(start, length) in &self.runs[left as usize] {
            let run = &self.texts[start as usize..(start + length) as usize];
            for &right in &run[run.partition_point(|&right| right <= left)..] {
                let count = &mut counts[right as usize];
                if *count == 0.0 {
                    touched.push(right);
                }
                *count += weight(length as usize);
            }
        }
        touched.sort_unstable();
        touched.into_iter().map(move |right| self.candidate(left, right, std::mem::take(&mut counts[right as usize])))
    }

    fn candidate(&self, left: u32, right: u32, shared: f32) -> Candidate {
        let bound = self.sketches[left as usize].bound.min(self.sketches[right as usize].bound);
        Candidate::new(left, right, shared, self.own(left, bound) + self.own(right, bound), bound)
    }

    /// What a text's sampled shingles below a bound count for.
    fn own(&self, text: u32, bound: u32) -> f32 {
        let below = self.sketches[text as usize].below(bound).len();
        if below == 0 { 0.0 } else { self.weights[text as usize][below - 1] }
    }
}
