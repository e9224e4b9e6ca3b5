//! What `tokenizer.json` says, as far as our own tokenizers follow it.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::Value;

/// The file.
#[derive(Deserialize)]
pub(super) struct Definition {
    #[serde(default)]
    pub added_tokens: Vec<AddedToken>,
    #[serde(default)]
    pub normalizer: Value,
    #[serde(default)]
    pub pre_tokenizer: Value,
    pub model: Model,
}

/// A token that is found in the raw text, before anything else.
#[derive(Deserialize)]
pub(super) struct AddedToken {
    pub id: u32,
    pub content: String,
    #[serde(default)]
    pub special: bool,
    #[serde(default)]
    single_word: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
    #[serde(default)]
    normalized: bool,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum Model {
    #[serde(rename = "BPE")]
    Pairs(PairsDefinition),
    WordPiece(PiecesDefinition),
    Unigram {
        #[serde(default)]
        unk_id: Option<u32>,
    },
    WordLevel {
        #[serde(default)]
        unk_token: Option<String>,
    },
}

#[derive(Deserialize)]
pub(super) struct PairsDefinition {
    pub vocab: FxHashMap<String, u32>,
    pub merges: Vec<Merge>,
    #[serde(default)]
    pub unk_token: Option<String>,
    #[serde(default)]
    pub dropout: Option<f32>,
    #[serde(default)]
    pub continuing_subword_prefix: Option<String>,
    #[serde(default)]
    pub end_of_word_suffix: Option<String>,
    #[serde(default)]
    pub byte_fallback: bool,
    #[serde(default)]
    pub ignore_merges: bool,
}

/// Two neighbours that become one: as one string in old files.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Merge {
    Spaced(String),
    Pair(String, String),
}

impl Merge {
    pub fn pair(&self) -> Option<(&str, &str)> {
        match self {
            Self::Spaced(both) => both.split_once(' '),
            Self::Pair(one, other) => Some((one, other)),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct PiecesDefinition {
    pub vocab: FxHashMap<String, u32>,
    pub unk_token: String,
    pub continuing_subword_prefix: String,
    pub max_input_chars_per_word: usize,
}

impl AddedToken {
    /// Whether it stands for itself wherever it is found.
    pub fn is_plain(&self) -> bool {
        !(self.single_word || self.lstrip || self.rstrip || self.normalized || self.content.is_empty())
    }
}
