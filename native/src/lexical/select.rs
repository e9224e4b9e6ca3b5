//! The best documents in a total order: score or date first, then path.

use std::cmp::Ordering;

use tantivy::DocId;

/// Sort key of a document inside its segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rank {
    /// Larger is better.
    pub merit: i64,
    /// Of the path among the segment's.
    pub path_rank: u64,
    pub doc: DocId,
}

impl Ord for Rank {
    /// Better ones are smaller.
    fn cmp(&self, other: &Self) -> Ordering {
        other.merit.cmp(&self.merit).then_with(|| self.path_rank.cmp(&other.path_rank))
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A score as merit: the order of non-negative floats is that of their bits.
pub(super) fn merit(score: f32) -> i64 {
    i64::from(score.max(0.0).to_bits())
}

/// Keep the `most` best of `ranks`, in no particular order.
pub(super) fn best(mut ranks: Vec<Rank>, most: usize) -> Vec<Rank> {
    if most == 0 {
        return Vec::new();
    }
    if ranks.len() > most {
        ranks.select_nth_unstable(most - 1);
        ranks.truncate(most);
    }
    ranks
}
