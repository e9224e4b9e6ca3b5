//! Words in every script: segmentation, folding, CJK bigrams, light stems.

/// One word as the index sees it. Several words may share a position (a stem and its exact form, a bigram and its parts).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// Byte range in the text given.
    pub start: usize,
    pub end: usize,
    /// Counts words, from 0.
    pub position: u32,
    /// Folded: lower case, no diacritics, compatibility forms unified.
    pub term: &'a str,
}
