//! Byte-pair encoding as sentencepiece's files have it (Llama and its kin): the characters of a word behind a `▁`, bytes where a
//! character is not known, then neighbours joined, the pair that was learnt first before all others, the leftmost of equals.

use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::definition::PairsDefinition;

/// Stands before every word.
const WORD: char = '▁';
const NONE: u32 = u32::MAX;

pub(super) struct Pairs {
    ascii: [u32; 128],
    letters: FxHashMap<char, u32>,
    bytes: [u32; 256],
    /// By two neighbours, when they were learnt to be one.
    ranks: FxHashMap<(u32, u32), u32>,
    /// By rank, what two neighbours become.
    joined: Vec<u32>,
}

impl Pairs {
    /// None when the file wants anything that is not done here.
    pub fn of(model: &PairsDefinition, normalizer: &Value, pre_tokenizer: &Value) -> Option<Self> {
        let prepends_and_replaces = json!({"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        ]});
        let is_empty = |text: &Option<String>| text.as_ref().is_none_or(String::is_empty);
        let is_plain = model.dropout.is_none_or(|share| share == 0.0)
            && is_empty(&model.continuing_subword_prefix)
            && is_empty(&model.end_of_word_suffix)
            && model.byte_fallback
            && !model.ignore_merges;
        if !is_plain || *normalizer != prepends_and_replaces || !pre_tokenizer.is_null() {
            return None;
        }
        let mut bytes = [NONE; 256];
        for (byte, id) in bytes.iter_mut().enumerate() {
            *id = *model.vocab.get(&format!("<0x{byte:02X}>"))?;
        }
        let (mut ascii, mut letters) = ([NONE; 128], FxHashMap::default());
        for (token, id) in &model.vocab {
            let mut chars = token.chars();
            if let (Some(letter), None) = (chars.next(), chars.next()) {
                letters.insert(letter, *id);
                if letter.is_ascii() {
                    ascii[letter as usize] = *id;
                }
            }
        }
        let (mut ranks, mut joined) = (FxHashMap::default(), Vec::with_capacity(model.merges.len()));
        for (rank, merge) in model.merges.iter().enumerate() {
            let (one, other) = merge.pair()?;
            ranks.insert((*model.vocab.get(one)?, *model.vocab.get(other)?), rank as u32);
            joined.push(*model.vocab.get(&format!("{one}{other}"))?);
        }
        Some(Self { ascii, letters, bytes, ranks, joined })
    }

    /// Put the tokens of a word behind `ids`. `ranks` is room to work in.
    pub fn add(&self, word: &str, ranks: &mut Vec<u32>, ids: &mut Vec<u32>) {
        let from = ids.len();
        self.letter(WORD, ids);
        word.chars().for_each(|letter| self.letter(letter, ids));
        let rank = |one: u32, other: u32| self.ranks.get(&(one, other)).copied().unwrap_or(NONE);
        ranks.clear();
        ranks.extend(ids[from..].windows(2).map(|pair| rank(pair[0], pair[1])));
        while let Some(first) = ranks.iter().copied().min().filter(|rank| *rank != NONE) {
            let Some(at) = ranks.iter().position(|rank| *rank == first) else { break };
            ids[from + at] = self.joined[first as usize];
            ids.remove(from + at + 1);
            ranks.remove(at);
            if at > 0 {
                ranks[at - 1] = rank(ids[from + at - 1], ids[from + at]);
            }
            if at < ranks.len() {
                ranks[at] = rank(ids[from + at], ids[from + at + 1]);
            }
        }
    }

    fn letter(&self, letter: char, ids: &mut Vec<u32>) {
        let id = match self.ascii.get(letter as usize) {
            Some(id) => *id,
            None => self.letters.get(&letter).copied().unwrap_or(NONE),
        };
        if id != NONE {
            ids.push(id);
        } else {
            let mut buffer = [0; 4];
            ids.extend(letter.encode_utf8(&mut buffer).bytes().map(|byte| self.bytes[byte as usize]));
        }
    }
}
