//! Sketches: a fair sample of a text's shingles, the same of every text, so that samples overlap as texts do.
//!
//! Broder, *On the resemblance and containment of documents* (1997): all shingles whose hash is small (his MOD sketch), and of a short
//! text at least so many of the smallest (his MIN sketch). Of both, only what lies below the lower of two bounds is compared.

use super::shingles::{WORDS, Word, distinct, shingles};

/// One shingle in so many is sampled.
pub const SHARE: u64 = 8;
/// Up to so many shingles are sorted whole; of more, only those that are sampled.
const SORTED_WHOLE: usize = 1024;
/// So many of a text's smallest are sampled whatever they are.
pub const LEAST: usize = 48;

/// The sample of one text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sketch {
    /// The upper halves of the hashes, ascending, each once.
    pub sample: Vec<u32>,
    /// Everything below or at it is in the sample.
    pub bound: u32,
    /// Different shingles of the whole text; of a long one, about so many.
    pub shingles: u32,
}

impl Sketch {
    /// Of a text of these words.
    pub fn of(words: &[Word]) -> Self {
        if (words.len() + 1).saturating_sub(WORDS) <= SORTED_WHOLE {
            return Self::of_distinct(&distinct(words));
        }
        let mut hashes: Vec<u64> = shingles(words).filter(|&hash| hash <= u64::MAX / SHARE).collect();
        hashes.sort_unstable();
        hashes.dedup();
        if hashes.len() < LEAST {
            // A long text that says little again and again.
            return Self::of_distinct(&distinct(words));
        }
        let mut sample: Vec<u32> = hashes.iter().map(|hash| (hash >> 32) as u32).collect();
        sample.dedup();
        Self { sample, bound: ((u64::MAX / SHARE) >> 32) as u32, shingles: hashes.len() as u32 * SHARE as u32 }
    }

    /// `hashes` ascend.
    fn of_distinct(hashes: &[u64]) -> Self {
        let small = hashes.partition_point(|&hash| hash <= u64::MAX / SHARE);
        let taken = small.max(LEAST.min(hashes.len()));
        let mut sample: Vec<u32> = hashes[..taken].iter().map(|hash| (hash >> 32) as u32).collect();
        sample.dedup();
        let bound = if taken == hashes.len() {
            u32::MAX
        } else if taken > small {
            sample.last().copied().unwrap_or(u32::MAX)
        } else {
            ((u64::MAX / SHARE) >> 32) as u32
        };
        Self { sample, bound, shingles: hashes.len() as u32 }
    }

    /// Everything: of a text whose every shingle matters.
    pub fn whole(words: &[Word]) -> Self {
        let hashes = distinct(words);
        let mut sample: Vec<u32> = hashes.iter().map(|hash| (hash >> 32) as u32).collect();
        sample.dedup();
        Self { sample, bound: u32::MAX, shingles: hashes.len() as u32 }
    }

    /// The part of the sample that another text's bound admits.
    pub fn below(&self, bound: u32) -> &[u32] {
        &self.sample[..self.sample.partition_point(|&hash| hash <= bound)]
    }
}
