//! How much two texts have in common, exactly.

/// Sizes of two sets of shingles and of what they share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlap {
    pub shared: usize,
    pub left: usize,
    pub right: usize,
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
}
