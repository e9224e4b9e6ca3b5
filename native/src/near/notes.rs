//! Which notes of a vault have the same text, or nearly the same.
//!
//! Every note is read and sampled; notes whose samples are alike are read again and compared exactly, some thousands of pairs at a time,
//! so that no more of a large vault than that is ever in memory.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::overlap::Overlap;
use super::pairs::{Candidate, Postings};
use super::shingles::{distinct, shingles};
use super::sketch::Sketch;
use crate::note::parse;
use crate::pass::Progress;
use crate::read::read;

/// Shingles below which a text is only ever the same as another: so few words are alike by chance.
pub const LEAST_SHINGLES: usize = 16;
/// How alike two notes are at least, with shingles weighted by how few notes have them. Below it lie pages of one template.
const LEAST_WEIGHTED: f32 = 0.35;
/// Pairs that are compared before their notes are let go of.
const PAIRS: usize = 4096;

/// A note that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
    pub path: String,
    /// BLAKE3 of the file's bytes.
    pub digest: [u8; 32],
    /// BLAKE3 of the body: without front matter, line ends and trailing spaces unified.
    pub body: [u8; 32],
    sketch: Sketch,
}

/// Two notes by their places among those sampled, and Jaccard's index of their shingles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub left: u32,
    pub right: u32,
    pub resemblance: f32,
}

/// What was found: the notes with any text, groups of those with one body, and pairs of others, the most alike first.
#[derive(Debug, Default)]
pub struct Duplicates {
    pub notes: Vec<Sampled>,
    pub identical: Vec<Vec<u32>>,
    pub near: Vec<Pair>,
}

/// Look at all these notes. Of identical ones, the first stands for all in `near`, which has every pair from `least` on. Notes that cannot
/// be read, or have no words, are left out. Ends early, with what it has, when `progress` says so.
pub fn duplicates(
    vault: &Path,
    paths: &[String],
    max_note_bytes: u64,
    least: f32,
    progress: Progress<'_>,
) -> Duplicates {
    let done = AtomicUsize::new(0);
    let notes: Vec<Sampled> = (paths.par_iter())
        .map_init(Vec::new, |buffer, path| {
            let goes_on = progress("reading", done.fetch_add(1, Ordering::Relaxed), paths.len());
            if goes_on { sampled(vault, path, max_note_bytes, buffer) } else { None }
        })
        .flatten()
        .collect();
    let identical = identical(&notes);
    let mut stands_for_itself = vec![true; notes.len()];
    identical.iter().flat_map(|group| &group[1..]).for_each(|&note| stands_for_itself[note as usize] = false);
    let alone: Vec<u32> = (0..notes.len() as u32)
        .filter(|&note| {
            stands_for_itself[note as usize] && notes[note as usize].sketch.shingles as usize >= LEAST_SHINGLES
        })
        .collect();
    let sketches: Vec<&Sketch> = alone.iter().map(|&note| &notes[note as usize].sketch).collect();
    let candidates: Vec<Candidate> = (Postings::of(&sketches).candidates(|pair| pair.resemblance >= LEAST_WEIGHTED))
        .into_iter()
        .map(|pair| Candidate { left: alone[pair.left as usize], right: alone[pair.right as usize], ..pair })
        .collect();
    let mut near = Vec::new();
    for (turn, some) in candidates.chunks(PAIRS).enumerate() {
        if !progress("comparing", turn * PAIRS, candidates.len()) {
            break;
        }
        near.extend(compared(vault, &notes, some, max_note_bytes).into_iter().filter(|pair| pair.resemblance >= least));
    }
    near.sort_unstable_by(|a, b| {
        b.resemblance.total_cmp(&a.resemblance).then((a.left, a.right).cmp(&(b.left, b.right)))
    });
    Duplicates { notes, identical, near }
}

fn sampled(vault: &Path, path: &str, max_note_bytes: u64, buffer: &mut Vec<u8>) -> Option<Sampled> {
    let content = read(&vault.join(path), max_note_bytes, buffer).ok()?;
    let body = body(&content.text);
    let sketch = Sketch::of(&shingles(body));
    let has_words = sketch.shingles > 0;
    has_words.then(|| Sampled { path: path.to_owned(), digest: content.digest, body: plain_digest(body), sketch })
}

/// A note's text without its front matter.
pub fn body(text: &str) -> &str {
    if !text.starts_with("---") {
        return text;
    }
    &text[parse(text).frontmatter.map_or(0, |front| front.end)..]
}

pub(super) fn plain_digest(body: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for line in body.trim().lines() {
        hasher.update(line.trim_end().as_bytes());
        hasher.update(b"\n");
    }
    *hasher.finalize().as_bytes()
}

fn identical(notes: &[Sampled]) -> Vec<Vec<u32>> {
    let mut by_body: FxHashMap<&[u8; 32], Vec<u32>> = FxHashMap::default();
    for (place, note) in notes.iter().enumerate() {
        by_body.entry(&note.body).or_default().push(place as u32);
    }
    let mut groups: Vec<Vec<u32>> = by_body.into_values().filter(|group| group.len() > 1).collect();
    groups.sort_unstable();
    groups
}

fn compared(vault: &Path, notes: &[Sampled], pairs: &[Candidate], max_note_bytes: u64) -> Vec<Pair> {
    let mut wanted: Vec<u32> = pairs.iter().flat_map(|pair| [pair.left, pair.right]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let sets: FxHashMap<u32, Vec<u64>> = (wanted.par_iter())
        .map_init(Vec::new, |buffer, &note| {
            let content = read(&vault.join(&notes[note as usize].path), max_note_bytes, buffer).ok()?;
            Some((note, distinct(&shingles(body(&content.text)))))
        })
        .flatten()
        .collect();
    (pairs.par_iter())
        .filter_map(|pair| {
            let resemblance = Overlap::of(sets.get(&pair.left)?, sets.get(&pair.right)?).resemblance();
            Some(Pair { left: pair.left, right: pair.right, resemblance })
        })
        .collect()
}
