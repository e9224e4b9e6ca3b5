//! Our words as tantivy wants them.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer as TantivyTokenizer};

use crate::tokens::{Language, Tokenizer, fold};

/// Stands before the language's letter at the start of a text; without it the language is unknown.
const LANGUAGE_MARK: char = '\u{2}';

/// Those with a stemmer.
const LANGUAGES: [Language; 2] = [Language::English, Language::German];

fn letter(language: Language) -> char {
    char::from(b'A' + language as u8)
}

fn language(letter: char) -> Language {
    LANGUAGES.into_iter().find(|&language| self::letter(language) == letter).unwrap_or(Language::Unknown)
}

/// `parts` as one text for the index, marked with its language.
pub(super) fn marked<'a>(spoken: Language, parts: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::from_iter([LANGUAGE_MARK, letter(spoken)]);
    for (at, part) in parts.enumerate() {
        if at > 0 {
            text.push('\n');
        }
        text.push_str(part);
    }
    text
}

fn unmarked(text: &str) -> (Language, &str) {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(LANGUAGE_MARK), Some(letter)) => (language(letter), chars.as_str()),
        _ => (Language::Unknown, text),
    }
}

/// A whole title, alias or query as one key: folded, whatever is no letter or digit a single space.
pub fn name_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for word in fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    }
    key
}

/// Folded key of a property's name, or of name and value.
pub(super) fn property_key(key: &str, value: Option<&str>) -> String {
    let mut term = fold(key.trim());
    if let Some(value) = value {
        term.push('\0');
        term.push_str(&fold(value.trim()));
        truncate(&mut term, MAX_PROPERTY_BYTES);
    }
    term
}

/// Longer values are found by their beginning.
const MAX_PROPERTY_BYTES: usize = 512;

fn truncate(text: &mut String, limit: usize) {
    if text.len() > limit {
        let end = (0..=limit).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
    }
}

/// The tokenizer registered with the index. Every indexing thread works on a clone with its own buffers.
#[derive(Default)]
pub(super) struct IndexTokenizer {
    words: Tokenizer,
    found: Words,
}

impl Clone for IndexTokenizer {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// The words of one text: terms one after another in `terms`.
#[derive(Default)]
struct Words {
    terms: String,
    /// (end in `terms`, position)
    list: Vec<(usize, u32)>,
}

impl TantivyTokenizer for IndexTokenizer {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        let (language, text) = unmarked(text);
        let found = &mut self.found;
        found.terms.clear();
        found.list.clear();
        self.words.index_words(text, language, &mut |word| {
            found.terms.push_str(word.term);
            found.list.push((found.terms.len(), word.position));
        });
        Stream { found, next: 0, from: 0, token: Token::default() }
    }
}

pub(super) struct Stream<'a> {
    found: &'a Words,
    next: usize,
    from: usize,
    token: Token,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some(&(end, position)) = self.found.list.get(self.next) else { return false };
        self.token.text.clear();
        self.token.text.push_str(&self.found.terms[self.from..end]);
        self.token.position = position as usize;
        self.from = end;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
