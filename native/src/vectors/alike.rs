//! Notes that mean the same: close to each other, and much closer than the notes around them are.
//!
//! How close is close depends on the model, the language and the topic: twenty notes about one project are all near to each other and no
//! duplicates. So a pair is judged by how much of the way from its surroundings to sameness it goes, the surroundings being how near
//! the fifth neighbour is (local scaling: Zelnik-Manor and Perona 2004; the same thought corrects hubs in Conneau and others 2018).

use std::sync::{Arc, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::related::centre;
use super::{PassageVectors, State};
use crate::lexical::path_key;
use crate::pass::Progress;

/// The neighbour that tells how near a note's surroundings are.
const SURROUNDINGS: usize = 4;
/// Neighbours by their signs that are compared by their numbers.
const LOOKED_AT: usize = 64;
/// Notes that one thread looks at together, before it tells how far it is.
const TURN: usize = 64;
/// Notes whose signs fill the nearest cache of a processor.
const BLOCK: usize = 512;
const WORD: usize = 64;
/// The largest number of a byte.
const FULL: f32 = 127.0;

/// Two notes that may mean the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    pub left: String,
    pub right: String,
    /// Of the notes' centres, −1 to 1.
    pub cosine: f32,
    /// How much of the way from the nearer surroundings of both to a cosine of 1 it goes, up to 1.
    pub gap: f32,
}

/// Every note as one vector: the mean of its passages, those that many notes have counting little.
#[derive(Default)]
pub(super) struct Centres {
    dimensions: usize,
    /// Which version of which note each is made from: path key, and the first bytes of the digest.
    made_from: Vec<(u64, u64)>,
    /// Bytes, `dimensions` a note.
    numbers: Vec<i8>,
    /// What makes a row of bytes a vector of unit length; 0 for a note that means nothing to the model.
    scales: Vec<f32>,
    /// On which side of the mean of all notes each number lies.
    signs: Vec<u64>,
}

/// A note near another, by their places among the centres.
#[derive(Debug, Clone, Copy)]
struct Neighbour {
    place: u32,
    cosine: f32,
}

impl PassageVectors {
    /// All pairs that are at least so far from their surroundings, the nearest first. Ends early with those it has when `progress` says so.
    pub fn alike(&self, least_gap: f32, progress: Progress<'_>) -> Vec<Alike> {
        let centres = self.centres();
        let notes: Vec<u32> = (0..centres.notes() as u32).collect();
        let around: Vec<Vec<Neighbour>> = (notes.par_chunks(TURN).enumerate())
            .flat_map_iter(|(turn, some)| {
                let goes_on = progress("comparing meanings", turn * TURN, notes.len());
                if goes_on { centres.around(some) } else { vec![Vec::new(); some.len()] }
            })
            .collect();
        let surroundings: Vec<f32> = around.iter().map(|near| surroundings(near, notes.len())).collect();
        let pairs = around.iter().enumerate().flat_map(|(left, around)| {
            let surroundings = &surroundings;
            around.iter().map(move |near| {
                let gap = gap(near.cosine, surroundings[left], surroundings[near.place as usize]);
                (left as u32, *near, gap)
            })
        });
        self.listed(&centres, pairs.filter(|&(.., gap)| gap >= least_gap).collect())
    }

    /// The pairs of one note, as `alike` tells them.
    pub fn alike_to(&self, path: &str, least_gap: f32) -> Vec<Alike> {
        let centres = self.centres();
        let Some(place) = centres.place(path_key(path)) else { return Vec::new() };
        let all = centres.notes();
        let around = centres.around(&[place]).remove(0);
        let own = surroundings(&around, all);
        let wanted: Vec<Neighbour> =
            around.into_iter().filter(|near| gap(near.cosine, own, own) >= least_gap).collect();
        let others = centres.around(&wanted.iter().map(|near| near.place).collect::<Vec<_>>());
        let pairs = (wanted.into_iter().zip(others))
            .map(|(near, other)| (place, near, gap(near.cosine, own, surroundings(&other, all))))
            .filter(|&(.., gap)| gap >= least_gap)
            .collect();
        self.listed(&centres, pairs)
    }

