//! Words in every script: segmentation, folding, CJK bigrams, light stems.
//!
//! A word is what Unicode Annex 29 calls one, with these differences, each so that people find a thing however they type it:
//!
//! - `node.js`, `well-known`, `snake_case`, `2024-03-01`, `ann@example.com` are compounds: indexed joined (`nodejs`) and in pieces;
//! - `getUserName` is one word whose humps (`get`, `user`, `name`) are found as stems are, so that an exact word ranks first;
//! - apostrophes vanish (`don't` is `dont`), `'s` with them; behind a French or Italian elision (`l'homme`) a new word begins;
//! - `c++`, `c#` are words beside the bare letter; pictographs are words; a comma parts figures (`1,000`);
//! - Han, kana, Hangul, Thai, Lao, Khmer and Myanmar runs come as overlapping pairs of characters.
//!
//! Umlauts fold to their vowel: `Müller`, `Muller` are one word. Spelled out (`Mueller`) it is another word of the same stem.

mod language;
mod letters;
mod query;
mod segment;
mod stems;

pub use language::{Language, language_of};
pub use query::{QueryWord, query_words};

use segment::{Piece, Segmenter, Shape};
use stems::Stems;

/// Stands before a stem in the index, so that stems are never taken for words.
pub const STEM_MARK: char = '\u{1}';

/// Bytes of a folded word that count; what is longer is cut.
pub const MAX_TERM_BYTES: usize = 64;

/// One word as the index sees it. Several words may share a position (a stem and its exact form, a compound and its
/// first piece).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// Byte range in the text given.
    pub start: usize,
    pub end: usize,
    /// Counts words, from 0.
    pub position: u32,
    /// Folded: lower case, no diacritics, compatibility forms unified. A stem begins with [`STEM_MARK`].
    pub term: &'a str,
}

/// Reads words out of documents. Holds buffers and caches of stems: keep one a thread.
#[derive(Default)]
pub struct Tokenizer {
    segmenter: Segmenter,
    english: Option<Stems>,
    german: Option<Stems>,
    marked: String,
}

impl Tokenizer {
    pub fn new() -> Self {
        Self::default()
    }

    /// Give `sink` the words of `text` in ascending positions: for every word its exact form, then its stem behind
    /// [`STEM_MARK`] where `language` has one that differs. A compound comes first as a whole, joined (`nodejs`), then
    /// in pieces at consecutive positions from the same one on. A run of a dense script comes as overlapping pairs of
    /// characters, and its last character alone: every character begins a term.
    pub fn index_words(&mut self, text: &str, language: Language, sink: &mut dyn FnMut(Word<'_>)) {
        let stems = match language {
            Language::Unknown => None,
            Language::English => Some((&mut self.english, language)),
            Language::German => Some((&mut self.german, language)),
        };
        let stems = stems.and_then(|(slot, language)| match slot {
            Some(stems) => Some(stems),
            None => {
                *slot = Stems::new(language, stems::OF_TEXTS);
                slot.as_mut()
            }
        });
        let mut emitter = Emitter { stems, marked: &mut self.marked, sink, position: 0 };
        let mut at = 0;
        while let Some((shape, next)) = self.segmenter.next(text, at) {
            at = next;
            match shape {
                Shape::Compound => emitter.compound(&self.segmenter, next),
                Shape::Run => emitter.run(&self.segmenter),
                Shape::Sign => emitter.plain(&self.segmenter.folded, self.segmenter.pieces[0]),
            }
        }
    }
}

struct Emitter<'a> {
    stems: Option<&'a mut Stems>,
    marked: &'a mut String,
    sink: &'a mut dyn FnMut(Word<'_>),
    position: u32,
}

impl Emitter<'_> {
    fn emit(&mut self, term: &str, start: usize, end: usize) {
        (self.sink)(Word { start, end, position: self.position, term });
    }

    /// The stem of `word` behind its mark, where it says something new.
    fn stem(&mut self, word: &str, even_if_equal: bool, start: usize, end: usize) {
        let stem = match &mut self.stems {
            Some(stems) => stems.stem(word),
            None => word,
        };
        if stem != word || even_if_equal {
            self.marked.clear();
            self.marked.push(STEM_MARK);
            self.marked.push_str(stem);
            (self.sink)(Word { start, end, position: self.position, term: self.marked });
        }
    }

    fn compound(&mut self, segment: &Segmenter, end: usize) {
        let folded = &segment.folded;
        let (Some(first), Some(last)) = (segment.pieces.first(), segment.pieces.last()) else { return };
        if segment.pieces.len() > 1 {
            let joined = bounded(&folded[first.from..last.to]);
            self.emit(joined, first.start, last.end);
        }
        let mut humps = segment.humps.iter().peekable();
        for (i, piece) in segment.pieces.iter().enumerate() {
            let term = bounded(&folded[piece.from..piece.to]);
            if term.is_empty() {
                continue;
            }
            self.emit(term, piece.start, piece.end);
            if i + 1 == segment.pieces.len() && !segment.suffix.is_empty() {
                let named = format!("{term}{}", segment.suffix);
                self.emit(&named, piece.start, end);
            }
            self.stem(term, false, piece.start, piece.end);
            while let Some(hump) = humps.next_if(|hump| hump.end <= piece.end) {
                self.stem(bounded(&segment.folded_humps[hump.from..hump.to]), true, hump.start, hump.end);
            }
            self.position += 1;
        }
    }

    fn run(&mut self, segment: &Segmenter) {
        for pair in segment.pieces.windows(2) {
            self.emit(bigram(&segment.folded, pair[0], pair[1]), pair[0].start, pair[1].end);
            self.position += 1;
        }
        if let Some(last) = segment.pieces.last() {
            self.plain(&segment.folded, *last);
        }
    }

    fn plain(&mut self, folded: &str, piece: Piece) {
        let term = bounded(&folded[piece.from..piece.to]);
        if !term.is_empty() {
            self.emit(term, piece.start, piece.end);
            self.position += 1;
        }
    }
}

/// Two neighbours of a run, whose folded forms lie side by side.
fn bigram(folded: &str, first: Piece, second: Piece) -> &str {
    bounded(&folded[first.from..second.to])
}

/// `term` cut to [`MAX_TERM_BYTES`], between characters.
fn bounded(term: &str) -> &str {
    if term.len() <= MAX_TERM_BYTES {
        return term;
    }
    let mut end = MAX_TERM_BYTES;
    while !term.is_char_boundary(end) {
        end -= 1;
    }
    &term[..end]
}

/// Fold a whole text, signs and spaces kept: lower case, no diacritics, compatibility forms unified.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        letters::letter(c).fold_into(c, &mut folded);
    }
    folded
}

/// Fold one character of a text: none, one or several (see [`fold`]).
pub fn fold_char(c: char, sink: impl FnMut(char)) {
    letters::fold_slowly(c, sink);
}

/// Is `c` of a script that does not space its words (Han, kana, Hangul, Thai, Lao, Khmer, Myanmar)?
pub fn is_dense(c: char) -> bool {
    letters::letter(c).class() == letters::Class::Dense
}
