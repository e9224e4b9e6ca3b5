//! Stems of folded words, a stemmer a language, remembered in a bounded cache.

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

use super::language::Language;

/// Words remembered a language before the cache starts afresh.
const MAX_CACHED: usize = 1 << 16;

/// The stemmer of one language with the stems it has given.
pub(super) struct Stems {
    stemmer: Stemmer,
    /// Where in `stems` the stem of a short word is; [`SAME`] when it is its own.
    known: FxHashMap<u128, u32>,
    stems: Vec<Box<str>>,
    /// The stem of the last word that was too long to remember.
    long: String,
}

const SAME: u32 = u32::MAX;

impl Stems {
    pub fn new(language: Language) -> Option<Self> {
        let algorithm = match language {
            Language::Unknown => return None,
            Language::English => Algorithm::English,
            Language::German => Algorithm::German,
        };
        let stemmer = Stemmer::create(algorithm);
        Some(Self { stemmer, known: FxHashMap::default(), stems: Vec::new(), long: String::new() })
    }

    pub fn stem<'a>(&'a mut self, word: &'a str) -> &'a str {
        let Some(key) = packed(word) else {
            self.long.clear();
            self.long.push_str(&self.stemmer.stem(word));
            return &self.long;
        };
        let at = match self.known.get(&key) {
            Some(at) => *at,
            None => self.learn(word, key),
        };
        if at == SAME { word } else { &self.stems[at as usize] }
    }

    fn learn(&mut self, word: &str, key: u128) -> u32 {
        if self.known.len() >= MAX_CACHED {
            self.known.clear();
            self.stems.clear();
        }
        let stem = self.stemmer.stem(word);
        let mut at = SAME;
        if stem != word {
            at = u32::try_from(self.stems.len()).unwrap_or(SAME);
            self.stems.push(stem.as_ref().into());
        }
        self.known.insert(key, at);
        at
    }
}

/// A word of up to 16 bytes as a number. Words hold no NUL, so that padding makes no two alike.
fn packed(word: &str) -> Option<u128> {
    let mut bytes = [0; 16];
    bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    Some(u128::from_le_bytes(bytes))
}