    /// The centres of the notes as they are now. Nothing is held while they are compared, so that notes can be put meanwhile.
    fn centres(&self) -> Arc<Centres> {
        let mut kept = self.centres.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fresh) = kept.followed(&self.read(), self.dimensions) {
            *kept = Arc::new(fresh);
        }
        kept.clone()
    }

    /// Each once, the nearest first; those of notes that are gone meanwhile are left out.
    fn listed(&self, centres: &Centres, pairs: Vec<(u32, Neighbour, f32)>) -> Vec<Alike> {
        let state = self.read();
        let path =
            |place: u32| state.place(centres.made_from[place as usize].0).map(|place| state.path(place).to_owned());
        let mut alike: Vec<Alike> = (pairs.into_iter())
            .filter_map(|(one, near, gap)| {
                let (left, right) = (path(one.min(near.place))?, path(one.max(near.place))?);
                Some(Alike { left, right, cosine: near.cosine, gap })
            })
            .collect();
        alike.sort_unstable_by(|a, b| {
            b.cosine.total_cmp(&a.cosine).then_with(|| (&a.left, &a.right).cmp(&(&b.left, &b.right)))
        });
        alike.dedup_by(|a, b| a.left == b.left && a.right == b.right);
        alike
    }
}

/// How near the notes around a note are; of few notes, the nearer half.
fn surroundings(around: &[Neighbour], notes: usize) -> f32 {
    let at = SURROUNDINGS.min((notes.saturating_sub(1)).div_ceil(2));
    around.get(at).map_or(0.0, |near| near.cosine.max(0.0))
}

fn gap(cosine: f32, left: f32, right: f32) -> f32 {
    let surroundings = left.max(right).min(1.0 - f32::EPSILON);
    (cosine - surroundings) / (1.0 - surroundings)
}

impl Centres {
    fn notes(&self) -> usize {
        self.scales.len()
    }

    fn place(&self, key: u64) -> Option<u32> {
        self.made_from.iter().position(|from| from.0 == key).map(|place| place as u32)
    }

    /// With those made anew whose notes changed; nothing when none did.
    fn followed(&self, state: &State, dimensions: usize) -> Option<Self> {
        let version = |place| Some(u64::from_le_bytes(*state.note_digest(place)?.first_chunk()?));
        let wanted: Vec<(u64, u64)> =
            (state.notes.iter().enumerate()).map(|(place, known)| (known.key, version(place).unwrap_or(0))).collect();
        if wanted == self.made_from {
            return None;
        }
        let known: FxHashMap<(u64, u64), usize> =
            self.made_from.iter().enumerate().map(|(place, &from)| (from, place)).collect();
        let rows: Vec<(Vec<i8>, f32)> = (wanted.par_iter().enumerate())
            .map(|(place, from)| match known.get(from) {
                Some(&old) => (self.numbers(old).to_vec(), self.scales[old]),
                None => row(state, place, dimensions),
            })
            .collect();
        let mut fresh = Self {
            dimensions,
            made_from: wanted,
            numbers: rows.iter().flat_map(|(numbers, _)| numbers).copied().collect(),
            scales: rows.iter().map(|(_, scale)| *scale).collect(),
            signs: Vec::new(),
        };
        fresh.sign();
        Some(fresh)
    }

    fn numbers(&self, place: usize) -> &[i8] {
        &self.numbers[place * self.dimensions..(place + 1) * self.dimensions]
    }

    fn sign(&mut self) {
        let mut mean = vec![0.0_f32; self.dimensions];
        for (numbers, scale) in self.numbers.chunks_exact(self.dimensions).zip(&self.scales) {
            mean.iter_mut().zip(numbers).for_each(|(sum, &number)| *sum += f32::from(number) * scale);
        }
        let notes = self.notes().max(1) as f32;
        mean.iter_mut().for_each(|sum| *sum /= notes);
        for (numbers, &scale) in self.numbers.chunks_exact(self.dimensions).zip(&self.scales) {
            for (numbers, mean) in numbers.chunks(WORD).zip(mean.chunks(WORD)) {
                let above = numbers.iter().zip(mean).map(|(&number, &mean)| f32::from(number) * scale >= mean);
                self.signs.push(above.enumerate().fold(0, |word, (at, above)| word | (u64::from(above) << at)));
            }
        }
    }

    /// For each of these notes those nearest to it, the nearest first: `LOOKED_AT` by their signs, ordered by their numbers.
    fn around(&self, notes: &[u32]) -> Vec<Vec<Neighbour>> {
        let mut closest: Vec<Closest> = notes.iter().map(|_| Closest::default()).collect();
        let words = self.dimensions.div_ceil(WORD);
        for (block, rows) in self.signs.chunks(BLOCK * words).enumerate() {
            // A block stays in the nearest cache while all these notes are compared with it.
            for (&note, closest) in notes.iter().zip(&mut closest) {
                let own = &self.signs[note as usize * words..(note as usize + 1) * words];
                closest.look(own, rows, (block * BLOCK) as u32);
            }
        }
        notes.iter().zip(closest).map(|(&note, closest)| self.ordered(note as usize, closest)).collect()
    }

