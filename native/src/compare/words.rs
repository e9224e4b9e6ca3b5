//! What two versions of a line differ in, word by word.

use std::ops::Range;
use std::time::Instant;

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use unicode_categories::UnicodeCategories;

use super::{Piece, numbers};
use crate::tokens::is_dense;

const JOINER: char = '\u{200D}';

/// The pieces of both versions. White space at their ends counts as the same.
pub(super) fn pieces<'a>(left: &'a str, right: &'a str, deadline: Instant) -> (Vec<Piece<'a>>, Vec<Piece<'a>>) {
    let (old, new) = (tokens(left.trim_end()), tokens(right.trim_end()));
    let (old_numbers, new_numbers) =
        numbers(old.iter().map(|token| &left[token.clone()]), new.iter().map(|token| &right[token.clone()]));
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old_numbers, &new_numbers, Some(deadline));
    let (mut old_same, mut new_same) = (vec![false; old.len()], vec![false; new.len()]);
    for (at, op) in ops.iter().enumerate() {
        let DiffOp::Equal { old_index, new_index, len } = *op else { continue };
        let between = &old[old_index..old_index + len];
        let has_words = between.iter().any(|token| left[token.clone()].contains(char::is_alphanumeric));
        // A space or a sign or two between words that both changed is part of one change.
        if has_words || len > 2 || at == 0 || at + 1 == ops.len() {
            old_same[old_index..old_index + len].fill(true);
            new_same[new_index..new_index + len].fill(true);
        }
    }
    (joined(left, &old, &old_same), joined(right, &new, &new_same))
}

/// Neighbours that are both the same, or both not, as one piece.
fn joined<'a>(line: &'a str, tokens: &[Range<usize>], same: &[bool]) -> Vec<Piece<'a>> {
    let end = tokens.last().map_or(0, |token| token.end);
    let trailing = (end < line.len()).then_some((end..line.len(), true));
    let mut found: Vec<(Range<usize>, bool)> = Vec::new();
    for (token, same) in tokens.iter().cloned().zip(same.iter().copied()).chain(trailing) {
        match found.last_mut() {
            Some((range, before)) if *before == same => range.end = token.end,
            _ => found.push((token, same)),
        }
    }
    found.into_iter().map(|(range, same)| Piece { text: &line[range], same }).collect()
}

/// Words, runs of white space, and every other character alone; a character of a script that does not space its words is a word.
/// Together they are the whole line.
pub(super) fn tokens(line: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut before = Class::Sign;
    let mut is_joined = false;
    for (at, character) in line.char_indices() {
        let end = at + character.len_utf8();
        let class = class_of(character);
        let grows = match class {
            Class::Mark => true,
            Class::Word | Class::Space => class == before,
            Class::Dense | Class::Sign => false,
        };
        match found.last_mut() {
            Some(last) if grows || is_joined => last.end = end,
            _ => found.push(at..end),
        }
        is_joined = character == JOINER;
        if class != Class::Mark {
            before = class;
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Dense,
    Space,
    /// Belongs to the character before it.
    Mark,
    Sign,
}

fn class_of(character: char) -> Class {
    if character.is_ascii() {
        return match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => Class::Word,
            _ if character.is_whitespace() => Class::Space,
            _ => Class::Sign,
        };
    }
    match character {
        JOINER | '\u{1F3FB}'..='\u{1F3FF}' => Class::Mark,
        _ if character.is_mark() => Class::Mark,
        _ if is_dense(character) => Class::Dense,
        // Two letters of a flag are one sign.
        '\u{1F1E6}'..='\u{1F1FF}' => Class::Word,
        _ if character.is_alphanumeric() => Class::Word,
        _ if character.is_whitespace() => Class::Space,
        _ => Class::Sign,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn told(pieces: &[Piece<'_>]) -> String {
        pieces
            .iter()
            .map(|piece| if piece.same { piece.text.to_owned() } else { format!("[{}]", piece.text) })
            .collect()
    }

    fn compared(left: &str, right: &str) -> (String, String) {
        let (left, right) = pieces(left, right, Instant::now() + Duration::from_secs(60));
        (told(&left), told(&right))
    }

    #[test]
    fn words_that_changed_are_told_with_what_parts_them() {
        assert_eq!(
            compared("a big old dog barks", "a small grey dog barks"),
            ("a [big old] dog barks".to_owned(), "a [small grey] dog barks".to_owned())
        );
        assert_eq!(
            compared("on 2022-10-08", "on 2026-03-14"),
            ("on [2022-10-08]".to_owned(), "on [2026-03-14]".to_owned())
        );
        assert_eq!(compared("one two", "one two three"), ("one two".to_owned(), "one two[ three]".to_owned()));
        assert_eq!(compared("- [ ] call", "- [x] call"), ("- [[ ]] call".to_owned(), "- [[x]] call".to_owned()));
    }

    #[test]
    fn white_space_at_the_end_is_the_same() {
        assert_eq!(compared("low tide  ", "high tide"), ("[low] tide  ".to_owned(), "[high] tide".to_owned()));
    }

    #[test]
    fn a_dense_character_is_a_word_and_a_mark_belongs_to_its_letter() {
        assert_eq!(
            compared("今日は良い天気", "今日は悪い天気"),
            ("今日は[良]い天気".to_owned(), "今日は[悪]い天気".to_owned())
        );
        assert_eq!(compared("e\u{301}t", "et"), ("[e\u{301}t]".to_owned(), "[et]".to_owned()));
        assert_eq!(tokens("👩🏽\u{200D}🚀!").len(), 2);
        assert_eq!(tokens("🇩🇪 ok").len(), 3);
    }

    #[test]
    fn tokens_are_the_whole_line() {
        arbtest::arbtest(|u| {
            let line: &str = u.arbitrary()?;
            let mut end = 0;
            for token in tokens(line) {
                assert_eq!(token.start, end);
                end = token.end;
            }
            assert_eq!(end, line.len());
            Ok(())
        })
        .budget_ms(500);
    }
}
