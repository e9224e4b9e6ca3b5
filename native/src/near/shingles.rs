//! Shingles: every five words in a row, as a number, so that texts can be compared as sets.

use std::sync::LazyLock;

use super::ascending::ascending;
use crate::tokens::is_dense;

/// Words in a shingle. A character of a script that does not space its words counts as one.
pub const WORDS: usize = 5;
/// Odd, so that it has an inverse and no word is lost.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// One word and the bytes of the text that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    pub hash: u64,
    pub start: u32,
    pub end: u32,
}

/// The hashes of the shingles of a text of these words, in its order, repeated ones as well. A text of fewer words than a shingle has is one
/// shingle; one without words has none.
pub fn shingles(words: &[Word]) -> impl Iterator<Item = u64> + '_ {
    let joined = |words: &[Word]| words.iter().fold(0, |hash, word| joined(hash, word.hash));
    // Of a number that is known, so that the loop is unrolled.
    let all = move |words: &[Word]| words.first_chunk::<WORDS>().map_or_else(|| joined(words), |words| joined(words));
    words.windows(words.len().clamp(1, WORDS)).map(move |words| mixed(all(words)))
}

/// The different hashes of its shingles, ascending.
pub fn distinct(words: &[Word]) -> Vec<u64> {
    let mut hashes = ascending(shingles(words).collect(), |&hash| hash);
    hashes.dedup();
    hashes
}

fn joined(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(FACTOR).rotate_left(29)
}

/// Every bit of the result depends on every bit given (the finaliser of MurmurHash3), so that the smallest hashes are a fair sample.
fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    hash ^ (hash >> 33)
}

/// The words of a text in its order: runs of letters and digits in lower case, each dense character alone. Signs, markup and spaces between
/// them do not count.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::with_capacity(text.len() / 6);
    read_words(text, &mut words);
    words
}

/// The same, in place of what is in `words`.
pub fn read_words(text: &str, words: &mut Vec<Word>) {
    words.clear();
    let (bytes, mut at, mut open) = (text.as_bytes(), 0, None::<Word>);
    while at < bytes.len() {
        // Most words are of these letters alone.
        let start = at;
        let mut hash = open.map_or(0, |word| word.hash);
        while let Some(letter) = bytes.get(at).map(|&byte| LETTERS[byte as usize]).filter(|&letter| letter > 0) {
            hash = grown(hash, u32::from(letter));
            at += 1;
        }
        if at > start {
            open = Some(Word { hash, start: open.map_or(start as u32, |word| word.start), end: at as u32 });
        }
        match bytes.get(at) {
            None => break,
            Some(byte) if byte.is_ascii() => {
                words.extend(open.take());
                at += 1;
            }
            Some(_) => at = read_other(text, at, &mut open, words),
        }
    }
    words.extend(open);
}

/// Read the character at this place, which is none of ASCII, and tell where the next one is.
fn read_other(text: &str, at: usize, open: &mut Option<Word>, words: &mut Vec<Word>) -> usize {
    let Some(character) = text[at..].chars().next() else { return text.len() };
    let end = at + character.len_utf8();
    match kind(character) {
        Kind::Other => words.extend(open.take()),
        Kind::Dense => {
            words.extend(open.take());
            words.push(Word { hash: grown(0, u32::from(character)), start: at as u32, end: end as u32 });
        }
        Kind::Letter(lower) => grow(open, lower, at as u32, end as u32),
        Kind::Several => lower(character).for_each(|lower| grow(open, lower, at as u32, end as u32)),
    }
    end
}

