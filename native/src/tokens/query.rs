//! The words of what a person typed, with every form they may have in the index.

use super::language::Language;
use super::segment::{Segmenter, Shape};
use super::stems::{OF_A_QUERY, Stems};
use super::{bigram, bounded};

/// One word of a query and its forms. In a phrase it takes `max(1, parts.len())` positions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueryWord {
    /// Byte range in the query.
    pub start: usize,
    pub end: usize,
    /// Folded. A compound is joined here (`node.js` is `nodejs`), as the index holds it too; a run of a dense script
    /// is whole, which the index holds only for runs of one or two characters.
    pub exact: String,
    /// To be looked up behind [`super::STEM_MARK`] and, unless equal to `exact`, bare: distinct, possibly `exact` itself.
    pub stems: Vec<String>,
    /// When the index holds this word in pieces, the pieces, at consecutive positions: bigrams of a dense script, or the
    /// words of a compound. Empty otherwise.
    pub parts: Vec<String>,
}

/// Read the words of `text`.
pub fn query_words(text: &str) -> Vec<QueryWord> {
    let mut segmenter = Segmenter::default();
    let languages = [Language::English, Language::German].into_iter();
    let mut stemmers: Vec<Stems> = languages.filter_map(|language| Stems::new(language, OF_A_QUERY)).collect();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some((shape, next)) = segmenter.next(text, at) {
        at = next;
        if let Some(word) = query_word(&segmenter, shape, next, &mut stemmers) {
            words.push(word);
        }
    }
    words
}

fn query_word(segment: &Segmenter, shape: Shape, end: usize, stemmers: &mut [Stems]) -> Option<QueryWord> {
    let (first, last) = (segment.pieces.first()?, segment.pieces.last()?);
    let mut word = QueryWord { start: first.start, end: last.end, ..QueryWord::default() };
    let whole = &segment.folded[first.from..last.to];
    match shape {
        Shape::Run => {
            word.exact = whole.to_owned();
            if segment.pieces.len() > 1 {
                word.parts = segment
                    .pieces
                    .windows(2)
                    .map(|pair| bigram(&segment.folded, pair[0], pair[1]).to_owned())
                    .collect();
            }
        }
        Shape::Sign => word.exact = whole.to_owned(),
        Shape::Compound => {
            word.exact = bounded(whole).to_owned();
            if !segment.suffix.is_empty() {
                word.exact.push_str(segment.suffix);
                word.end = end;
            }
            if segment.pieces.len() > 1 {
                word.parts = segment
                    .pieces
                    .iter()
                    .map(|piece| bounded(&segment.folded[piece.from..piece.to]).to_owned())
                    .collect();
            } else if segment.suffix.is_empty() {
                for stems in stemmers {
                    let stem = stems.stem(&word.exact);
                    if !word.stems.iter().any(|known| known == stem) {
                        word.stems.push(stem.to_owned());
                    }
                }
            }
        }
    }
    (!word.exact.is_empty()).then_some(word)
}
