//! What must hold of any text: against `unicode-segmentation`, against character-by-character folding, and in time.

use std::time::Instant;

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;
use librarian_native::tokens::{Language, MAX_TERM_BYTES, STEM_MARK, Tokenizer, fold, language_of, query_words};
use unicode_segmentation::UnicodeSegmentation;

const ALPHABET: &[&str] = &[
    "a", "B", "z", "é", "E", "\u{301}", "ß", "İ", "й", "\u{306}", "א", "\"", "ش", "\u{64B}", "東", "京", "カ",
    "\u{3099}", "ｶ", "ﾞ", "한", "\u{1112}", "\u{1161}", "\u{11AB}", "ก", "ิ", "क", "\u{93F}", "1", "２", "'", "’", ".",
    "-", "_", "@", "+", "#", " ", "\n", "🔥", "👩🏽", "\u{200D}", "\u{AD}", "𝐀", "\u{0}", "\u{1}", "ﬁ", "s", "l", "word",
    "Camel", "𠀀", "\u{FE78}", "\u{B4}",
];

fn any_text(u: &mut Unstructured) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.arbitrary_len::<u8>()?.min(200) {
        if u.ratio(1, 8)? {
            text.push(u.arbitrary()?);
        } else {
            text.push_str(u.choose(ALPHABET)?);
        }
    }
    Ok(text)
}

/// Every word as (start, end, position, term).
fn index(text: &str, language: Language) -> Vec<(usize, usize, u32, String)> {
    let mut words = Vec::new();
    Tokenizer::new().index_words(text, language, &mut |w| words.push((w.start, w.end, w.position, w.term.to_owned())));
    words
}

#[test]
fn words_of_any_text_are_well_formed() {
    arbtest(|u| {
        let text = any_text(u)?;
        let language = language_of(&text);
        let mut last = 0;
        for (start, end, position, term) in index(&text, language) {
            assert!(
                start < end && text.is_char_boundary(start) && text.is_char_boundary(end),
                "{text:?} {start}..{end}"
            );
            assert!(position == last || position == last + 1, "{text:?}: position {position} behind {last}");
            let bare = term.strip_prefix(STEM_MARK).unwrap_or(&term);
            assert!(!bare.is_empty() && bare.len() <= MAX_TERM_BYTES + 2, "{text:?}: {term:?}");
            assert!(!bare.contains([STEM_MARK, ' ', '\n', '\0']), "{text:?}: {term:?}");
            last = position;
        }
        for word in query_words(&text) {
            assert!(word.start < word.end && text.get(word.start..word.end).is_some());
            assert!(!word.exact.is_empty());
        }
        Ok(())
    });
}

#[test]
fn spaced_words_are_those_of_annex_29() {
    // Where no sign of ours joins or parts words, both must agree, piece by piece.
    const PLAIN: &[&str] =
        &["a", "Bc", "é", "e\u{301}", "ж", "λ", "ش", "ש", "7", " ", ", ", "\n", "! ", "(", "/", "—", "x"];
    arbtest(|u| {
        let mut text = String::new();
        for _ in 0..u.arbitrary_len::<u8>()?.min(100) {
            text.push_str(u.choose(PLAIN)?);
        }
        // A mark at the beginning belongs to no word for us.
        let ours: Vec<String> = index(&text, Language::Unknown)
            .into_iter()
            .filter(|(.., term)| !term.starts_with(STEM_MARK))
            .map(|(start, end, ..)| text[start..end].to_owned())
            .collect();
        // Annex 29 reads `7, 7` apart but `7,7` as one; the alphabet has the comma with a space only.
        let theirs: Vec<&str> = text.unicode_words().collect();
        assert_eq!(ours, theirs, "{text:?}");
        Ok(())
    });
}

#[test]
fn a_word_typed_as_written_finds_itself() {
    arbtest(|u| {
        let text = any_text(u)?;
        let terms: Vec<String> = index(&text, Language::Unknown).into_iter().map(|word| word.3).collect();
        for word in query_words(&text) {
            let forms = if word.parts.is_empty() { std::slice::from_ref(&word.exact) } else { &word.parts[..] };
            for form in forms {
                assert!(terms.contains(form), "{text:?}: {form:?} of {word:?} not in {terms:?}");
            }
        }
        Ok(())
    });
}

#[test]
fn folding_twice_is_folding_once() {
    arbtest(|u| {
        let once = fold(&any_text(u)?);
        assert_eq!(fold(&once), once);
        Ok(())
    });
}

#[test]
fn no_character_folds_to_white_space_it_is_not() {
    for c in ('\0'..=char::MAX).filter(|c| !c.is_whitespace()) {
        let folded = fold(c.encode_utf8(&mut [0; 4]));
        assert!(!folded.contains(char::is_whitespace), "{c:?} ({:X}): {folded:?}", c as u32);
        assert_eq!(fold(&folded), folded, "{c:?} ({:X})", c as u32);
    }
}

#[test]
fn a_word_of_any_one_character_is_found_by_itself_or_is_none() {
    let mut terms = std::collections::HashSet::new();
    let mut tokenizer = Tokenizer::new();
    for c in '\0'..='\u{FFFF}' {
        let text = format!("{c} a.{c} {c}-b");
        terms.clear();
        tokenizer.index_words(&text, Language::Unknown, &mut |word| {
            terms.insert(word.term.to_owned());
        });
        assert!(!terms.contains(""), "{text:?}: {terms:?}");
        if c.is_alphanumeric() {
            for word in query_words(&text) {
                let forms = if word.parts.is_empty() { std::slice::from_ref(&word.exact) } else { &word.parts[..] };
                assert!(forms.iter().all(|form| terms.contains(form)), "{text:?}: {forms:?} not in {terms:?}");
            }
        }
    }
}

#[test]
fn time_grows_with_the_text_only() {
    for seed in [
        "a",
        "a.",
        "a-b_",
        "aB",
        "'",
        "a'",
        "東",
        "カ\u{3099}",
        "e\u{301}",
        "\u{301}",
        "l'",
        "c++",
        "a\"",
        "א\"",
        "x@y.z ",
    ] {
        let seconds = |bytes: usize| {
            let text = seed.repeat(bytes / seed.len());
            (0..3)
                .map(|_| {
                    let begin = Instant::now();
                    index(&text, Language::English);
                    begin.elapsed().as_secs_f64()
                })
                .fold(f64::MAX, f64::min)
        };
        let (small, large) = (seconds(100_000), seconds(1_000_000));
        assert!(large < 30.0 * small + 0.05, "{seed:?}: {small} s for 100 KB, {large} s for 1 MB");
    }
}
