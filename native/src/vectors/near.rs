//! Notes whose passages are near a vector.

use super::file::head;
use super::scan::{Best, Query, best_notes};
use super::{Known, PassageVectors, State};
use crate::lexical::Allowed;
use crate::split::PassageDigest;

/// A note and its passage that is nearest.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    pub path: String,
    pub ordinal: u32,
    pub digest: PassageDigest,
    /// −1 to 1.
    pub cosine: f32,
}

impl PassageVectors {
    /// The `limit` notes with the passages nearest to `vector` (of unit length), best first, of those that are allowed. Exact
    /// over the copy: every row is looked at.
    pub fn search(&self, vector: &[f32], limit: usize, allowed: Option<&Allowed>) -> Vec<Near> {
        if vector.len() != self.dimensions {
            return Vec::new();
        }
        let state = self.read();
        let admitted = |known: &Known| allowed.is_none_or(|allowed| allowed.admits(known.key));
        let best = best_notes(&state, self.dimensions, &Query::of(vector), limit, &admitted);
        best.iter().map(|best| state.near(best, self.dimensions)).collect()
    }
}

impl State {
    pub(super) fn near(&self, best: &Best, dimensions: usize) -> Near {
        let known = &self.notes[best.place as usize];
        let (heads, _) = self.log.rows(known.at, known.rows as usize, dimensions);
        let (ordinal, digest, _) = head(heads, best.row as usize);
        Near { path: self.path(best.place as usize).to_owned(), ordinal, digest, cosine: best.cosine }
    }
}
