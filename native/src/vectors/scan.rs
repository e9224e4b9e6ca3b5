//! The products of a query with every row.

use rayon::prelude::*;

use super::file::head;
use super::{Known, State};

/// Half the largest number that keeps a sum of 4096 products in 32 bits.
const QUERY_SCALE: f32 = 2047.0;
/// Notes that one thread looks at before it takes more.
const CHUNK: usize = 4096;

/// A query in whole numbers.
pub(super) struct Query(Vec<i16>);

impl Query {
    /// `vector` is of unit length.
    pub fn of(vector: &[f32]) -> Self {
        Self(
            vector
                .iter()
                .map(|number| (number * QUERY_SCALE).round().clamp(-QUERY_SCALE, QUERY_SCALE) as i16)
                .collect(),
        )
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
    let mut best: Vec<Best> = (state.notes.par_chunks(CHUNK).enumerate())
        .flat_map_iter(|(chunk, notes)| {
            let mut found: Vec<Best> = Vec::with_capacity(notes.len());
            for (offset, known) in notes.iter().enumerate() {
                if known.rows == 0 || !admitted(known) {
                    continue;
                }
                let (heads, vectors) = state.log.rows(known.at, known.rows as usize, dimensions);
                if let Some((row, cosine)) = best_row(heads, vectors, query) {
                    found.push(Best { place: (chunk * CHUNK + offset) as u32, key: known.key, row, cosine });
                }
            }
            keep(&mut found, limit);
            found
        })
        .collect();
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
    for (row, vector) in vectors.chunks_exact(query.0.len()).enumerate() {
        let product = product(vector, &query.0);
        let cosine = product as f32 * head(heads, row).2 / QUERY_SCALE;
        if product != 0 && best.is_none_or(|(_, known)| cosine > known) {
            best = Some((row as u32, cosine));
        }
    }
    best
}

fn product(row: &[u8], query: &[i16]) -> i32 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { product_avx2(row, query) };
    }
    product_anywhere(row, query)
}

/// 16 products at a time.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn product_avx2(row: &[u8], query: &[i16]) -> i32 {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_loadu_si128, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_loadu_si256,
        _mm256_madd_epi16, _mm256_setzero_si256, _mm256_storeu_si256,
    };
    const STEP: usize = 16;
    let mut sums = _mm256_setzero_si256();
    let (rows, queries) = (row.chunks_exact(STEP), query.chunks_exact(STEP));
    let rest = product_anywhere(rows.remainder(), queries.remainder());
    for (row, query) in rows.zip(queries) {
        // SAFETY: both chunks have 16 numbers: 16 and 32 bytes.
        let (row, query) = unsafe {
            (_mm_loadu_si128(row.as_ptr().cast::<__m128i>()), _mm256_loadu_si256(query.as_ptr().cast::<__m256i>()))
        };
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_cvtepi8_epi16(row), query));
    }
    let mut lanes = [0_i32; 8];
    // SAFETY: eight lanes have 32 bytes.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast::<__m256i>(), sums) };
    rest + lanes.iter().sum::<i32>()
}

/// On other processors the compiler makes the best of it.
#[inline(always)]
fn product_anywhere(row: &[u8], query: &[i16]) -> i32 {
    row.iter().zip(query).map(|(&byte, &number)| i32::from(byte as i8) * i32::from(number)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_products_agree() {
        arbtest::arbtest(|u| {
            let row: Vec<u8> = u.arbitrary()?;
            let query: Vec<i16> = row.iter().map(|_| u.int_in_range(-2047..=2047)).collect::<Result<_, _>>()?;
            let slow: i64 = row.iter().zip(&query).map(|(&a, &b)| i64::from(a as i8) * i64::from(b)).sum();
            assert_eq!(i64::from(product(&row, &query)), slow);
            Ok(())
        });
    }
}
