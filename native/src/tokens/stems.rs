//! Stems of folded words, a stemmer a language, remembered in a bounded cache.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

use super::language::Language;

/// Words remembered a language before the cache starts afresh.
const MAX_CACHED: usize = 1 << 16;

/// The stemmer of one language with the stems it has given.
pub(super) struct Stems {
    language: Language,
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
        Some(Self { language, stemmer, known: FxHashMap::default(), stems: Vec::new(), long: String::new() })
    }

    pub fn stem<'a>(&'a mut self, word: &'a str) -> &'a str {
        // Folding leaves the words of our languages in plain letters; figures and other scripts have no stem here.
        if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return word;
        }
        let Some(key) = packed(word) else {
            self.long.clear();
            let stem = self.unremembered(word);
            self.long.push_str(&stem);
            return &self.long;
        };
        let at = match self.known.get(&key) {
            Some(at) => *at,
            None => self.learn(word, key),
        };
        if at == SAME { word } else { &self.stems[at as usize] }
    }

    fn unremembered<'a>(&self, word: &'a str) -> Cow<'a, str> {
        if self.language != Language::German {
            return self.stemmer.stem(word);
        }
        match without_spelled_umlauts(word) {
            Some(plain) => Cow::Owned(self.stemmer.stem(&plain).into_owned()),
            None => self.stemmer.stem(word),
        }
    }

    fn learn(&mut self, word: &str, key: u128) -> u32 {
        if self.known.len() >= MAX_CACHED {
            self.known.clear();
            self.stems.clear();
        }
        let stem = self.unremembered(word);
        let mut at = SAME;
        if stem != word {
            at = u32::try_from(self.stems.len()).unwrap_or(SAME);
            self.stems.push(stem.as_ref().into());
        }
        self.known.insert(key, at);
        at
    }
}

/// `mueller` as `muller`, which is what folding makes of `Müller`; nothing when no umlaut is spelled out. `ue` behind a
/// vowel or `q` is no umlaut (`neue`, `quelle`).
fn without_spelled_umlauts(word: &str) -> Option<String> {
    let mut plain: Option<String> = None;
    let bytes = word.as_bytes();
    for at in 1..bytes.len() {
        let umlaut = bytes[at] == b'e' && matches!(bytes[at - 1], b'a' | b'o' | b'u');
        let no_umlaut = at > 1 && matches!(bytes[at - 2], b'a' | b'e' | b'i' | b'o' | b'u' | b'q');
        if umlaut && !no_umlaut {
            plain.get_or_insert_with(|| word[..at].to_owned());
        } else if let Some(plain) = &mut plain
            && let Some(c) = word.get(at..).and_then(|rest| rest.chars().next())
        {
            plain.push(c);
        }
    }
    plain
}

/// A word of up to 16 bytes as a number. Words hold no NUL, so that padding makes no two alike.
fn packed(word: &str) -> Option<u128> {
    let mut bytes = [0; 16];
    bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    Some(u128::from_le_bytes(bytes))
}
