//! Words to tokens, and words to sums of vectors, remembered.

use std::path::Path;

use rustc_hash::FxHashMap;
use tokenizers::Tokenizer;

use super::ModelInvalid;
use super::table::Table;

/// Longer words (addresses, encoded data) are not remembered.
const LONGEST_KEPT: usize = 40;
/// Words remembered by one thread, some 30 MB.
const MOST_KEPT: usize = 1 << 18;
/// Of those, the ones with a sum: 16 MB at 256 dimensions.
const MOST_SUMS: usize = 1 << 14;
/// A word is cut here: nothing that long is a word.
const LONGEST_WORD: usize = 400;

/// A tokenizer that is asked word by word.
pub(super) struct Subwords {
    tokenizer: Tokenizer,
    unknown: Option<u32>,
    /// By id: is it a piece of text (not a byte, not a special token)?
    is_text: Vec<bool>,
}

impl Subwords {
    /// The tokenizer and the bytes of its file.
    pub fn open(path: &Path, rows: usize) -> Result<(Self, Vec<u8>), ModelInvalid> {
        let invalid =
            |why: &dyn std::fmt::Display| ModelInvalid(format!("{} is not a tokenizer: {why}.", path.display()));
        let bytes = std::fs::read(path).map_err(|error| invalid(&error))?;
        let mut tokenizer = Tokenizer::from_bytes(&bytes).map_err(|error| invalid(&error))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| invalid(&error))?;
        let size = tokenizer.get_vocab_size(true);
        if size > rows {
            return Err(ModelInvalid(format!("{} has {size} tokens, but there are {rows} vectors.", path.display())));
        }
        let vocabulary = tokenizer.get_vocab(true);
        let mut is_text = vec![false; size];
        for (token, id) in &vocabulary {
            let is_byte = token.len() == 6 && token.starts_with("<0x") && token.ends_with('>');
            let is_special = tokenizer.get_added_tokens_decoder().get(id).is_some_and(|added| added.special);
            if let Some(slot) = is_text.get_mut(*id as usize) {
                *slot = !is_byte && !is_special;
            }
            // A word asked by itself must have the tokens it has in a text.
            if token.trim_start_matches('▁').contains('▁') && !token.chars().all(|c| c == '▁') && !is_special {
                return Err(invalid(&format_args!("the token {token:?} spans two words")));
            }
        }
        let unknown = ["[UNK]", "<unk>"].iter().find_map(|token| tokenizer.token_to_id(token));
        Ok((Self { tokenizer, unknown, is_text }, bytes))
    }

    /// Tokens of one word, without those that stand for nothing known.
    pub fn ids(&self, word: &str) -> Vec<u32> {
        let word = &word[..word.floor_char_boundary(LONGEST_WORD)];
        match self.tokenizer.encode_fast(word, false) {
            Ok(encoding) => encoding.get_ids().iter().copied().filter(|id| Some(*id) != self.unknown).collect(),
            Err(_) => Vec::new(),
        }
    }

    pub fn known_share(&self, text: &str) -> f32 {
        let (mut known, mut all) = (0, 0);
        for word in text.split_whitespace() {
            let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
            let ids = self.ids(word);
            let bytes = ids.iter().filter(|id| !self.is_text.get(**id as usize).copied().unwrap_or(false)).count();
            all += letters;
            // A byte token is a third of a character of the scripts that need them.
            known += if ids.is_empty() { 0 } else { letters.saturating_sub(bytes.div_ceil(3)) };
        }
        if all == 0 { 0.0 } else { known as f32 / all as f32 }
    }
}

/// One thread's memory of words: the sum of a word's vectors for the first that come, which are the frequent ones, and the
/// tokens of as many as there is room for.
#[derive(Default)]
pub(super) struct Memory {
    places: FxHashMap<Box<str>, Place>,
    sums: Vec<f32>,
    tokens: Vec<u32>,
}

#[derive(Clone, Copy)]
enum Place {
    Sum(u32),
    /// Begin and end in `tokens`.
    Tokens(u32, u32),
}

impl Memory {
    /// Write the unit vector of `text`, or zeros.
    pub fn embed(&mut self, subwords: &Subwords, table: &Table, text: &str, vector: &mut [f32]) {
        vector.fill(0.0);
        for word in text.split_whitespace() {
            self.add(subwords, table, word, vector);
        }
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        if length > 0.0 {
            vector.iter_mut().for_each(|number| *number /= length);
        }
    }

    fn add(&mut self, subwords: &Subwords, table: &Table, word: &str, sum: &mut [f32]) {
        let width = sum.len();
        let place = match self.places.get(word) {
            Some(place) => *place,
            None if word.len() > LONGEST_KEPT || self.places.len() >= MOST_KEPT => {
                subwords.ids(word).iter().for_each(|id| table.add(*id, sum));
                return;
            }
            None => self.remember(subwords, table, word, width),
        };
        match place {
            Place::Sum(at) => {
                let known = &self.sums[at as usize * width..][..width];
                sum.iter_mut().zip(known).for_each(|(sum, number)| *sum += number);
            }
            Place::Tokens(from, to) => {
                self.tokens[from as usize..to as usize].iter().for_each(|id| table.add(*id, sum));
            }
        }
    }

    fn remember(&mut self, subwords: &Subwords, table: &Table, word: &str, width: usize) -> Place {
        let ids = subwords.ids(word);
        let at = self.sums.len() / width;
        let place = if at < MOST_SUMS && ids.len() > 1 {
            self.sums.resize((at + 1) * width, 0.0);
            ids.iter().for_each(|id| table.add(*id, &mut self.sums[at * width..]));
            Place::Sum(at as u32)
        } else {
            let from = self.tokens.len();
            self.tokens.extend(ids);
            Place::Tokens(from as u32, self.tokens.len() as u32)
        };
        self.places.insert(word.into(), place);
        place
    }
}
