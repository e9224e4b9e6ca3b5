//! The nearest notes: first by the sketches of all rows, then by the bytes of the best.

use rayon::prelude::*;

use super::file::head;
use super::sketch::Planes;
use super::{Known, State};

/// Half the largest number that keeps a sum of 4096 products in 32 bits.
const FINE: f32 = 2047.0;
/// Notes that one thread looks at before it takes more.
const CHUNK: usize = 4096;
/// Notes that are compared by their bytes for each one that is wanted, and how many more: recall of the ten best is above 0.99
/// (`make bench`).
const AGAIN: usize = 4;
const SPARE: usize = 300;

/// A query as the two looks want it.
pub(super) struct Query {
    planes: Planes,
    fine: Vec<i16>,
}

impl Query {
    /// `vector` is of unit length.
    pub fn of(vector: &[f32]) -> Self {
        Self {
            planes: Planes::of(vector),
            fine: vector.iter().map(|number| (number * FINE).round().clamp(-FINE, FINE) as i16).collect(),
        }
    }
}

/// The best row of a note for a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Best {
    pub place: u32,
    pub key: u64,
    pub row: u32,
    pub cosine: f32,
}

/// Best first; ties by path key, so that an answer does not depend on the order in which notes were put.
pub(super) fn order(a: &Best, b: &Best) -> std::cmp::Ordering {
    b.cosine.total_cmp(&a.cosine).then(a.key.cmp(&b.key))
}

/// The `limit` notes with the best rows, of those that are `admitted`.
pub(super) fn best_notes(
    state: &State,
    dimensions: usize,
    query: &Query,
    limit: usize,
    admitted: &(dyn Fn(&Known) -> bool + Sync),
) -> Vec<Best> {
    let many = limit.saturating_mul(AGAIN).saturating_add(SPARE);
    let mut near: Vec<Best> = (state.notes.par_chunks(CHUNK).enumerate())
        .flat_map_iter(|(chunk, notes)| {
            let mut found: Vec<Best> = Vec::with_capacity(notes.len());
            for (offset, known) in notes.iter().enumerate() {
                if known.rows == 0 || !admitted(known) {
                    continue;
                }
                let (first, rows) = (known.sketch as usize, known.rows as usize);
                if let Some((row, cosine)) = state.sketches.best(first, rows, &query.planes) {
                    found.push(Best { place: (chunk * CHUNK + offset) as u32, key: known.key, row, cosine });
                }
            }
            keep(&mut found, many);
            found
        })
        .collect();
    keep(&mut near, many);
    let finely = |near: &Best| {
        let known = &state.notes[near.place as usize];
        let (heads, vectors) = state.log.rows(known.at, known.rows as usize, dimensions);
        best_row(heads, vectors, query).map(|(row, cosine)| Best { row, cosine, ..*near })
    };
    let mut best: Vec<Best> = near.par_iter().filter_map(finely).collect();
    keep(&mut best, limit);
    best.sort_unstable_by(order);
    best
}

fn keep(found: &mut Vec<Best>, limit: usize) {
    if found.len() > limit {
        if limit > 0 {
            found.select_nth_unstable_by(limit - 1, order);
        }
        found.truncate(limit);
    }
}

/// The row with the largest product, and the product as a cosine. Rows of zeros are like nothing.
pub(super) fn best_row(heads: &[u8], vectors: &[u8], query: &Query) -> Option<(u32, f32)> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { best_row_avx2(heads, vectors, query) };
    }
    best_row_anywhere(heads, vectors, query)
}

/// The same code, compiled for wider registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn best_row_avx2(heads: &[u8], vectors: &[u8], query: &Query) -> Option<(u32, f32)> {
    best_row_anywhere(heads, vectors, query)
}

#[inline(always)]
fn best_row_anywhere(heads: &[u8], vectors: &[u8], query: &Query) -> Option<(u32, f32)> {
    let mut best: Option<(u32, f32)> = None;
    for (row, vector) in vectors.chunks_exact(query.fine.len()).enumerate() {
        let product: i32 = vector
            .iter()
            .zip(&query.fine)
            .map(|(&byte, &number)| i32::from(i16::from(byte as i8)) * i32::from(number))
            .sum();
        let cosine = product as f32 * head(heads, row).2 / FINE;
        if product != 0 && best.is_none_or(|(_, known)| cosine > known) {
            best = Some((row as u32, cosine));
        }
    }
    best
}
