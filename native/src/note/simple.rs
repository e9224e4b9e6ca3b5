//! The YAML that nearly all front matter is written in, `key: value` lines and lists of plain items, read quickly.
//!
//! Anything else is left to the YAML library; a property test holds the two readings equal.

use std::borrow::Cow;

use saphyr::ScalarStyle;

use super::Value;
use super::yaml::scalar;

/// More keys than this are left to the library, which finds duplicates by hashing.
const MOST_KEYS: usize = 32;
const LONGEST_KEY: usize = 128;

/// The mapping that `yaml` is, if it is of the simple kind.
pub(super) fn parse(yaml: &str) -> Option<Value> {
    let mut pairs: Vec<(String, Value)> = Vec::new();
    // The indentation of the list that is being read.
    let mut list: Option<usize> = None;
    for line in yaml.split_terminator('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let bare = line.trim_start_matches(' ');
        let indent = line.len() - bare.len();
        if let Some(item) = bare.strip_prefix("- ") {
            let (_, value) = pairs.last_mut()?;
            match (&mut *value, list) {
                (Value::Null, None) => *value = Value::List(vec![self::value(item)?]),
                (Value::List(items), Some(columns)) if columns == indent => items.push(self::value(item)?),
                _ => return None,
            }
            list = Some(indent);
            continue;
        }
        let (key, rest) = pair(line)?;
        list = None;
        if pairs.len() == MOST_KEYS || pairs.iter().any(|(other, _)| other == key) {
            return None;
        }
        let rest = rest.trim_matches(' ');
        let value = if rest.is_empty() { Value::Null } else { value(rest)? };
        // An explicit null takes no list items after it.
        if matches!(value, Value::Null) && !rest.is_empty() {
            return None;
        }
        pairs.push((key.to_owned(), value));
    }
    (!pairs.is_empty()).then_some(Value::Map(pairs))
}

/// A plain key at the start of the line, and what follows its colon.
fn pair(line: &str) -> Option<(&str, &str)> {
    let colon = memchr::memchr(b':', line.as_bytes())?;
    let (key, rest) = (&line[..colon], &line[colon + 1..]);
    let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' '));
    let edges = key.starts_with(|first: char| first.is_ascii_alphabetic()) && !key.ends_with(' ');
    let separated = rest.is_empty() || rest.starts_with(' ');
    if !plain || !edges || !separated || key.len() > LONGEST_KEY {
        return None;
    }
    matches!(scalar(Cow::Borrowed(key), ScalarStyle::Plain, None), Value::Text(_)).then_some((key, rest))
}

/// A scalar on one line: plain and harmless, or quoted without escapes.
fn value(text: &str) -> Option<Value> {
    let text = text.trim_matches(' ');
    let first = text.chars().next()?;
    if !text.chars().all(is_harmless) {
        return None;
    }
    if matches!(first, '"' | '\'') {
        let inner = text.get(1..text.len() - 1).filter(|_| text.len() > 1 && text.ends_with(first))?;
        let clean = !inner.contains([first, '\\']);
        return clean.then(|| Value::Text(inner.to_owned()));
    }
    let plain = first.is_alphanumeric() && !text.contains(": ") && !text.contains(" #") && !text.ends_with(':');
    plain.then(|| scalar(Cow::Borrowed(text), ScalarStyle::Plain, None))
}

/// No control characters, tabs, or characters that YAML treats in a way of its own.
fn is_harmless(character: char) -> bool {
    matches!(
        character,
        ' '..='~'
            | '\u{a0}'..='\u{1fff}'
            | '\u{2030}'..='\u{d7ff}'
            | '\u{e000}'..='\u{fefe}'
            | '\u{ff00}'..='\u{fffd}'
            | '\u{10000}'..
    )
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::note::yaml::parse_any;

    const PIECES: &[&str] = &[
        "title",
        "tags",
        "a b",
        "true",
        "Null",
        "1",
        "1.5",
        "0x1f",
        "2024-01-01",
        "x",
        "é漢",
        ":",
        ": ",
        "- ",
        "  - ",
        "-",
        "\n",
        "\n",
        "\r\n",
        " ",
        "  ",
        "\"",
        "'",
        "#",
        " #",
        ",",
        "[",
        "]",
        "{",
        "}",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "\\",
        "\t",
        "---",
        "...",
        "?",
        "~",
        ".inf",
        "_",
        "/",
    ];

    #[test]
    fn the_quick_reading_is_the_librarys_reading() {
        let mut simple = 0;
        arbtest::arbtest(|source| {
            let mut yaml = String::new();
            for _ in 0..source.int_in_range(1..=6)? {
                if source.ratio(2, 3)? {
                    yaml.push_str(source.choose(&["k: ", "key:\n", "- ", "  - ", "l m:  "])?);
                }
                for _ in 0..source.int_in_range(0..=3)? {
                    yaml.push_str(source.choose(PIECES)?);
                }
                yaml.push('\n');
            }
            if let Some(quick) = parse(&yaml) {
                simple += 1;
                assert_eq!((quick, None), parse_any(&yaml), "{yaml:?}");
            }
            Ok(())
        })
        .budget_ms(4_000);
        assert!(simple > 10, "only {simple} texts took the quick way");
    }
}
