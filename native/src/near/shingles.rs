//! Shingles: every five words in a row, as a number, so that texts can be compared as sets.

use std::sync::LazyLock;

use crate::tokens::is_dense;

/// Words in a shingle. A character of a script that does not space its words counts as one.
pub const WORDS: usize = 5;
/// Words that are remembered: a power of two is found quickly.
const RING: usize = WORDS.next_power_of_two();
/// Odd, so that it has an inverse and no word is lost.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// One shingle and the bytes of the text that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shingle {
    pub hash: u64,
    pub start: u32,
    pub end: u32,
}

/// One word and the bytes of the text that it stands in.
#[derive(Clone, Copy, Default)]
pub struct Word {
    pub hash: u64,
    start: u32,
    end: u32,
}

/// The shingles of a text in its order, repeated ones as well. Case, signs, spaces and markup between words do not count. A text of
/// fewer words is one shingle; one without words has none.
pub fn shingles(text: &str) -> Vec<Shingle> {
    let mut last = [Word::default(); RING];
    let (mut count, mut found) = (0_usize, Vec::with_capacity(text.len() / 6));
    words(text, |word| {
        last[count % RING] = word;
        count += 1;
        if count >= WORDS {
            let first = count - WORDS;
            let hash = (first..count).fold(0, |hash, at| joined(hash, last[at % RING].hash));
            found.push(Shingle { hash: mixed(hash), start: last[first % RING].start, end: word.end });
        }
    });
    if (1..WORDS).contains(&count) {
        let hash = last[..count].iter().fold(0, |hash, word| joined(hash, word.hash));
        found.push(Shingle { hash: mixed(hash), start: last[0].start, end: last[count - 1].end });
    }
    found
}

/// The different hashes of a text's shingles, ascending.
pub fn distinct(shingles: &[Shingle]) -> Vec<u64> {
    let mut hashes: Vec<u64> = shingles.iter().map(|shingle| shingle.hash).collect();
    hashes.sort_unstable();
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

/// Runs of letters and digits in lower case, each dense character alone.
pub fn words(text: &str, mut sink: impl FnMut(Word)) {
    let mut open: Option<Word> = None;
    let mut close = |open: &mut Option<Word>| {
        if let Some(word) = open.take() {
            sink(word);
        }
    };
    for (at, character) in text.char_indices() {
        let end = (at + character.len_utf8()) as u32;
        if character.is_ascii() {
            if !character.is_ascii_alphanumeric() {
                close(&mut open);
                continue;
            }
            grow(&mut open, character.to_ascii_lowercase(), at as u32, end);
            continue;
        }
        match kind(character) {
            Kind::Letter(lower) => grow(&mut open, lower, at as u32, end),
            Kind::Dense => {
                close(&mut open);
                grow(&mut open, character, at as u32, end);
                close(&mut open);
            }
            Kind::Other => close(&mut open),
            Kind::Several => lower(character).for_each(|lower| grow(&mut open, lower, at as u32, end)),
        }
    }
    close(&mut open);
}

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
    word.hash = (word.hash.rotate_left(5) ^ u64::from(character)).wrapping_mul(FACTOR);
    word.end = end;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<u64> {
        distinct(&shingles(text))
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
        let found = shingles("今日は良い天気。");
        assert_eq!(found.len(), 3);
        assert_eq!(&"今日は良い天気。"[found[0].start as usize..found[0].end as usize], "今日は良い");
    }

    #[test]
    fn few_words_are_one_shingle_and_none_are_none() {
        assert_eq!(shingles("two words").len(), 1);
        assert_eq!(shingles("— … !").len(), 0);
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
        assert_eq!(shingles(text).len(), wanted, "{text:?}");
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
