//! What a search answers with.

use serde::Serialize;

use super::Kind;
use crate::passage::Passage;

/// Which part of the answer is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    pub limit: usize,
    pub offset: usize,
}

/// What a search found: one page of hits, and how many there are in all.
#[derive(Debug, Clone)]
pub struct Answer {
    pub hits: Vec<Hit>,
    pub total: usize,
}

#[derive(Debug, Clone)]
pub struct Hit {
    pub path: String,
    /// File name without extension.
    pub title: String,
    pub kind: Kind,
    /// Comparable within one answer only.
    pub score: f32,
    pub passage: Passage,
    pub why: Vec<Why>,
}

/// One word or phrase of the query in one field of the note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    pub field: &'static str,
    /// As the index holds it: folded.
    pub term: String,
    pub kind: MatchKind,
}

/// How a word of the note is one of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MatchKind {
    Exact,
    Stem,
    Prefix,
    Typo,
}

impl MatchKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Stem => "stem",
            Self::Prefix => "prefix",
            Self::Typo => "typo",
        }
    }
}
