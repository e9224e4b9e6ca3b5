//! The products of a query with every row: first all of them with a query of bytes, then those of the best notes with a finer one.

use rayon::prelude::*;

use super::file::head;
use super::{Known, State};

/// Half the largest number that keeps a sum of 4096 products in 32 bits.
const FINE: f32 = 2047.0;
/// Notes that one thread looks at before it takes more.
const CHUNK: usize = 4096;
/// Notes that are looked at again for each one that is wanted, and how many more: so many that none of the best is missed
/// for the rounding of the query.
const AGAIN: usize = 2;
const SPARE: usize = 64;

/// A query in whole numbers.
pub(super) struct Query {
    coarse: Vec<i8>,
    fine: Vec<i16>,
}

impl Query {
    /// `vector` is of unit length.
    pub fn of(vector: &[f32]) -> Self {
        let most = vector.iter().fold(f32::MIN_POSITIVE, |most, number| most.max(number.abs()));
        Self {
            coarse: vector.iter().map(|number| (number / most * 127.0).round() as i8).collect(),
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
    let coarse = limit.saturating_mul(AGAIN).saturating_add(SPARE);
    let mut near: Vec<Best> = (state.notes.par_chunks(CHUNK).enumerate())
        .flat_map_iter(|(chunk, notes)| {
            let mut found: Vec<Best> = Vec::with_capacity(notes.len());
            for (offset, known) in notes.iter().enumerate() {
                if known.rows == 0 || !admitted(known) {
                    continue;
                }
                let (heads, vectors) = state.log.rows(known.at, known.rows as usize, dimensions);
                if let Some((row, cosine)) = best_coarsely(heads, vectors, query) {
                    found.push(Best { place: (chunk * CHUNK + offset) as u32, key: known.key, row, cosine });
                }
            }
            keep(&mut found, coarse);
            found
        })
        .collect();
    keep(&mut near, coarse);
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
    let mut best: Option<(u32, f32)> = None;
    for (row, vector) in vectors.chunks_exact(query.fine.len()).enumerate() {
        let product: i32 =
            vector.iter().zip(&query.fine).map(|(&byte, &number)| i32::from(byte as i8) * i32::from(number)).sum();
        better(&mut best, row, product, head(heads, row).2 / FINE);
    }
    best
}

/// The same with a query of bytes; what it gives only compares with its like.
fn best_coarsely(heads: &[u8], vectors: &[u8], query: &Query) -> Option<(u32, f32)> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { best_coarsely_avx2(heads, vectors, query) };
    }
    best_coarsely_anywhere(heads, vectors, query)
}

fn better(best: &mut Option<(u32, f32)>, row: usize, product: i32, scale: f32) {
    let cosine = product as f32 * scale;
    if product != 0 && best.is_none_or(|(_, known)| cosine > known) {
        *best = Some((row as u32, cosine));
    }
}

/// 32 products at a time.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn best_coarsely_avx2(heads: &[u8], vectors: &[u8], query: &Query) -> Option<(u32, f32)> {
    use std::arch::x86_64::{
        __m256i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_shuffle_epi32, _mm256_abs_epi8, _mm256_add_epi32,
        _mm256_castsi256_si128, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
        _mm256_set1_epi16, _mm256_setzero_si256, _mm256_sign_epi8,
    };
    const STEP: usize = 32;
    let (ones, mut best) = (_mm256_set1_epi16(1), None);
    for (row, vector) in vectors.chunks_exact(query.coarse.len()).enumerate() {
        let mut sums = _mm256_setzero_si256();
        let (numbers, queries) = (vector.chunks_exact(STEP), query.coarse.chunks_exact(STEP));
        let rest = coarse_product(numbers.remainder(), queries.remainder());
        for (numbers, query) in numbers.zip(queries) {
            // SAFETY: both chunks have 32 bytes.
            let (numbers, query) = unsafe {
                (
                    _mm256_loadu_si256(numbers.as_ptr().cast::<__m256i>()),
                    _mm256_loadu_si256(query.as_ptr().cast::<__m256i>()),
                )
            };
            // The instruction wants one side without signs; two products of at most 128 × 127 stay within 16 bits.
            let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(numbers), _mm256_sign_epi8(query, numbers));
            sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, ones));
        }
        let four = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
        let two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0b00_00_11_10));
        let one = _mm_add_epi32(two, _mm_shuffle_epi32(two, 0b00_00_00_01));
        better(&mut best, row, rest + _mm_cvtsi128_si32(one), head(heads, row).2);
    }
    best
}

/// On other processors the compiler makes the best of it.
fn best_coarsely_anywhere(heads: &[u8], vectors: &[u8], query: &Query) -> Option<(u32, f32)> {
    let mut best = None;
    for (row, vector) in vectors.chunks_exact(query.coarse.len()).enumerate() {
        better(&mut best, row, coarse_product(vector, &query.coarse), head(heads, row).2);
    }
    best
}

#[inline(always)]
fn coarse_product(row: &[u8], query: &[i8]) -> i32 {
    row.iter().zip(query).map(|(&byte, &number)| i32::from(byte as i8) * i32::from(number)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_products_agree() {
        arbtest::arbtest(|u| {
            let width = u.int_in_range(1..=100)?;
            let rows: usize = u.int_in_range(1..=4)?;
            let vectors: Vec<u8> = (0..width * rows).map(|_| u.arbitrary()).collect::<Result<_, _>>()?;
            let coarse: Vec<i8> = (0..width).map(|_| u.int_in_range(-127..=127)).collect::<Result<_, _>>()?;
            let mut heads = vec![0; rows * super::super::file::ROW_HEAD];
            for row in heads.chunks_exact_mut(super::super::file::ROW_HEAD) {
                let at = row.len() - 4;
                row[at..].copy_from_slice(&0.01_f32.to_le_bytes());
            }
            let query = Query { coarse, fine: Vec::new() };
            let slow = best_coarsely_anywhere(&heads, &vectors, &query);
            assert_eq!(best_coarsely(&heads, &vectors, &query), slow);
            Ok(())
        });
    }
}