    fn ordered(&self, own: usize, mut closest: Closest) -> Vec<Neighbour> {
        if self.scales[own] == 0.0 {
            return Vec::new();
        }
        closest.cut();
        let others = closest.found.iter().map(|&(_, place)| place as usize);
        let mut near: Vec<Neighbour> = others
            .filter(|&place| place != own && self.scales[place] != 0.0)
            .map(|place| {
                let pairs = self.numbers(own).iter().zip(self.numbers(place));
                let product: i32 = pairs.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
                Neighbour { place: place as u32, cosine: product as f32 * (self.scales[own] * self.scales[place]) }
            })
            .collect();
        near.sort_unstable_by(|a, b| b.cosine.total_cmp(&a.cosine).then(a.place.cmp(&b.place)));
        near.truncate(SURROUNDINGS + 1);
        near.shrink_to_fit();
        near
    }
}

/// The rows of signs that differ least from one.
struct Closest {
    /// How many signs differ, and the row.
    found: Vec<(u16, u32)>,
    /// What differs as much or more is no candidate any more.
    bound: u16,
}

impl Default for Closest {
    fn default() -> Self {
        Self { found: Vec::with_capacity(4 * LOOKED_AT), bound: u16::MAX }
    }
}

impl Closest {
    fn look(&mut self, own: &[u64], rows: &[u64], first: u32) {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("popcnt") {
            // SAFETY: the processor counts bits.
            return unsafe { self.look_counting(own, rows, first) };
        }
        self.look_anywhere(own, rows, first);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "popcnt")]
    fn look_counting(&mut self, own: &[u64], rows: &[u64], first: u32) {
        self.look_anywhere(own, rows, first);
    }

    /// Compiled for the widths of the models there are, so that their loops are unrolled.
    #[inline(always)]
    fn look_anywhere(&mut self, own: &[u64], rows: &[u64], first: u32) {
        match own.len() {
            4 => self.look_at::<4>(own, rows, first),
            6 => self.look_at::<6>(own, rows, first),
            words => rows.chunks_exact(words).zip(first..).for_each(|(row, place)| self.take(differ(own, row), place)),
        }
    }

    #[inline(always)]
    fn look_at<const WORDS: usize>(&mut self, own: &[u64], rows: &[u64], first: u32) {
        let (Some(own), (rows, _)) = (own.first_chunk::<WORDS>(), rows.as_chunks::<WORDS>()) else { return };
        rows.iter().zip(first..).for_each(|(row, place)| self.take(differ(own, row), place));
    }

    #[inline(always)]
    fn take(&mut self, differs: u16, place: u32) {
        if differs < self.bound {
            self.found.push((differs, place));
            if self.found.len() == 4 * LOOKED_AT {
                self.cut();
            }
        }
    }

    /// Keep the closest; one more than wanted, since a note is the closest to itself.
    #[cold]
    fn cut(&mut self) {
        if self.found.len() > LOOKED_AT {
            let (_, &mut (bound, _), _) = self.found.select_nth_unstable(LOOKED_AT);
            self.found.truncate(LOOKED_AT + 1);
            self.bound = bound;
        }
    }
}

/// In how many signs two rows differ.
#[inline(always)]
fn differ(own: &[u64], row: &[u64]) -> u16 {
    own.iter().zip(row).map(|(a, b)| (a ^ b).count_ones() as u16).sum()
}

/// A note's centre as bytes, and what makes them a vector of unit length.
fn row(state: &State, place: usize, dimensions: usize) -> (Vec<i8>, f32) {
    let mut own = state.own(place, dimensions);
    // The first passage is the note's name, and what says the same is rarely called the same.
    own.retain(|own| own.ordinal > 0);
    let Some(centre) = centre(&own, dimensions) else { return (vec![0; dimensions], 0.0) };
    let most = centre.iter().fold(f32::MIN_POSITIVE, |most, number| most.max(number.abs()));
    let numbers: Vec<i8> = centre.iter().map(|number| (number / most * FULL).round() as i8).collect();
    let squares: i64 = numbers.iter().map(|&number| i64::from(number).pow(2)).sum();
    (numbers, if squares == 0 { 0.0 } else { 1.0 / (squares as f32).sqrt() })
}
