//! WordPiece as BERT's files have it: a word is cleaned, folded and split at punctuation, and each part cut into the longest
//! pieces that the vocabulary knows.
//!
//! What is punctuation and what an accent is asked of the tables that Hugging Face's tokenizers ask. They are of older
//! versions of Unicode; newer ones would give other tokens than models were made with.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::{Value, json};
use unicode_categories::UnicodeCategories;
use unicode_normalization_alignments::UnicodeNormalization;

use super::definition::PiecesDefinition;

const OTHER: u8 = 1;
const PUNCTUATION: u8 = 2;
const NONSPACING_MARK: u8 = 4;

/// What the tables say of every character of the basic plane, asked once: they are searched for each of some ten categories.
static CLASSES: LazyLock<Vec<u8>> =
    LazyLock::new(|| (0..=0xFFFF).map(|code| char::from_u32(code).map_or(0, asked)).collect());

const NONE: u32 = u32::MAX;
/// Where pieces that begin a word are looked up, and those that go on with one.
const BEGINS: u32 = 0;
const GOES_ON: u32 = 1;

pub(super) struct Pieces {
    bert: Bert,
    most_letters: usize,
    /// A tree of bytes: by node and byte, the node they lead to.
    nodes: FxHashMap<(u32, u8), u32>,
    /// By node, the token that ends there.
    tokens: Vec<u32>,
}

/// How BERT's normalizer is set.
#[derive(Deserialize)]
#[serde(tag = "type", rename = "BertNormalizer")]
struct Bert {
    clean_text: bool,
    handle_chinese_chars: bool,
    strip_accents: Option<bool>,
    lowercase: bool,
}

impl Pieces {
    /// None when the file wants anything that is not done here.
    pub fn of(model: &PiecesDefinition, normalizer: &Value, pre_tokenizer: &Value) -> Option<Self> {
        if *pre_tokenizer != json!({"type": "BertPreTokenizer"}) || model.continuing_subword_prefix.is_empty() {
            return None;
        }
        let bert = Bert::deserialize(normalizer).ok()?;
        let (nodes, tokens) = (FxHashMap::default(), vec![NONE; 2]);
        let mut pieces = Self { bert, most_letters: model.max_input_chars_per_word, nodes, tokens };
        for (token, id) in &model.vocab {
            pieces.plant(BEGINS, token, *id);
            if let Some(rest) = token.strip_prefix(&model.continuing_subword_prefix) {
                pieces.plant(GOES_ON, rest, *id);
            }
        }
        Some(pieces)
    }

    fn plant(&mut self, root: u32, text: &str, id: u32) {
        let mut node = root;
        for byte in text.bytes() {
            let next = self.tokens.len() as u32;
            node = *self.nodes.entry((node, byte)).or_insert(next);
            if node == next {
                self.tokens.push(NONE);
            }
        }
        self.tokens[node as usize] = id;
    }

    /// Put the tokens of a word behind `ids`; parts that the vocabulary cannot make up have none. `part` is room to work in.
    pub fn add(&self, word: &str, part: &mut String, ids: &mut Vec<u32>) {
        part.clear();
        if word.is_ascii() {
            for byte in word.bytes() {
                if self.bert.clean_text && byte.is_ascii_control() {
                    continue;
                }
                let byte = if self.bert.lowercase { byte.to_ascii_lowercase() } else { byte };
                self.letter(byte.into(), part, ids);
            }
        } else {
            let kept = word.chars().filter(|c| !(self.bert.clean_text && is_dropped(*c)));
            if self.bert.strip_accents.unwrap_or(self.bert.lowercase) {
                let plain = kept.nfd().map(|(c, _)| c).filter(|c| class(*c) & NONSPACING_MARK == 0);
                self.letters(plain, part, ids);
            } else {
                self.letters(kept, part, ids);
            }
        }
        self.cut(part, ids);
    }

    fn letters(&self, letters: impl Iterator<Item = char>, part: &mut String, ids: &mut Vec<u32>) {
        for letter in letters {
            // Decomposed or not, such a character stays one, so it does not matter that this comes after decomposing.
            let is_alone = self.bert.handle_chinese_chars && is_han(letter);
            if is_alone {
                self.cut(part, ids);
            }
            if self.bert.lowercase {
                letter.to_lowercase().for_each(|lower| self.letter(lower, part, ids));
            } else {
                self.letter(letter, part, ids);
            }
            if is_alone {
                self.cut(part, ids);
            }
        }
    }

    fn letter(&self, letter: char, part: &mut String, ids: &mut Vec<u32>) {
        if letter.is_whitespace() {
            self.cut(part, ids);
        } else if letter.is_ascii_punctuation() || class(letter) & PUNCTUATION != 0 {
            self.cut(part, ids);
            part.push(letter);
            self.cut(part, ids);
        } else {
            part.push(letter);
        }
    }

    /// The longest pieces of a part, from its beginning; the part is empty afterwards.
    fn cut(&self, part: &mut String, ids: &mut Vec<u32>) {
        let (before, bytes) = (ids.len(), part.as_bytes());
        let mut at = 0;
        let is_word = bytes.len() <= self.most_letters || part.chars().count() <= self.most_letters;
        while is_word && at < bytes.len() {
            let mut node = if at == 0 { BEGINS } else { GOES_ON };
            let mut longest = None;
            for (end, byte) in bytes.iter().enumerate().skip(at) {
                let Some(next) = self.nodes.get(&(node, *byte)) else { break };
                node = *next;
                if self.tokens[node as usize] != NONE {
                    longest = Some((end + 1, self.tokens[node as usize]));
                }
            }
            let Some((end, id)) = longest else {
                ids.truncate(before);
                break;
            };
            ids.push(id);
            at = end;
        }
        part.clear();
    }
}

fn is_dropped(letter: char) -> bool {
    match letter {
        '\t' | '\n' | '\r' => false,
        '\0' | '\u{fffd}' => true,
        other => class(other) & OTHER != 0,
    }
}

fn class(letter: char) -> u8 {
    CLASSES.get(letter as usize).copied().unwrap_or_else(|| asked(letter))
}

fn asked(letter: char) -> u8 {
    let classes = [
        (letter.is_other(), OTHER),
        (letter.is_punctuation(), PUNCTUATION),
        (letter.is_mark_nonspacing(), NONSPACING_MARK),
    ];
    classes.into_iter().filter(|(is, _)| *is).map(|(_, class)| class).sum()
}

/// The ideographs that BERT sets apart; no other script's.
fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{2a6df}' | '\u{2a700}'..='\u{2b81f}' | '\u{2b920}'..='\u{2ceaf}' | '\u{2f800}'..='\u{2fa1f}')
}
