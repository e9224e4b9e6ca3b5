//! A cheap guess of the language of a text, from its function words and letters: enough to choose a stemmer.

use super::letters::{Class, letter};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Too short, mixed, or one we have no stemmer for.
    Unknown,
    English,
    German,
}

/// Bytes looked at.
const SAMPLE: usize = 4096;

const FUNCTION_WORDS: [(Language, &[&str]); 2] = [
    (
        Language::English,
        &[
            "the", "of", "and", "to", "is", "that", "it", "for", "with", "as", "this", "are", "from", "or", "by", "an", "be",
            "not", "can", "if", "which", "you", "your", "when", "was", "were", "has", "have", "how", "what",
        ],
    ),
    (
        Language::German,
        &[
            "der", "die", "das", "und", "ist", "nicht", "ein", "eine", "einen", "einem", "zu", "mit", "auf", "für", "von", "den",
            "dem", "des", "sich", "auch", "im", "wird", "werden", "als", "bei", "sie", "oder", "wie", "kann", "aus",
        ],
    ),
];

/// Guess the language of `text` from its first few KB.
pub fn language_of(text: &str) -> Language {
    let mut scores = [0_usize; FUNCTION_WORDS.len()];
    let mut end = text.len().min(SAMPLE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let is_letter = |c: char| matches!(letter(c).class(), Class::Word | Class::Mark);
    for word in text[..end].split(|c| !is_letter(c)) {
        let lower = word.to_lowercase();
        for (score, (_, words)) in scores.iter_mut().zip(FUNCTION_WORDS) {
            *score += usize::from(words.contains(&lower.as_str()));
        }
    }
    let best = (0..scores.len()).max_by_key(|&i| scores[i]).unwrap_or(0);
    let tied = scores.iter().filter(|&&score| score == scores[best]).count() > 1;
    if scores[best] > 0 && !tied {
        FUNCTION_WORDS[best].0
    } else if text[..end].is_ascii() {
        // Headlines and commands: in plain ASCII most likely English, and a wrong stem costs little.
        Language::English
    } else {
        Language::Unknown
    }
}
