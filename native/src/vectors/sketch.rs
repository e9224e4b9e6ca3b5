//! Sketches: a bit a number, so that a first look at all passages touches a tenth of their bytes.
//!
//! A row is remembered by the signs of its numbers, a query by numbers of three bits, and their product is counted bit by bit
//! (RaBitQ: Gao and Long 2024, without its rotation). What looks near is compared by its bytes afterwards.

/// Bits of a query's numbers.
const PLANES: usize = 3;
const LEVELS: f32 = 7.0;
const WORD: usize = 64;

/// The sketches of all rows, in the order in which they came; those of notes that were replaced stay until all is made anew.
#[derive(Default)]
pub(super) struct Sketches {
    signs: Vec<u64>,
    /// By row: what a product of its signs is to be multiplied with, to be one of its numbers.
    factors: Vec<f32>,
}

impl Sketches {
    /// Rows that were pushed.
    pub fn rows(&self) -> usize {
        self.factors.len()
    }

    /// Append the rows of a note.
    pub fn push(&mut self, vectors: &[u8], dimensions: usize) {
        for vector in vectors.chunks_exact(dimensions) {
            let (mut sum, mut squares) = (0_i64, 0_i64);
            for numbers in vector.chunks(WORD) {
                let mut word = 0;
                for (at, &byte) in numbers.iter().enumerate() {
                    let number = i64::from(byte as i8);
                    word |= u64::from(number >= 0) << at;
                    sum += number.abs();
                    squares += number * number;
                }
                self.signs.push(word);
            }
            // Of a unit vector x: x·q ≈ (s·q) · |x| / (|x|·s), which has the least error for s, the signs of x.
            self.factors.push(if sum == 0 { 0.0 } else { (squares as f32).sqrt() / sum as f32 });
        }
    }

    /// The row among `rows` from `first` on that seems nearest, and how near; nothing when all mean nothing.
    #[inline]
    pub fn best(&self, first: usize, rows: usize, query: &Planes) -> Option<(u32, f32)> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("popcnt") {
            // SAFETY: the processor counts bits.
            return unsafe { self.best_counting(first, rows, query) };
        }
        self.best_anywhere(first, rows, query)
    }

    /// With the instruction that counts bits, which the compiler may not take for granted.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "popcnt")]
    fn best_counting(&self, first: usize, rows: usize, query: &Planes) -> Option<(u32, f32)> {
        self.best_anywhere(first, rows, query)
    }

    /// Compiled for the widths of the models there are, so that their loops are unrolled.
    #[inline(always)]
    fn best_anywhere(&self, first: usize, rows: usize, query: &Planes) -> Option<(u32, f32)> {
        let signs = &self.signs[first * query.words..(first + rows) * query.words];
        let factors = &self.factors[first..first + rows];
        match query.words {
            4 => best_of(signs.as_chunks::<4>().0.iter().map(|signs| query.product(signs)), factors),
            6 => best_of(signs.as_chunks::<6>().0.iter().map(|signs| query.product(signs)), factors),
            words => best_of(signs.chunks_exact(words).map(|signs| query.product(signs)), factors),
        }
    }
}

#[inline(always)]
fn best_of(products: impl Iterator<Item = f32>, factors: &[f32]) -> Option<(u32, f32)> {
    let (mut best, mut most) = (0, f32::NEG_INFINITY);
    for (row, (product, factor)) in products.zip(factors).enumerate() {
        let near = if *factor > 0.0 { product * factor } else { f32::NEG_INFINITY };
        (best, most) = if near > most { (row as u32, near) } else { (best, most) };
    }
    (most > f32::NEG_INFINITY).then_some((best, most))
}

/// A query, its numbers cut into planes of bits.
pub(super) struct Planes {
    words: usize,
    /// By word and plane.
    bits: Vec<u64>,
    /// What a step of a plane's number stands for, and what the lowest does.
    step: f32,
    least: f32,
    sum: f32,
}

impl Planes {
    pub fn of(vector: &[f32]) -> Self {
        let words = vector.len().div_ceil(WORD);
        let least = vector.iter().copied().fold(f32::INFINITY, f32::min);
        let most = vector.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let step = ((most - least) / LEVELS).max(f32::MIN_POSITIVE);
        let mut bits = vec![0; PLANES * words];
        let mut sum = 0.0;
        for (at, number) in vector.iter().enumerate() {
            let level = ((number - least) / step).round().clamp(0.0, LEVELS) as u64;
            sum += least + level as f32 * step;
            for plane in 0..PLANES {
                bits[at / WORD * PLANES + plane] |= (level >> plane & 1) << (at % WORD);
            }
        }
        Self { words, bits, step, least, sum }
    }

    /// The product of the query with numbers that are 1 where a bit is set, and -1 elsewhere.
    #[inline(always)]
    fn product(&self, signs: &[u64]) -> f32 {
        let (mut levels, mut set) = (0, 0);
        for (signs, planes) in signs.iter().zip(self.bits.as_chunks::<PLANES>().0) {
            set += signs.count_ones();
            for (plane, bits) in planes.iter().enumerate() {
                levels += (bits & signs).count_ones() << plane;
            }
        }
        // Twice what the set bits give, less everything.
        2.0 * (self.least * set as f32 + self.step * levels as f32) - self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_that_of_signs_and_rounded_numbers() {
        arbtest::arbtest(|u| {
            let width = u.int_in_range(1..=150)?;
            let query: Vec<f32> =
                (0..width).map(|_| Ok(f32::from(u.arbitrary::<i8>()?) / 100.0)).collect::<Result<_, _>>()?;
            let row: Vec<u8> = (0..width).map(|_| u.arbitrary()).collect::<Result<_, _>>()?;
            let mut sketches = Sketches::default();
            sketches.push(&row, width);
            let planes = Planes::of(&query);
            let rounded = |number: f32| planes.least + ((number - planes.least) / planes.step).round() * planes.step;
            let slow: f32 = row
                .iter()
                .zip(&query)
                .map(|(&byte, &number)| if (byte as i8) < 0 { -rounded(number) } else { rounded(number) })
                .sum();
            let fast = planes.product(&sketches.signs);
            assert!((fast - slow).abs() < 1e-2, "{fast} {slow}");
            Ok(())
        });
    }

    #[test]
    fn the_nearest_row_is_told_and_rows_of_zeros_are_not() {
        let mut sketches = Sketches::default();
        sketches.push(&[0, 0, 0, 0], 4);
        sketches.push(&[100, 100, 156, 156, 100, 100, 100, 100, 0, 0, 0, 0], 4);
        assert_eq!(sketches.best(0, 1, &Planes::of(&[0.5; 4])), None);
        assert_eq!(sketches.best(1, 3, &Planes::of(&[0.4, 0.5, 0.45, 0.55])).map(|(row, _)| row), Some(1));
    }
}
