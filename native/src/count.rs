//! How many words a text has, as a person would count them.

/// Words and characters as a person would count them: runs of letters and digits, and every Han or kana character.
pub fn count_words(text: &str) -> (usize, usize) {
    let (mut words, mut characters, mut inside) = (0, 0, false);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        characters += 1;
        // An apostrophe inside a word does not end it.
        let within = if byte.is_ascii() {
            at += 1;
            byte.is_ascii_alphanumeric() || (inside && byte == b'\'')
        } else {
            let character = text[at..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
            at += character.len_utf8();
            if stands_alone(character) {
                words += 1;
                inside = false;
                continue;
            }
            character.is_alphanumeric() || (inside && character == '\u{2019}')
        };
        words += usize::from(within && !inside);
        inside = within;
    }
    (words, characters)
}

/// Characters of scripts without spaces, each counted as a word.
fn stands_alone(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_as_people_do() {
        assert_eq!(count_words("Don\u{2019}t panic, it's 42."), (4, 21));
        assert_eq!(count_words("\u{77e5}\u{8b58} base"), (3, 7));
        assert_eq!(count_words("  "), (0, 2));
    }
}
