//! A cheap guess of the language of a text, from its function words and letters: enough to choose a stemmer.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Too short, mixed, or one we have no stemmer for.
    Unknown,
    English,
    German,
}

/// Bytes looked at.
const SAMPLE: usize = 2048;
/// Function words of one language that settle the question.
const ENOUGH: usize = 12;

const FUNCTION_WORDS: [(Language, &[&str]); 2] = [
    (
        Language::English,
        &[
            "the", "of", "and", "to", "is", "that", "it", "for", "with", "as", "this", "are", "from", "or", "by", "an",
            "be", "not", "can", "if", "which", "you", "your", "when", "was", "were", "has", "have", "how", "what",
        ],
    ),
    (
        Language::German,
        &[
            "der", "die", "das", "und", "ist", "nicht", "ein", "eine", "einen", "einem", "zu", "mit", "auf", "für",
            "von", "den", "dem", "des", "sich", "auch", "im", "wird", "werden", "als", "bei", "sie", "oder", "wie",
            "kann", "aus",
        ],
    ),
];

/// Function words by [`packed`] form, with the index of their language.
static KNOWN: LazyLock<FxHashMap<u64, usize>> = LazyLock::new(|| {
    let mut known = FxHashMap::default();
    for (language, (_, words)) in FUNCTION_WORDS.iter().enumerate() {
        for word in *words {
            if let Some(key) = packed(word.as_bytes()) {
                known.insert(key, language);
            }
        }
    }
    known
});

/// Guess the language of `text` from its first few KB.
pub fn language_of(text: &str) -> Language {
    let mut scores = [0_usize; FUNCTION_WORDS.len()];
    let sample = &text.as_bytes()[..text.len().min(SAMPLE)];
    for word in sample.split(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic()) {
        if let Some(language) = packed(word).and_then(|key| KNOWN.get(&key)) {
            scores[*language] += 1;
            if scores[*language] >= ENOUGH {
                break;
            }
        }
    }
    let best = (0..scores.len()).max_by_key(|&i| scores[i]).unwrap_or(0);
    let tied = scores.iter().filter(|&&score| score == scores[best]).count() > 1;
    if scores[best] > 0 && !tied {
        FUNCTION_WORDS[best].0
    } else if sample.is_ascii() {
        // Headlines and commands: in plain ASCII most likely English, and a wrong stem costs little.
        Language::English
    } else {
        Language::Unknown
    }
}

/// A word of two to eight bytes as a number, ASCII letters in lower case.
fn packed(word: &[u8]) -> Option<u64> {
    if word.len() < 2 {
        return None;
    }
    let mut bytes = [0; 8];
    bytes.get_mut(..word.len())?.copy_from_slice(word);
    bytes.make_ascii_lowercase();
    Some(u64::from_le_bytes(bytes))
}
