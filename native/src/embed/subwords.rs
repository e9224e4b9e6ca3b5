//! Words to tokens.
//!
//! Byte-pair encoding and WordPiece are done here, a word at a time, to the same tokens that Hugging Face's tokenizers gives and
//! many times as fast. A file that wants anything else (Unigram, other normalizers) is left to Hugging Face's.

use std::path::Path;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;
use tokenizers::Tokenizer;

use super::ModelInvalid;
use super::definition::{AddedToken, Definition, Model};
use super::pairs::Pairs;
use super::pieces::Pieces;

/// Bytes at which a word is cut: encoded data is longer than this, a passage of a script without spaces is not.
const LONGEST_WORD: usize = 1200;

/// A tokenizer that is asked word by word.
pub(super) struct Subwords {
    tokenizer: Kind,
    unknown: Option<u32>,
    /// By id: is it a piece of text (not a byte, not a special token)?
    is_text: Vec<bool>,
}

// There is one a model: its size matters to nobody.
#[allow(clippy::large_enum_variant)]
enum Kind {
    Ours {
        /// Finds what stands for itself in a word, if there is any such token; their ids.
        added: Option<(AhoCorasick, Vec<u32>)>,
        parts: Parts,
    },
    HuggingFace(Box<Tokenizer>),
}

#[allow(clippy::large_enum_variant)]
enum Parts {
    Pairs(Pairs),
    Pieces(Pieces),
}

/// Room to work in.
#[derive(Default)]
pub(super) struct Scratch {
    ranks: Vec<u32>,
    part: String,
}

impl Subwords {
    /// The tokenizer and the bytes of its file; there must be a vector for every token.
    pub fn open(path: &Path, vectors: usize) -> Result<(Self, Vec<u8>), ModelInvalid> {
        let invalid =
            |why: &dyn std::fmt::Display| ModelInvalid(format!("{} is not a tokenizer: {why}.", path.display()));
        let bytes = std::fs::read(path).map_err(|error| invalid(&error))?;
        let definition: Definition = serde_json::from_slice(&bytes).map_err(|error| invalid(&error))?;
        let (tokenizer, vocabulary) = match ours(&definition) {
            Some((kind, vocabulary)) => (kind, vocabulary.clone()),
            None => hugging_face(&bytes).map_err(|error| invalid(&error))?,
        };
        let size = vocabulary.values().chain(definition.added_tokens.iter().map(|token| &token.id)).max();
        let size = size.map_or(0, |id| *id as usize + 1);
        if size > vectors {
            return Err(ModelInvalid(format!(
                "{} has {size} tokens, but there are {vectors} vectors.",
                path.display()
            )));
        }
        // WordPiece has no sign for the beginning of a word.
        if !matches!(definition.model, Model::WordPiece(_))
            && let Some(token) = vocabulary.keys().find(|token| spans_words(token))
        {
            return Err(invalid(&format_args!("the token {token:?} spans two words")));
        }
        let is_text = texts(&vocabulary, &definition.added_tokens, size);
        let unknown = unknown(&definition.model, &vocabulary);
        Ok((Self { tokenizer, unknown, is_text }, bytes))
    }

    /// Put the tokens of one word behind `ids`, without those that stand for nothing known.
    pub fn add(&self, word: &str, scratch: &mut Scratch, ids: &mut Vec<u32>) {
        let word = &word[..word.floor_char_boundary(LONGEST_WORD)];
        let from = ids.len();
        match &self.tokenizer {
            Kind::Ours { added: Some((added, ids_of_added)), parts } => {
                let mut at = 0;
                for found in added.find_iter(word) {
                    parts.add(&word[at..found.start()], scratch, ids);
                    ids.push(ids_of_added[found.pattern()]);
                    at = found.end();
                }
                parts.add(&word[at..], scratch, ids);
            }
            Kind::Ours { added: None, parts } => parts.add(word, scratch, ids),
            Kind::HuggingFace(tokenizer) => {
                if let Ok(encoding) = tokenizer.encode_fast(word, false) {
                    ids.extend(encoding.get_ids());
                }
            }
        }
        if let Some(unknown) = self.unknown {
            let mut kept = from;
            for at in from..ids.len() {
                ids[kept] = ids[at];
                kept += usize::from(ids[at] != unknown);
            }
            ids.truncate(kept);
        }
    }

