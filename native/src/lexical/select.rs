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

/// The `most` best of `merits`, in no particular order. Paths are compared only where merits tie at the end.
pub(super) fn best(mut merits: Vec<(i64, DocId)>, most: usize, path_rank: impl Fn(DocId) -> u64) -> Vec<Rank> {
    if most == 0 {
        return Vec::new();
    }
    if merits.len() > most {
        let (_, &mut (least, _), _) = merits.select_nth_unstable_by(most - 1, |left, right| right.0.cmp(&left.0));
        merits.retain(|(merit, _)| *merit >= least);
    }
    let mut ranks: Vec<Rank> =
        merits.into_iter().map(|(merit, doc)| Rank { merit, path_rank: path_rank(doc), doc }).collect();
    if ranks.len() > most {
        ranks.select_nth_unstable(most - 1);
        ranks.truncate(most);
    }
    ranks
}
