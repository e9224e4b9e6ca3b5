//! What two texts have in common, exactly: how many shingles, and where they stand.

use std::sync::OnceLock;

use super::ascending::ascending;
use super::few::Few;
use super::shingles::{Word, distinct, shingles};

/// Of a text that repeats a shingle more often, later places are not looked at.
const PLACES: usize = 16;
/// A text so many times longer than another is searched, not read along.
const MUCH_LONGER: usize = 16;

/// A text's words, and its shingles as a set.
#[derive(Debug)]
pub struct Shingled {
    pub words: Vec<Word>,
    distinct: Vec<u64>,
    /// Each with its place among those of the text, by hash: made once it is looked for.
    places: OnceLock<Vec<(u64, u32)>>,
}

/// Sizes of two sets of shingles and of what they share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlap {
    pub shared: usize,
    pub left: usize,
    pub right: usize,
}

impl Shingled {
    pub fn of(words: Vec<Word>) -> Self {
        Self { distinct: distinct(&words), words, places: OnceLock::new() }
    }

    pub fn overlap(&self, other: &Self) -> Overlap {
        Overlap::of(&self.distinct, &other.distinct)
    }

    /// The places of what two texts share as (this, other), ascending.
    pub fn shared(&self, other: &Self) -> Vec<(u32, u32)> {
        let mut shared = Vec::new();
        each_shared(&self.distinct, &other.distinct, |&hash| shared.push(hash));
        let few = Few::of(shared.iter().map(|&hash| hash as u32));
        let stand = |text: &Self, longest: usize| {
            if text.words.len() > longest { text.found(&shared) } else { text.passed(&few) }
        };
        let here = stand(self, MUCH_LONGER * other.words.len());
        let there = stand(other, MUCH_LONGER * self.words.len());
        let (mut places, mut rest) = (Vec::with_capacity(here.len()), &there[..]);
        for run in here.chunk_by(same) {
            let hash = run[0].0;
            rest = &rest[rest.iter().position(|&(there, _)| there >= hash).unwrap_or(rest.len())..];
            let found = rest.iter().take_while(|&&(there, _)| there == hash).take(PLACES);
            for &(_, there) in found {
                places.extend(run.iter().take(PLACES).map(|&(_, here)| (here, there)));
            }
        }
        places.sort_unstable();
        places
    }

    /// Shingles that these may be, each with its place, by hash: by one reading of the text.
    fn passed(&self, few: &Few) -> Vec<(u64, u32)> {
        let passed = shingles(&self.words).zip(0..).filter(|&(hash, _)| few.may_have(hash as u32));
        ascending(passed.collect(), |&(hash, _)| hash)
    }

    /// These shingles, each with its place, by hash: looked up, for a text that is long and may be compared with many short ones.
    fn found(&self, shared: &[u64]) -> Vec<(u64, u32)> {
        let all = || ascending(shingles(&self.words).zip(0..).collect(), |&(hash, _)| hash);
        let places: &[(u64, u32)] = self.places.get_or_init(all);
        let of = |&hash: &u64| {
            let first = places.partition_point(|&(there, _)| there < hash);
            places[first..].iter().take_while(move |&&(there, _)| there == hash).take(PLACES).copied()
        };
        shared.iter().flat_map(of).collect()
    }
}

fn same(one: &(u64, u32), other: &(u64, u32)) -> bool {
    one.0 == other.0
}

/// What is in both of two ascending lists without repetitions.
fn each_shared<T: Ord>(left: &[T], right: &[T], mut sink: impl FnMut(&T)) {
    let (shorter, longer) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if longer.len() > MUCH_LONGER * shorter.len() {
        return shorter.iter().filter(|&each| longer.binary_search(each).is_ok()).for_each(sink);
    }
    let (mut i, mut j) = (0, 0);
    while let (Some(here), Some(there)) = (left.get(i), right.get(j)) {
        if here == there {
            sink(here);
        }
        // No branch: which list goes on could not be foretold.
        (i, j) = (i + usize::from(here <= there), j + usize::from(there <= here));
    }
}

impl Overlap {
    /// Of two ascending lists without repetitions.
    pub fn of<T: Ord>(left: &[T], right: &[T]) -> Self {
        let mut shared = 0;
        each_shared(left, right, |_| shared += 1);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::near::shingles::words;

    /// All with all.
    fn slow(left: &Shingled, right: &Shingled) -> (Overlap, Vec<(u32, u32)>) {
        let hashes = [left, right].map(|text| shingles(&text.words).collect::<Vec<u64>>());
        let sets = hashes.clone().map(|hashes| hashes.into_iter().collect::<std::collections::BTreeSet<u64>>());
        let shared = sets[0].intersection(&sets[1]);
        let places = |side: usize, hash: u64| {
            hashes[side].iter().zip(0..).filter(move |&(&each, _)| each == hash).map(|(_, place)| place).take(PLACES)
        };
        let mut found: Vec<(u32, u32)> = (shared.clone())
            .flat_map(|&hash| places(0, hash).flat_map(move |here| places(1, hash).map(move |there| (here, there))))
            .collect();
        found.sort_unstable();
        (Overlap { shared: shared.count(), left: sets[0].len(), right: sets[1].len() }, found)
    }

    #[test]
    fn it_is_that_of_all_with_all_for_texts_of_any_length_that_repeat_themselves() {
        arbtest::arbtest(|u| {
            let text = |u: &mut arbtest::arbitrary::Unstructured| -> arbtest::arbitrary::Result<Shingled> {
                let (count, different) = (u.int_in_range(0..=200)?, u.int_in_range(1..=20_u32)?);
                let words_of = (0..count).map(|at: u32| Ok(format!("w{} ", (at ^ u.int_in_range(0..=1)?) % different)));
                let text: String = words_of.collect::<Result<_, _>>()?;
                Ok(Shingled::of(words(&text)))
            };
            let (left, right) = (text(u)?, text(u)?);
            assert_eq!((left.overlap(&right), left.shared(&right)), slow(&left, &right));
            Ok(())
        });
    }
}
