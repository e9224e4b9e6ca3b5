//! Notes that say much the same as a note.
//!
//! First the notes with a passage near the note's centre, then those compared passage by passage: every own passage
//! looks for its best counterpart, and the mean of the best is the score (late interaction, as in ColBERT: Khattab and
//! Zaharia 2020, over passages instead of tokens). Passages that many notes share (templates, licence blocks) say nothing
//! about this note and count little.

use rayon::prelude::*;

use super::file::head;
use super::scan::{Query, best_notes, best_row};
use super::{Known, PassageVectors, State};
use crate::lexical::path_key;
use crate::split::PassageDigest;

/// Own passages that are compared; of longer notes an even sample.
const MOST_OWN: usize = 24;
/// Notes near the centre that are compared passage by passage.
const CANDIDATES: usize = 300;

/// A note that is related to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    pub path: String,
    /// Weighted mean of the cosines between passages, −1 to 1.
    pub score: f32,
    /// The pair of passages that is nearest.
    pub own_ordinal: u32,
    pub ordinal: u32,
    pub digest: PassageDigest,
    pub cosine: f32,
}

/// One passage of the note that is asked about.
pub(super) struct Own {
    pub ordinal: u32,
    weight: f32,
    vector: Vec<f32>,
}

impl PassageVectors {
    /// The `limit` notes most related to the one at `path`, never itself; nothing when it is not embedded.
    pub fn related(&self, path: &str, limit: usize) -> Vec<Related> {
        let state = self.read();
        let Some(place) = state.place(path_key(path)) else { return Vec::new() };
        let own = state.own(place, self.dimensions);
        let Some(centre) = centre(&own, self.dimensions) else { return Vec::new() };
        let this = state.notes[place].key;
        let admitted = |known: &Known| known.key != this;
        let most = CANDIDATES.max(limit);
        let candidates = best_notes(&state, self.dimensions, &Query::of(&centre), most, &admitted);
        let queries: Vec<(Query, &Own)> = own.iter().map(|own| (Query::of(&own.vector), own)).collect();
        let mut related: Vec<Related> = candidates
            .par_iter()
            .filter_map(|candidate| state.compare(candidate.place as usize, &queries, self.dimensions))
            .collect();
        related.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.path.cmp(&b.path)));
        related.truncate(limit);
        related
    }
}

impl State {
    /// The passages of a note with what each counts.
    pub(super) fn own(&self, place: usize, dimensions: usize) -> Vec<Own> {
        let known = &self.notes[place];
        let (heads, vectors) = self.log.rows(known.at, known.rows as usize, dimensions);
        let step = (known.rows as usize).div_ceil(MOST_OWN).max(1);
        let rows: Vec<usize> = (0..known.rows as usize).step_by(step).collect();
        rows.iter()
            .map(|&row| {
                let (ordinal, digest, scale) = head(heads, row);
                let bytes = &vectors[row * dimensions..(row + 1) * dimensions];
                let notes = self.shared.get(&digest).copied().unwrap_or(1).max(1);
                Own {
                    ordinal,
                    weight: 1.0 / notes as f32,
                    vector: bytes.iter().map(|&byte| f32::from(byte as i8) * scale).collect(),
                }
            })
            .collect()
    }

    fn compare(&self, place: usize, queries: &[(Query, &Own)], dimensions: usize) -> Option<Related> {
        let known = &self.notes[place];
        let (heads, vectors) = self.log.rows(known.at, known.rows as usize, dimensions);
        let (mut sum, mut weights) = (0.0, 0.0);
        let mut nearest: Option<(u32, u32, f32)> = None;
        for (query, own) in queries {
            let Some((row, cosine)) = best_row(heads, vectors, query) else { continue };
            sum += own.weight * cosine;
            weights += own.weight;
            if nearest.is_none_or(|(.., known)| own.weight * cosine > known) {
                nearest = Some((own.ordinal, row, own.weight * cosine));
            }
        }
        let (own_ordinal, row, weighted) = nearest?;
        let weight = queries.iter().find(|(_, own)| own.ordinal == own_ordinal).map_or(1.0, |(_, own)| own.weight);
        let (ordinal, digest, _) = head(heads, row as usize);
        let path = self.path(place).to_owned();
        Some(Related { path, score: sum / weights, own_ordinal, ordinal, digest, cosine: weighted / weight })
    }
}

/// The weighted mean of the passages, of unit length.
pub(super) fn centre(own: &[Own], dimensions: usize) -> Option<Vec<f32>> {
    let mut centre = vec![0.0; dimensions];
    for own in own {
        centre.iter_mut().zip(&own.vector).for_each(|(sum, number)| *sum += own.weight * number);
    }
    let length = centre.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length == 0.0 {
        return None;
    }
    centre.iter_mut().for_each(|number| *number /= length);
    Some(centre)
}
