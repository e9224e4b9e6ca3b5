//! What two texts have in common, exactly: how many shingles, and where they stand.

use super::shingles::Shingle;

/// Of a text that repeats a shingle more often, later places are not looked at.
const PLACES: usize = 16;
/// A text so many times longer than another is searched, not read along.
const MUCH_LONGER: usize = 16;

/// A text's shingles by hash, each with its place among those of the text.
#[derive(Debug, Clone, Default)]
pub struct Shingled {
    sorted: Vec<(u64, u32)>,
    distinct: usize,
}

/// Sizes of two sets of shingles and of what they share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlap {
    pub shared: usize,
    pub left: usize,
    pub right: usize,
}

impl Shingled {
    pub fn of(shingles: &[Shingle]) -> Self {
        let mut sorted: Vec<(u64, u32)> =
            shingles.iter().enumerate().map(|(place, shingle)| (shingle.hash, place as u32)).collect();
        sorted.sort_unstable();
        let distinct = sorted.chunk_by(same).count();
        Self { sorted, distinct }
    }

    /// Every shingle that both have, with its places in this text and in the other.
    fn shared<'a>(&'a self, other: &'a Self, mut sink: impl FnMut(&'a [(u64, u32)], &'a [(u64, u32)])) {
        let mut rest = &other.sorted[..];
        for run in self.sorted.chunk_by(same) {
            let hash = run[0].0;
            let skipped = if rest.len() > MUCH_LONGER * self.sorted.len() {
                rest.partition_point(|&(there, _)| there < hash)
            } else {
                rest.iter().position(|&(there, _)| there >= hash).unwrap_or(rest.len())
            };
            rest = &rest[skipped..];
            let found = rest.iter().take_while(|&&(there, _)| there == hash).count();
            if found > 0 {
                sink(run, &rest[..found]);
            }
        }
    }

    /// What two texts share, and the places of it as (this, other), ascending.
    pub fn overlap(&self, other: &Self) -> (Overlap, Vec<(u32, u32)>) {
        if self.sorted.len() > other.sorted.len() {
            let (overlap, mut places) = other.overlap(self);
            places.iter_mut().for_each(|place| *place = (place.1, place.0));
            places.sort_unstable();
            return (Overlap { left: overlap.right, right: overlap.left, ..overlap }, places);
        }
        let (mut shared, mut places) = (0, Vec::new());
        self.shared(other, |here, there| {
            shared += 1;
            for &(_, here) in here.iter().take(PLACES) {
                places.extend(there.iter().take(PLACES).map(|&(_, there)| (here, there)));
            }
        });
        places.sort_unstable();
        (Overlap { shared, left: self.distinct, right: other.distinct }, places)
    }
}

fn same(one: &(u64, u32), other: &(u64, u32)) -> bool {
    one.0 == other.0
}

impl Overlap {
    /// Of two ascending lists without repetitions.
    pub fn of<T: Ord>(left: &[T], right: &[T]) -> Self {
        let (mut shared, mut i, mut j) = (0, 0, 0);
        while i < left.len() && j < right.len() {
            match left[i].cmp(&right[j]) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => (shared, i, j) = (shared + 1, i + 1, j + 1),
            }
        }
        Self { shared, left: left.len(), right: right.len() }
    }

    /// Jaccard's index: what is shared as a share of all; 1 for two empty sets.
    pub fn resemblance(&self) -> f32 {
        let all = self.left + self.right - self.shared;
        if all == 0 { 1.0 } else { self.shared as f32 / all as f32 }
    }

    /// What is shared as a share of the smaller set; 1 when that is empty.
    pub fn containment(&self) -> f32 {
        let smaller = self.left.min(self.right);
        if smaller == 0 { 1.0 } else { self.shared as f32 / smaller as f32 }
    }
}
