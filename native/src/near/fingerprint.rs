//! What is remembered of a file to know later whether it still says the same.

use std::path::Path;

use super::corpus::{body, plain_digest};
use super::shingles::words;
use super::sketch::Sketch;
use crate::lexical::Kind;
use crate::read::{digest, read};
use crate::scan::kind_of;

/// Sketches of other versions are not compared: what a shingle is may have changed.
const VERSION: u8 = 1;
const HEAD: usize = 9;

/// A digest for what is the same, and a sketch for what is nearly so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Of a note, BLAKE3 of its body as for identical notes; of any other file, BLAKE3 of its bytes.
    pub digest: [u8; 32],
    /// The sketch of a note's body as bytes; empty for any other file.
    pub sketch: Vec<u8>,
}

impl Fingerprint {
    /// Of the file at `path` in the vault; None when it cannot be read, or a note is larger than `max_note_bytes`.
    pub fn of_file(vault: &Path, path: &str, max_note_bytes: u64, buffer: &mut Vec<u8>) -> Option<Self> {
        if kind_of(path) != Kind::Note {
            return Some(Self { digest: digest(&vault.join(path)).ok()?, sketch: Vec::new() });
        }
        Some(Self::of_note(&read(&vault.join(path), max_note_bytes, buffer).ok()?.text))
    }

    pub fn of_note(text: &str) -> Self {
        let body = body(text);
        Self { digest: plain_digest(body), sketch: packed(&Sketch::of(&words(body))) }
    }
}

/// How much two texts have in common, estimated from their sketches: Jaccard's index; 0 where a sketch says nothing.
pub fn resemblance(left: &[u8], right: &[u8]) -> f32 {
    let (Some(left), Some(right)) = (unpacked(left), unpacked(right)) else { return 0.0 };
    let bound = left.bound.min(right.bound);
    let (left, right) = (left.below(bound), right.below(bound));
    if left.is_empty() && right.is_empty() {
        return 0.0;
    }
    super::Overlap::of(left, right).resemblance()
}

fn packed(sketch: &Sketch) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD + 4 * sketch.sample.len());
    bytes.push(VERSION);
    for number in [sketch.bound, sketch.shingles].iter().chain(&sketch.sample) {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes
}

fn unpacked(bytes: &[u8]) -> Option<Sketch> {
    let (&VERSION, rest) = bytes.split_first()? else { return None };
    let (numbers, []) = rest.as_chunks::<4>() else { return None };
    let mut numbers = numbers.iter().map(|&number| u32::from_le_bytes(number));
    Some(Sketch { bound: numbers.next()?, shingles: numbers.next()?, sample: numbers.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn so_many_words(count: usize) -> String {
        (0..count).map(|n| format!("word{n} ")).collect()
    }

    #[test]
    fn a_small_change_leaves_most_of_a_text() {
        let text = so_many_words(2_000);
        let of = |text: &str| Fingerprint::of_note(text).sketch;
        assert_eq!(resemblance(&of(&text), &of(&text)), 1.0);
        assert!(resemblance(&of(&text), &of(&text.replace("word7 ", "other "))) > 0.95);
        assert!(resemblance(&of(&text), &of(&so_many_words(1_000))) < 0.6);
        assert_eq!(resemblance(&of(&text), &of("something else")), 0.0);
    }

    #[test]
    fn front_matter_and_line_ends_are_not_part_of_it() {
        let (plain, dressed) = (Fingerprint::of_note("a b\nc"), Fingerprint::of_note("---\nx: 1\n---\na b \r\nc\n"));
        assert_eq!(plain, dressed);
    }

    #[test]
    fn what_is_no_sketch_of_ours_resembles_nothing() {
        let sketch = Fingerprint::of_note(&so_many_words(50)).sketch;
        let mut newer = sketch.clone();
        newer[0] = 2;
        for other in [&newer[..], &sketch[..7], b"", b"\x01"] {
            assert_eq!(resemblance(&sketch, other), 0.0);
        }
        assert_eq!(resemblance(&Fingerprint::of_note("").sketch, &Fingerprint::of_note("—").sketch), 0.0);
    }

    #[test]
    fn another_file_is_known_by_its_bytes_and_no_file_is_not_known() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.png"), b"picture").unwrap();
        std::fs::write(folder.path().join("a.md"), "a note").unwrap();
        let mut buffer = Vec::new();
        let mut of = |path: &str| Fingerprint::of_file(folder.path(), path, 100, &mut buffer);
        let picture = of("a.png").unwrap();
        assert_eq!((picture.digest, picture.sketch), (*blake3::hash(b"picture").as_bytes(), Vec::new()));
        assert_eq!(of("a.md"), Some(Fingerprint::of_note("a note")));
        assert_eq!(of("none.md"), None);
        assert_eq!(of("none.png"), None);
    }
}
