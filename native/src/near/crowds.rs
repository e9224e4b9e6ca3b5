//! Which shingles are of a crowd: what many notes have counts little for each.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::few::Few;
use super::pairs::{FREE, weight};
use super::sketch::Sketch;

/// Buckets that shingles are counted in before they are counted one by one: some megabytes for a moment.
const MOST_BUCKETS: usize = 1 << 23;

/// What sampled shingles count for that more notes have than may have one freely, or a template has. All others count fully.
#[derive(Debug, Default)]
pub struct Crowds {
    weights: FxHashMap<u32, f32>,
}

impl Crowds {
    /// Of all texts. What stands in `boilerplate` counts nothing wherever it stands.
    pub fn of(sketches: &[&Sketch], boilerplate: &FxHashSet<u32>) -> Self {
        let crowded = crowded(sketches);
        let of_crowds = crowded.chunk_by(|one, other| one == other).filter(|run| run.len() > FREE);
        let mut weights: FxHashMap<u32, f32> = of_crowds.map(|run| (run[0], weight(run.len()))).collect();
        weights.extend(boilerplate.iter().map(|&hash| (hash, 0.0)));
        Self { weights }
    }

    /// The same when texts with these hashes went or came: of all texts as they are now, in the same templates.
    pub fn recounted(mut self, hashes: &[u32], sketches: &[&Sketch], boilerplate: &FxHashSet<u32>) -> Self {
        for (hash, texts) in counts(hashes, sketches) {
            match texts {
                _ if boilerplate.contains(&hash) => None,
                ..=FREE => self.weights.remove(&hash),
                _ => self.weights.insert(hash, weight(texts)),
            };
        }
        self
    }

    /// What a shingle that some text has counts for.
    pub fn weight(&self, hash: u32) -> f32 {
        self.weights.get(&hash).copied().unwrap_or(1.0)
    }

    pub fn sum(&self, hashes: &[u32]) -> f32 {
        hashes.iter().map(|&hash| self.weight(hash)).sum()
    }
}

/// The hashes of all samples, ascending, without nearly all of those that few have: most are of one text alone, and are not worth sorting.
fn crowded(sketches: &[&Sketch]) -> Vec<u32> {
    let hashes: usize = sketches.iter().map(|sketch| sketch.sample.len()).sum();
    let mut buckets = vec![0_u8; hashes.next_power_of_two().min(MOST_BUCKETS)];
    let last = buckets.len() - 1;
    for &hash in sketches.iter().flat_map(|sketch| &sketch.sample) {
        let bucket = &mut buckets[hash as usize & last];
        *bucket = bucket.saturating_add(1);
    }
    let mut crowded: Vec<u32> = (sketches.par_iter())
        .flat_map_iter(|sketch| sketch.sample.iter().copied())
        .filter(|&hash| usize::from(buckets[hash as usize & last]) > FREE)
        .collect();
    crowded.par_sort_unstable();
    crowded
}

/// How many texts have each of these.
fn counts(hashes: &[u32], sketches: &[&Sketch]) -> FxHashMap<u32, usize> {
    let wanted: FxHashMap<u32, usize> = hashes.iter().map(|&hash| (hash, 0)).collect();
    let few = Few::of(hashes.iter().copied());
    let counted = |sketches: &[&Sketch]| {
        let mut counts = wanted.clone();
        for hash in sketches.iter().flat_map(|sketch| &sketch.sample).filter(|&&hash| few.may_have(hash)) {
            counts.entry(*hash).and_modify(|count| *count += 1);
        }
        counts
    };
    let some = sketches.len().div_ceil(rayon::current_num_threads()).max(1);
    (sketches.par_chunks(some)).map(counted).reduce(
        || wanted.clone(),
        |mut sum, part| {
            part.into_iter().for_each(|(hash, count)| *sum.entry(hash).or_default() += count);
            sum
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(u: &mut arbtest::arbitrary::Unstructured) -> arbtest::arbitrary::Result<Sketch> {
        let numbers = u.arbitrary_iter::<u8>()?;
        let mut sample: Vec<u32> = numbers.map(|number| Ok(u32::from(number? % 64))).collect::<Result<_, _>>()?;
        sample.sort_unstable();
        sample.dedup();
        Ok(Sketch { sample, bound: u32::MAX, shingles: 0 })
    }

    #[test]
    fn a_shingle_counts_by_how_many_texts_have_it_and_after_changes_as_well() {
        arbtest::arbtest(|u| {
            let boilerplate = FxHashSet::from_iter([u.int_in_range(0..=63)?]);
            let mut sketches: Vec<Sketch> =
                (0..u.int_in_range(0..=90)?).map(|_| sketch(u)).collect::<Result<_, _>>()?;
            let mut crowds = Crowds::of(&sketches.iter().collect::<Vec<_>>(), &boilerplate);
            for _ in 0..3 {
                for hash in 0..64 {
                    let texts = sketches.iter().filter(|sketch| sketch.sample.contains(&hash)).count();
                    let slow = if boilerplate.contains(&hash) { 0.0 } else { weight(texts) };
                    assert!(texts == 0 || crowds.weight(hash) == slow, "{hash} in {texts}");
                }
                let gone = sketches.split_off(u.int_in_range(0..=sketches.len())?);
                let come = (0..u.int_in_range(0..=9)?).map(|_| sketch(u)).collect::<Result<Vec<_>, _>>()?;
                let changed: Vec<u32> = gone.iter().chain(&come).flat_map(|sketch| sketch.sample.clone()).collect();
                sketches.extend(come);
                crowds = crowds.recounted(&changed, &sketches.iter().collect::<Vec<_>>(), &boilerplate);
            }
            Ok(())
        });
    }
}
