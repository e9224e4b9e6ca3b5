//! Stems of folded words, a stemmer a language, remembered in a bounded cache.

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

use super::language::Language;

/// Words remembered a language before the cache starts afresh.
const MAX_CACHED: usize = 1 << 16;

/// The stemmer of one language with the stems it has given.
pub(super) struct Stems {
    stemmer: Stemmer,
    cache: FxHashMap<Box<str>, Box<str>>,
}

impl Stems {
    pub fn new(language: Language) -> Option<Self> {
        let algorithm = match language {
            Language::Unknown => return None,
            Language::English => Algorithm::English,
            Language::German => Algorithm::German,
        };
        Some(Self { stemmer: Stemmer::create(algorithm), cache: FxHashMap::default() })
    }

    pub fn stem(&mut self, word: &str) -> &str {
        if !self.cache.contains_key(word) {
            if self.cache.len() >= MAX_CACHED {
                self.cache.clear();
            }
            let stem = self.stemmer.stem(word);
            self.cache.insert(word.into(), stem.as_ref().into());
        }
        &self.cache[word]
    }
}
