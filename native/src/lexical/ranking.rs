//! What a ranked query can be asked: its best notes, and how notes look as hits.

use std::path::Path;

use rayon::prelude::*;
use tantivy::DocId;

use super::answer::Hit;
use super::error::guarded;
use super::search::Ranking;
use super::{LexicalError, path_key};

/// A note and how well it matches; scores compare within one ranking only.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    pub path: String,
    pub score: f32,
}

impl Ranking {
    /// The `most` best, best first.
    pub fn top(&self, most: usize) -> Result<Vec<Ranked>, LexicalError> {
        let scored = |(_, path, segment, doc): (i64, String, usize, DocId)| Ranked {
            path,
            score: self.segments[segment].scores[doc as usize],
        };
        guarded(|| Ok(self.best(most)?.into_iter().map(scored).collect()))
    }

    /// What a note would score, at most, that has every word of the query as often as can be (without the rewards for names and
    /// headings): a measure of how much of the query the best note has.
    pub fn ideal(&self) -> f32 {
        self.ideal_score()
    }

    /// Is there anything in the query that says how well a note matches? Filters alone list notes, newest first.
    pub fn has_words(&self) -> bool {
        self.is_scored()
    }

    /// These notes as hits, in this order, with passages read below `vault`. A note without a word of the query comes with its
    /// opening and no reason; one that the index does not know is left out.
    pub fn show(&self, vault: &Path, paths: &[String]) -> Result<Vec<Hit>, LexicalError> {
        guarded(|| {
            let wanted = self.wanted();
            let places = paths.par_iter().filter_map(|path| Some((path, self.place(path)?)));
            places.map(|(path, (segment, doc))| self.hit(vault, &wanted, path.clone(), segment, doc)).collect()
        })
    }

    /// How well each of these notes matches; nothing for those that do not.
    pub fn scores(&self, paths: &[String]) -> Result<Vec<Option<f32>>, LexicalError> {
        let score = |path: &String| self.place(path).and_then(|(segment, doc)| self.segments[segment].score_of(doc));
        guarded(|| Ok(paths.iter().map(score).collect()))
    }

    fn place(&self, path: &str) -> Option<(usize, DocId)> {
        let key = path_key(path);
        let segments = self.searcher.segment_readers().iter().zip(&self.keys).enumerate();
        segments
            .filter_map(|(at, (segment, keys))| Some((at, keys.doc(key).filter(|&doc| !segment.is_deleted(doc))?)))
            .next()
    }
}
