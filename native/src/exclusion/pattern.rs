//! JavaScript's regular expressions, as Obsidian runs them (without flag `u`), in the syntax of the crate `regex`, which knows no
//! looking around and no references back, and is linear in time for it.

use std::iter::Peekable;
use std::str::Chars;

const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";

/// The same pattern; `None` where there is none, or it is too odd to be sure. What is no pattern at all is left as it is.
pub(super) fn translated(pattern: &str) -> Option<String> {
    let mut made = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(letter) = rest.next() {
        match letter {
            '\\' => escape(&mut rest, in_class, &mut made)?,
            '[' if !in_class => {
                in_class = true;
                made.push('[');
                if rest.next_if_eq(&'^').is_some() {
                    made.push('^');
                }
                // There nothing, or anything, is meant; here it would be a bracket.
                if rest.peek() == Some(&']') {
                    return None;
                }
            }
            ']' if in_class => {
                in_class = false;
                made.push(']');
            }
            '-' if in_class && rest.peek() == Some(&'-') => return None,
            // These have a meaning in classes here, and none there.
            '[' | '&' | '~' if in_class => made.extend(['\\', letter]),
            _ => made.push(letter),
        }
    }
    Some(made)
}

fn escape(rest: &mut Peekable<Chars<'_>>, in_class: bool, made: &mut String) -> Option<()> {
    match rest.next()? {
        // Of ASCII there.
        'd' => made.push_str(&format!("[{DIGIT}]")),
        'D' => made.push_str(&format!("[^{DIGIT}]")),
        'w' => made.push_str(&format!("[{WORD}]")),
        'W' => made.push_str(&format!("[^{WORD}]")),
        'b' if !in_class => made.push_str(r"(?-u:\b)"),
        'B' if !in_class => made.push_str(r"(?-u:\B)"),
        letter @ ('s' | 'S' | 'n' | 'r' | 't' | 'f' | 'v' | 'x' | 'u') => made.extend(['\\', letter]),
        'b' | 'c' | 'k' | 'p' | 'P' | '0'..='9' => return None,
        // An escape that means nothing is the letter itself.
        letter if letter.is_alphanumeric() || letter == '<' || letter == '>' || !letter.is_ascii() => made.push(letter),
        sign => made.extend(['\\', sign]),
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::translated;

    #[test]
    fn patterns_mean_what_they_mean_in_javascript() {
        for (pattern, found, not_found) in [
            (r"^\d+$", "2024", "٢٠٢٤"),
            (r"^\W$", "é", "e"),
            (r"^[\w-]+$", "a-b", "é"),
            (r"^[[&&~]+$", "[&~", "a"),
            (r"^\z\<\_\-$", "z<_-", ""),
            (r"\bshore\b", "éshoreé", "seashore"),
            (r"^caf\u00e9$", "café", "cafe"),
        ] {
            let made = regex::Regex::new(&translated(pattern).unwrap()).unwrap();
            assert!(made.is_match(found), "{pattern} {found}");
            assert!(!made.is_match(not_found), "{pattern} {not_found}");
        }
    }

    #[test]
    fn what_is_odd_is_not_guessed() {
        for pattern in ["[]", "[^]a", r"(a)\1", r"\p{L}", r"[\b]", "[+--]", r"a\", r"(?<n>a)\k<n>", r"\cJ"] {
            assert_eq!(translated(pattern), None, "{pattern}");
        }
    }
}
