//! What a person left out: folders named in the settings, and Obsidian's "Excluded files".
//!
//! One rule for what is read and for what leaves the machine. It takes every spelling that some disk holds for the same file, so
//! that neither letters' case nor how an accent is written lets a note through.

mod pattern;

use regex::{Regex, RegexBuilder};
use unicode_normalization::UnicodeNormalization;

/// Memory that one pattern may take, bytes: a vault's settings may come from anybody.
const PATTERN_BYTES: usize = 1 << 20;
/// Patterns that are heeded.
const MOST_PATTERNS: usize = 100;

/// Asked whether a file is left out.
#[derive(Debug, Clone, Default)]
pub struct Exclusion {
    /// By `same_name`; each with everything below it.
    folders: Vec<String>,
    /// By `same_name`.
    beginnings: Vec<String>,
    patterns: Vec<Regex>,
    unknown: Vec<String>,
}

impl Exclusion {
    /// `folders`: folders or files relative to the vault. `filters`: as Obsidian has them, beginnings of paths, or regular expressions
    /// between slashes.
    pub fn new(folders: &[impl AsRef<str>], filters: &[impl AsRef<str>]) -> Self {
        let folders = folders.iter().map(|folder| same_name(folder.as_ref().trim_matches('/')));
        let mut made = Self { folders: folders.filter(|folder| !folder.is_empty()).collect(), ..Self::default() };
        for filter in filters.iter().map(AsRef::as_ref) {
            let inner = filter.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
            match inner.filter(|inner| !inner.is_empty()) {
                Some(inner) => made.add_pattern(filter, inner),
                None => made.beginnings.push(same_name(filter.trim_start_matches('/'))),
            }
        }
        made.beginnings.retain(|beginning| !beginning.is_empty());
        made
    }

    /// Whether a file is left out itself, or lies in a folder that is.
    pub fn has(&self, path: &str) -> bool {
        if self.folders.is_empty() && self.beginnings.is_empty() && self.patterns.is_empty() {
            return false;
        }
        let name = same_name(path);
        self.folders.iter().any(|folder| crate::scan::is_below(&name, folder))
            || self.beginnings.iter().any(|beginning| name.starts_with(beginning.as_str()))
            || (!self.patterns.is_empty() && self.fits(path))
    }

    /// Filters that leave nothing out, because nobody here knows what they mean.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    fn add_pattern(&mut self, filter: &str, inner: &str) {
        let made =
            (self.patterns.len() < MOST_PATTERNS).then(|| pattern::translated(&composed(inner))).flatten().and_then(
                |pattern| RegexBuilder::new(&pattern).case_insensitive(true).size_limit(PATTERN_BYTES).build().ok(),
            );
        match made {
            Some(pattern) => self.patterns.push(pattern),
            None => self.unknown.push(filter.to_owned()),
        }
    }

    fn fits(&self, path: &str) -> bool {
        // Obsidian knows files by their composed names, whatever a disk makes of them.
        let path = composed(path);
        self.patterns.iter().any(|pattern| pattern.is_match(&path))
    }
}

/// The same for every spelling of a path that some disk holds for one file: what `same_name` of `edit.py` is for Python.
pub fn same_name(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    path.nfd().flat_map(folded).nfc().collect()
}

/// Full case folding. To go by capitals brings together what small letters alone do not: `ß`, `ẞ` and `SS`, or `ς` and `σ`.
fn folded(letter: char) -> impl Iterator<Item = char> {
    // The one letter that Unicode keeps apart from what its capital is the capital of.
    let kept = (letter == 'ı').then_some(letter);
    let others =
        (letter != 'ı').then(|| letter.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
    kept.into_iter().chain(others.into_iter().flatten())
}

fn composed(text: &str) -> String {
    text.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &[&str] = &[];

    #[test]
    fn a_folder_is_left_out_in_every_spelling() {
        let exclusion = Exclusion::new(&["/private/", "Straße", "Cafe\u{301}", "", "/"], NONE);
        for path in ["Private/a.md", "PRIVATE", "STRASSE/b.md", "CAF\u{c9}/c.md"] {
            assert!(exclusion.has(path), "{path}");
        }
        for path in ["Privates/a.md", "a/Private/b.md", "Cafe/c.md", "d.md"] {
            assert!(!exclusion.has(path), "{path}");
        }
    }

    #[test]
    fn filters_are_beginnings_or_patterns() {
        let exclusion = Exclusion::new(NONE, &["attic/", "Dra", r"/\d{4}-\d\d\.md$/", "/^Secret\\/plans/"]);
        for path in ["Attic/a.md", "Drafts/b.md", "dragon.md", "Daily/2024-05.MD", "secret/Plans/c.md"] {
            assert!(exclusion.has(path), "{path}");
        }
        for path in ["Attic.md", "My drafts/b.md", "2024-05.md.md", "x/Secret/plans/c.md"] {
            assert!(!exclusion.has(path), "{path}");
        }
        assert!(exclusion.unknown().is_empty());
    }

    #[test]
    fn what_is_no_pattern_here_is_told() {
        let filters = ["/a(?!b)/", r"/(a)\1/", "/[/", "/x{1000}{1000}/", "Attic/"];
        let exclusion = Exclusion::new(NONE, &filters);
        assert_eq!(exclusion.unknown(), &filters[..4]);
        assert!(exclusion.has("Attic/a.md") && !exclusion.has("ac.md"));
    }

    #[test]
    fn a_pattern_sees_composed_names() {
        assert!(Exclusion::new(NONE, &["/^caf\u{e9}s?\\//"]).has("CAFE\u{301}/a.md"));
        assert!(Exclusion::new(NONE, &["/^cafe\u{301}\\//"]).has("Caf\u{e9}/a.md"));
    }
}
