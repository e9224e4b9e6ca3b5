//! A reward for words near each other. Order and distance only ever add to a score.

use tantivy::index::InvertedIndexReader;
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet};

use super::LexicalError;
use super::score::Source;

/// Words of a query that are looked at, the rarest ones.
const MAX_NEAR_WORDS: usize = 12;
/// What two words side by side are worth, as a share of what the commoner one is.
const NEAR: f32 = 0.15;
/// Queries of fewer pairs share out what so many would be worth: two words are typed because they belong together.
const FEW_PAIRS: f32 = 3.0;
/// The same two the other way round, against 1.
const REVERSED: f32 = 0.8;
/// Words further apart are not near.
const MAX_DISTANCE: u32 = 8;

/// The words of the query whose neighbourhood counts, in the order typed.
pub(super) fn worth(idf: &[f32]) -> Vec<usize> {
    let mut words: Vec<usize> = (0..idf.len()).collect();
    if words.len() > MAX_NEAR_WORDS {
        words.sort_by(|&left, &right| idf[right].total_cmp(&idf[left]));
        words.truncate(MAX_NEAR_WORDS);
        words.sort_unstable();
    }
    words
}

/// The reward of each of `docs` (ascending, of one segment), for neighbours among `words`.
pub(super) fn rewards(
    inverted: &InvertedIndexReader,
    docs: &[DocId],
    words: &[usize],
    idf: &[f32],
    counts: impl Fn(usize, &Source) -> bool,
    sources: &[Vec<Source>],
) -> Result<Vec<f32>, LexicalError> {
    let near = NEAR * (FEW_PAIRS / (words.len() - 1).max(1) as f32).max(1.0);
    let mut rewards = vec![0.0; docs.len()];
    let mut before: Option<(usize, Vec<Vec<u32>>)> = None;
    for &word in words {
        let places = places(inverted, docs, sources[word].iter().filter(|source| counts(word, source)))?;
        if let Some((known, earlier)) = &before {
            let worth = near * idf[*known].min(idf[word]);
            for (reward, (left, right)) in rewards.iter_mut().zip(earlier.iter().zip(&places)) {
                *reward += worth * closeness(left, right);
            }
        }
        before = Some((word, places));
    }
    Ok(rewards)
}

/// Where a word stands in each document, ascending.
fn places<'a>(
    inverted: &InvertedIndexReader,
    docs: &[DocId],
    sources: impl Iterator<Item = &'a Source>,
) -> Result<Vec<Vec<u32>>, LexicalError> {
    let mut places = vec![Vec::new(); docs.len()];
    let mut positions = Vec::new();
    for source in sources {
        let option = IndexRecordOption::WithFreqsAndPositions;
        let mut postings = inverted.read_postings_from_terminfo(&source.info, option)?;
        for (doc, places) in docs.iter().zip(&mut places) {
            if postings.doc() < *doc {
                postings.seek(*doc);
            }
            if postings.doc() == *doc {
                postings.positions(&mut positions);
                places.extend_from_slice(&positions);
            }
        }
    }
    for places in &mut places {
        places.sort_unstable();
        places.dedup();
    }
    Ok(places)
}

/// 1 for `right` just behind `left` somewhere, less with every word between them. Both ascend.
fn closeness(left: &[u32], right: &[u32]) -> f32 {
    let mut best = 0.0f32;
    let mut at = 0;
    for &place in left {
        while right.get(at).is_some_and(|&other| other + MAX_DISTANCE < place) {
            at += 1;
        }
        for &other in right[at..].iter().take_while(|&&other| other <= place + MAX_DISTANCE) {
            let near = match other.cmp(&place) {
                std::cmp::Ordering::Greater => 1.0 / (other - place) as f32,
                std::cmp::Ordering::Less => REVERSED / (place - other) as f32,
                std::cmp::Ordering::Equal => 0.0,
            };
            best = best.max(near);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closeness_is_that_of_the_nearest_pair() {
        assert_eq!(closeness(&[3, 20], &[1, 5, 40]), 0.5);
        assert_eq!(closeness(&[7], &[8]), 1.0);
        assert_eq!(closeness(&[8], &[7]), REVERSED);
        assert_eq!(closeness(&[8], &[17]), 0.0);
        assert_eq!(closeness(&[], &[1]), 0.0);
    }
}
