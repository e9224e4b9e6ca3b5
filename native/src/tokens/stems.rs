//! Stems of folded words, a stemmer a language, remembered in a bounded cache.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

use super::language::Language;

/// Words remembered a language in running text; a new word takes the place of the one in its slot. Small enough for the
/// processor's own cache: most words of a text are among a few thousand.
pub(super) const OF_TEXTS: usize = 1 << 15;
/// The same for a query, whose few words do not come again.
pub(super) const OF_A_QUERY: usize = 1;

/// The stemmer of one language with the stems it has given.
pub(super) struct Stems {
    language: Language,
    stemmer: Stemmer,
    known: Box<[Slot]>,
    /// The stem of the last word that was too long to remember.
    long: String,
}

/// A word and its stem, both padded; an empty slot holds the empty word.
#[derive(Clone, Copy, Default)]
struct Slot {
    word: u128,
    stem: [u8; 16],
    length: u8,
}

impl Stems {
    /// A stemmer that remembers `slots` words, a power of two.
    pub fn new(language: Language, slots: usize) -> Option<Self> {
        let algorithm = match language {
            Language::Unknown => return None,
            Language::English => Algorithm::English,
            Language::German => Algorithm::German,
        };
        let known = vec![Slot::default(); slots].into_boxed_slice();
        Some(Self { language, stemmer: Stemmer::create(algorithm), known, long: String::new() })
    }

    pub fn stem<'a>(&'a mut self, word: &'a str) -> &'a str {
        // Folding leaves the words of our languages in plain letters; figures and other scripts have no stem here.
        if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return word;
        }
        let Some(key) = packed(word) else {
            let stem = self.unremembered(word).into_owned();
            self.long = stem;
            return &self.long;
        };
        let place = slot_of(key) & (self.known.len() - 1);
        if self.known[place].word != key {
            let stem = self.unremembered(word);
            let mut slot = Slot { word: key, stem: [0; 16], length: 0 };
            // A stem that is longer than its word would not fit; none of our stemmers gives one.
            let Some(room) = slot.stem.get_mut(..stem.len()) else { return word };
            room.copy_from_slice(stem.as_bytes());
            slot.length = stem.len() as u8;
            self.known[place] = slot;
        }
        let slot = &self.known[place];
        std::str::from_utf8(&slot.stem[..usize::from(slot.length)]).unwrap_or(word)
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

fn slot_of(key: u128) -> usize {
    let mixed = (key as u64 ^ ((key >> 64) as u64).rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as usize
}