    pub fn known_share(&self, text: &str) -> f32 {
        let (mut known, mut all, mut scratch, mut ids) = (0, 0, Scratch::default(), Vec::new());
        for word in text.split_whitespace() {
            let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
            ids.clear();
            self.add(word, &mut scratch, &mut ids);
            let bytes = ids.iter().filter(|id| !self.is_text.get(**id as usize).copied().unwrap_or(false)).count();
            all += letters;
            // A byte token is a third of a character of the scripts that need them.
            known += if ids.is_empty() { 0 } else { letters.saturating_sub(bytes.div_ceil(3)) };
        }
        if all == 0 { 0.0 } else { known as f32 / all as f32 }
    }
}

impl Parts {
    fn add(&self, part: &str, scratch: &mut Scratch, ids: &mut Vec<u32>) {
        match self {
            _ if part.is_empty() => {}
            Self::Pairs(pairs) => pairs.add(part, &mut scratch.ranks, ids),
            Self::Pieces(pieces) => pieces.add(part, &mut scratch.part, ids),
        }
    }
}

/// Our own tokenizer and its vocabulary, where the file wants nothing that it cannot do.
fn ours(definition: &Definition) -> Option<(Kind, &FxHashMap<String, u32>)> {
    let Definition { added_tokens, normalizer, pre_tokenizer, model } = definition;
    let (parts, vocabulary) = match model {
        Model::Pairs(pairs) => (Parts::Pairs(Pairs::of(pairs, normalizer, pre_tokenizer)?), &pairs.vocab),
        Model::WordPiece(pieces) => (Parts::Pieces(Pieces::of(pieces, normalizer, pre_tokenizer)?), &pieces.vocab),
        Model::Unigram { .. } | Model::WordLevel { .. } => return None,
    };
    if !added_tokens.iter().all(AddedToken::is_plain) {
        return None;
    }
    let added = (!added_tokens.is_empty()).then(|| {
        let contents = added_tokens.iter().map(|token| &token.content);
        AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(contents).ok()
    });
    let added = match added {
        Some(finder) => Some((finder?, added_tokens.iter().map(|token| token.id).collect())),
        None => None,
    };
    Some((Kind::Ours { added, parts }, vocabulary))
}

fn hugging_face(bytes: &[u8]) -> tokenizers::Result<(Kind, FxHashMap<String, u32>)> {
    let mut tokenizer = Tokenizer::from_bytes(bytes)?;
    tokenizer.with_padding(None);
    tokenizer.with_truncation(None)?;
    let vocabulary = tokenizer.get_vocab(true).into_iter().collect();
    Ok((Kind::HuggingFace(Box::new(tokenizer)), vocabulary))
}

/// By id, whether a token is a piece of text.
fn texts(vocabulary: &FxHashMap<String, u32>, added: &[AddedToken], size: usize) -> Vec<bool> {
    let mut is_text = vec![false; size];
    for (token, id) in vocabulary {
        let is_byte = token.len() == 6 && token.starts_with("<0x") && token.ends_with('>');
        is_text[*id as usize] = !is_byte;
    }
    added.iter().filter(|token| token.special).for_each(|token| is_text[token.id as usize] = false);
    is_text
}

/// A word asked by itself must have the tokens it has in a text, so no token may hold the end of one and the beginning of the next.
fn spans_words(token: &str) -> bool {
    token.trim_start_matches('▁').contains('▁')
}

fn unknown(model: &Model, vocabulary: &FxHashMap<String, u32>) -> Option<u32> {
    let token = match model {
        Model::Unigram { unk_id } => return *unk_id,
        Model::Pairs(pairs) => pairs.unk_token.as_ref(),
        Model::WordPiece(pieces) => Some(&pieces.unk_token),
        Model::WordLevel { unk_token } => unk_token.as_ref(),
    };
    vocabulary.get(token?).copied()
}