/// Lower case of a letter or digit of ASCII; 0 of any other byte.
static LETTERS: [u8; 256] = {
    let (mut letters, mut byte) = ([0; 256], 0_u8);
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            letters[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    letters
};

/// What a character is in a word.
#[derive(Clone, Copy)]
enum Kind {
    Other,
    /// Stands alone.
    Dense,
    /// In lower case.
    Letter(char),
    /// Its lower case is more than one letter, or none.
    Several,
}

/// Of every character of the Basic Multilingual Plane: the properties of characters are slow to look up one by one.
static KINDS: LazyLock<Vec<Kind>> =
    LazyLock::new(|| (0..0x1_0000).map(|code| char::from_u32(code).map_or(Kind::Other, looked_up)).collect());

fn kind(character: char) -> Kind {
    KINDS.get(character as usize).copied().unwrap_or_else(|| looked_up(character))
}

fn looked_up(character: char) -> Kind {
    if is_dense(character) {
        return Kind::Dense;
    }
    if !character.is_alphanumeric() {
        return Kind::Other;
    }
    let mut letters = lower(character);
    match (letters.next(), letters.next()) {
        (Some(letter), None) => Kind::Letter(letter),
        _ => Kind::Several,
    }
}

/// The letters of its lower case: that of İ is i with a dot above it, which is no letter.
fn lower(character: char) -> impl Iterator<Item = char> {
    character.to_lowercase().filter(|lower| lower.is_alphanumeric())
}

fn grow(open: &mut Option<Word>, character: char, start: u32, end: u32) {
    let word = open.get_or_insert(Word { hash: 0, start, end });
    word.hash = grown(word.hash, u32::from(character));
    word.end = end;
}

fn grown(hash: u64, letter: u32) -> u64 {
    (hash.rotate_left(5) ^ u64::from(letter)).wrapping_mul(FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<u64> {
        distinct(&words(text))
    }

    #[test]
    fn case_signs_and_markup_do_not_count() {
        assert_eq!(hashes("The *quick* brown\nfox, jumps!"), hashes("the quick brown fox jumps"));
        assert_eq!(hashes("ÜBER den Wolken, da muss"), hashes("über den wolken da muss"));
        assert_ne!(hashes("the quick brown fox jumps"), hashes("the quick brown fox jumped"));
        assert_ne!(hashes("a bc d e f"), hashes("ab c d e f"));
        assert_eq!(hashes("İSTANBUL ve deniz ile ada"), hashes("istanbul ve deniz ile ada"));
    }

    #[test]
    fn every_dense_character_is_a_word() {
        let found = words("今日は good天気。");
        let text = |word: &Word| &"今日は good天気。"[word.start as usize..word.end as usize];
        assert_eq!(found.iter().map(text).collect::<Vec<_>>(), ["今", "日", "は", "good", "天", "気"]);
        assert_eq!(shingles(&found).count(), 2);
    }

    #[test]
    fn few_words_are_one_shingle_and_none_are_none() {
        assert_eq!(hashes("two words").len(), 1);
        assert_eq!(hashes("— … !").len(), 0);
        assert_ne!(hashes("two words"), hashes("words two"));
    }

    /// The words of a text, read slowly.
    fn slow_words(text: &str) -> Vec<String> {
        let mut words: Vec<String> = vec![String::new()];
        for character in text.chars() {
            let end = words.len() - 1;
            if is_dense(character) {
                words.extend([character.to_string(), String::new()]);
            } else if character.is_alphanumeric() {
                words[end].extend(character.to_lowercase().filter(|lower| lower.is_alphanumeric()));
            } else {
                words.push(String::new());
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    fn assert_slow(text: &str) {
        let words = slow_words(text);
        let wanted = if words.len() < WORDS { usize::from(!words.is_empty()) } else { words.len() - WORDS + 1 };
        assert_eq!(shingles(&super::words(text)).count(), wanted, "{text:?}");
        assert_eq!(hashes(text), hashes(&words.join(" ")), "{text:?}");
    }

    #[test]
    fn they_are_those_of_a_slow_reading() {
        arbtest::arbtest(|u| {
            assert_slow(u.arbitrary()?);
            Ok(())
        })
        .budget_ms(1_000);
    }

    #[test]
    fn every_character_is_read_so() {
        for character in '\0'..=char::MAX {
            assert_slow(&format!("One{character}two three FOUR"));
        }
    }
}
