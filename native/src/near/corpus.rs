//! Which notes of a vault have the same text, nearly the same, or a passage in common, followed as notes change.
//!
//! Every note is read once and remembered by a sample of its shingles. Which pairs are worth comparing is told by these samples alone;
//! what was compared is remembered as long as both notes stay as they are. So after a change only what changed is read again.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::compare::{Common, compared};
use super::crowds::Crowds;
use super::overlap::Overlap;
use super::pairs::{Candidate, Postings};
use super::shingles::{WORDS, Word, read_words};
use super::sketch::Sketch;
use super::template::is_template;
use crate::lexical::{Entry, Kind};
use crate::note::frontmatter;
use crate::pass::Progress;
use crate::read::read;

/// Shingles below which a text is only ever the same as another: so few words are alike by chance.
pub const LEAST_SHINGLES: usize = 16;
/// Words below which a passage that stands in two notes is a phrase, a title, or a line of a list.
pub const LEAST_WORDS: usize = 60;
/// The same where so much of the shorter note stands in the other, in several passages.
const LEAST_WORDS_OF_MOST: u32 = 30;
const MOST: f32 = 0.5;
/// How alike two notes are at least, with shingles weighted by how few notes have them. Below it lie pages of one template.
const LEAST_WEIGHTED: f32 = 0.35;
/// About how much they share at least to be looked through for a passage, in shingles weighted so: half of the least passage, since
/// samples are rough.
const LEAST_SHARED: f32 = (LEAST_WORDS - WORDS) as f32 / 2.0;
/// How alike templates are at least: all of a vault have something in common.
const LEAST_TEMPLATE: f32 = 0.6;
/// Of more templates than this, the first are compared with one another.
const MOST_TEMPLATES: usize = 300;
/// Pairs that are compared before their notes are let go of.
const PAIRS: usize = 4096;
/// Sampled shingles of changed notes that are counted again; of more, all are.
const MOST_CHANGED: usize = 50_000;

/// What bounds the reading of a vault.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub max_note_bytes: u64,
    /// Jaccard's index from which notes that share no passage are pairs.
    pub least: f32,
}

/// A note that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub path: String,
    /// BLAKE3 of the file's bytes.
    pub digest: [u8; 32],
    /// BLAKE3 of the body: without front matter, line ends and trailing spaces unified. Of a note without words, of the whole file.
    pub body: [u8; 32],
    pub is_blank: bool,
    pub sketch: Sketch,
    /// Other notes are made from it: what they have of it is theirs no more than a heading is.
    pub is_template: bool,
}

/// Two notes by their places among all, `left` the lower one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub left: u32,
    pub right: u32,
    pub common: Common,
}

/// What was found: groups of notes with one body, and pairs of others, the most alike first.
#[derive(Debug, Default)]
pub struct Duplicates {
    pub identical: Vec<Vec<u32>>,
    /// Of identical notes, the first stands for all. Those of one mould are here as well.
    pub pairs: Vec<Pair>,
}

/// What was found of one note.
#[derive(Debug, Default)]
pub struct Beside {
    /// Groups of notes with one body, of those named here: itself, and those it is a pair with.
    pub identical: Vec<Vec<u32>>,
    pub pairs: Vec<Pair>,
}

/// The notes of a vault as they were when they were followed last.
#[derive(Debug, Default)]
pub struct Corpus {
    /// By path; blank ones as well, so that they are not read again.
    notes: Vec<Note>,
    common: FxHashMap<(Version, Version), Common>,
    /// Counts every change.
    version: u64,
    /// Of notes that can be pairs: their places.
    alone: Vec<u32>,
    identical: Vec<Vec<u32>>,
    boilerplate: FxHashSet<u32>,
    /// Made once it is asked what shingles count for.
    crowds: OnceLock<Crowds>,
}

/// What notes have that went or came.
struct Changed {
    hashes: Vec<u32>,
    /// What counts nothing is another then.
    has_template: bool,
}

impl Changed {
    fn of(notes: &[&[Note]]) -> Self {
        let notes = || notes.iter().copied().flatten();
        let has_template = notes().any(|note| note.is_template);
        Self { hashes: notes().flat_map(|note| &note.sketch.sample).copied().collect(), has_template }
    }

    /// So that they are counted again sooner than everything is.
    fn are_few(&self) -> bool {
        self.hashes.len() <= MOST_CHANGED && !self.has_template
    }
}

/// Half of a digest: enough to tell versions apart, and half the memory.
type Version = [u8; 16];

impl Corpus {
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The note at a path.
    pub fn note(&self, path: &str) -> Option<&Note> {
        self.place(path).map(|place| &self.notes[place])
    }

    /// The notes that have one of these bodies. Of notes without words, whose bodies tell nothing, all that are the same as another.
    pub fn with_bodies(&self, bodies: &FxHashSet<[u8; 32]>) -> impl Iterator<Item = &Note> {
        let same = self.identical.iter().flatten().map(|&place| &self.notes[place as usize]);
        let worded = self.notes.iter().filter(|note| note.sketch.shingles > 0 && bodies.contains(&note.body));
        worded.chain(same.filter(|note| note.sketch.shingles == 0))
    }

    pub(super) fn place(&self, path: &str) -> Option<usize> {
        self.notes.binary_search_by(|note| note.path.as_str().cmp(path)).ok()
    }

    /// Another number for another state of the notes.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn alone(&self) -> &[u32] {
        &self.alone
    }

    pub(super) fn crowds(&self) -> &Crowds {
        self.crowds.get_or_init(|| Crowds::of(&self.sketches(), &self.boilerplate))
    }

    /// Of the notes that can be pairs.
    fn sketches(&self) -> Vec<&Sketch> {
        self.alone.iter().map(|&note| &self.notes[note as usize].sketch).collect()
    }

    /// The groups of notes with one body that have one of these.
    pub(super) fn identical_with(&self, places: &[u32]) -> Vec<Vec<u32>> {
        self.identical.iter().filter(|group| places.iter().any(|place| group.contains(place))).cloned().collect()
    }

    /// Read what changed since the last time. False when `progress` ended it early: what was read until then is kept, and not read again.
    pub fn follow(&mut self, vault: &Path, entries: &[Entry], max_note_bytes: u64, progress: Progress<'_>) -> bool {
        let mut wanted: Vec<&Entry> =
            entries.iter().filter(|entry| entry.stat.kind == Kind::Note && entry.skipped.is_none()).collect();
        wanted.par_sort_unstable_by(|a, b| a.stat.path.cmp(&b.stat.path));
        if self.is_true_to(&wanted) {
            return true;
        }
        let (kept, gone, unread) = self.sifted(&wanted);
        let (done, goes_on) = (AtomicUsize::new(0), AtomicBool::new(true));
        let fresh: Vec<Note> = (unread.par_iter())
            .map_init(<(Vec<u8>, Vec<Word>)>::default, |room, path| {
                if !progress("reading", done.fetch_add(1, Ordering::Relaxed), unread.len()) {
                    goes_on.store(false, Ordering::Relaxed);
                }
                if goes_on.load(Ordering::Relaxed) { Note::read(vault, path, max_note_bytes, room) } else { None }
            })
            .flatten()
            .collect();
        let changed = Changed::of(&[&gone, &fresh]);
        self.notes = kept;
        self.notes.extend(fresh);
        self.notes.par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
        self.version += 1;
        self.sort_out();
        self.crowds = match self.crowds.take() {
            Some(crowds) if changed.are_few() => {
                crowds.recounted(&changed.hashes, &self.sketches(), &self.boilerplate).into()
            }
            _ => OnceLock::new(),
        };
        goes_on.into_inner()
    }

    /// The notes that are still as they were, those that are not, and the paths that are to be read.
    fn sifted<'a>(&mut self, wanted: &[&'a Entry]) -> (Vec<Note>, Vec<Note>, Vec<&'a str>) {
        let mut old = std::mem::take(&mut self.notes).into_iter().peekable();
        let (mut kept, mut gone, mut unread) = (Vec::with_capacity(wanted.len()), Vec::new(), Vec::new());
        for entry in wanted {
            gone.extend(std::iter::from_fn(|| old.next_if(|note| note.path < entry.stat.path)));
            match old.next_if(|note| note.path == entry.stat.path) {
                Some(note) if note.digest == entry.digest => kept.push(note),
                other => {
                    gone.extend(other);
                    unread.push(entry.stat.path.as_str());
                }
            }
        }
        gone.extend(old);
        (kept, gone, unread)
    }

    fn is_true_to(&self, wanted: &[&Entry]) -> bool {
        let same = |(note, entry): (&Note, &&Entry)| note.digest == entry.digest && note.path == entry.stat.path;
        self.notes.len() == wanted.len() && self.notes.iter().zip(wanted).all(same)
    }

    /// Tell identical notes, those that stand for themselves, and what is of templates.
    fn sort_out(&mut self) {
        let mut by_body: FxHashMap<&[u8; 32], Vec<u32>> = FxHashMap::default();
        self.boilerplate.clear();
        for (place, note) in self.notes.iter().enumerate().filter(|(_, note)| !note.is_blank) {
            by_body.entry(&note.body).or_default().push(place as u32);
            if note.is_template {
                self.boilerplate.extend(&note.sketch.sample);
            }
        }
        let mut first: Vec<u32> = by_body.values().map(|group| group[0]).collect();
        first.sort_unstable();
        let mut identical: Vec<Vec<u32>> = by_body.into_values().filter(|group| group.len() > 1).collect();
        identical.sort_unstable();
        let is_long = |place: &u32| self.notes[*place as usize].sketch.shingles as usize >= LEAST_SHINGLES;
        self.alone = first.into_iter().filter(is_long).collect();
        self.identical = identical;
    }

    /// Compare all that are worth comparing. Ends early, with what it has, when `progress` says so; what was compared is not compared again.
    pub fn duplicates(&mut self, vault: &Path, limits: Limits, progress: Progress<'_>) -> Duplicates {
        let mut pairs: Vec<(u32, u32)> = (Postings::of(&self.sketches(), &self.boilerplate)
            .candidates(is_worth_comparing))
        .into_iter()
        .map(|pair| (self.alone[pair.left as usize], self.alone[pair.right as usize]))
        .collect();
        pairs.extend(self.templates().flat_map(|template| self.templates_like(template)));
        pairs.sort_unstable();
        pairs.dedup();
        let (mut found, mut common) = (Vec::new(), FxHashMap::default());
        for (turn, some) in pairs.chunks(PAIRS).enumerate() {
            let goes_on = progress("comparing", turn * PAIRS, pairs.len());
            for pair in self.compare(vault, some, limits.max_note_bytes, !goes_on) {
                common.insert(self.versions(pair.left, pair.right), pair.common);
                found.push(pair);
            }
        }
        self.common = common;
        self.listed(found, limits.least)
    }

    fn templates(&self) -> impl Iterator<Item = u32> + '_ {
        self.alone.iter().copied().filter(|&place| self.notes[place as usize].is_template)
    }

    /// The pairs of a template with others: what they share counts for nothing elsewhere, and they are few.
    pub(super) fn templates_like(&self, template: u32) -> Vec<(u32, u32)> {
        let sketch = |place: u32| &self.notes[place as usize].sketch.sample;
        self.templates()
            .take(MOST_TEMPLATES)
            .filter(|&other| other != template)
            .filter(|&other| Overlap::of(sketch(template), sketch(other)).resemblance() >= LEAST_TEMPLATE)
            .map(|other| (template.min(other), template.max(other)))
            .collect()
    }

    fn listed(&self, mut pairs: Vec<Pair>, least: f32) -> Duplicates {
        pairs.retain(|pair| is_pair(&pair.common, least));
        pairs.sort_unstable_by(|a, b| {
            b.common.resemblance.total_cmp(&a.common.resemblance).then((a.left, a.right).cmp(&(b.left, b.right)))
        });
        Duplicates { identical: self.identical.clone(), pairs }
    }

    /// What the pairs have in common, as it is remembered or, unless only that is wanted, by reading the notes.
    pub(super) fn compare(
        &self,
        vault: &Path,
        pairs: &[(u32, u32)],
        max_note_bytes: u64,
        only_remembered: bool,
    ) -> Vec<Pair> {
        let mut found = Vec::with_capacity(pairs.len());
        let mut unknown = Vec::new();
        for &(left, right) in pairs {
            match self.common.get(&self.versions(left, right)) {
                Some(&common) => found.push(Pair { left, right, common }),
                None => unknown.push((left, right)),
            }
        }
        if !only_remembered {
            let read = compared(vault, &self.notes, &unknown, max_note_bytes);
            let pair =
                |(&(left, right), common): (&(u32, u32), Option<Common>)| Some(Pair { left, right, common: common? });
            found.extend(unknown.iter().zip(read).filter_map(pair));
        }
        found
    }

    fn versions(&self, left: u32, right: u32) -> (Version, Version) {
        let version = |place: u32| *self.notes[place as usize].digest.first_chunk().unwrap_or(&[0; 16]);
        (version(left), version(right))
    }
}

/// By their samples.
pub(super) fn is_worth_comparing(pair: &Candidate) -> bool {
    pair.resemblance >= LEAST_WEIGHTED || pair.shared >= LEAST_SHARED
}

/// Exactly. Notes of one mould are pairs, too, when they are alike as wholes: to be told that they are no duplicates.
pub(super) fn is_pair(common: &Common, least: f32) -> bool {
    common.resemblance >= least || common.is_contained()
}

impl Common {
    /// Whether a passage of one note stands in the other, or most of it in pieces.
    pub fn is_contained(&self) -> bool {
        let words = self.passage.map_or(0, |place| place.words);
        words as usize >= LEAST_WORDS || (words >= LEAST_WORDS_OF_MOST && self.containment >= MOST)
    }
}

impl Note {
    /// `room` is for bytes and words while they are looked at.
    fn read(vault: &Path, path: &str, max_note_bytes: u64, room: &mut (Vec<u8>, Vec<Word>)) -> Option<Self> {
        let (buffer, words) = room;
        let content = read(&vault.join(path), max_note_bytes, buffer).ok()?;
        let body = body(&content.text);
        let is_template = is_template(body);
        read_words(body, words);
        let sketch = if is_template { Sketch::whole(words) } else { Sketch::of(words) };
        let has_words = sketch.shingles > 0;
        let plain = plain(body);
        Some(Self {
            path: path.to_owned(),
            digest: content.digest,
            body: if has_words && plain != *buffer { digest(&plain) } else { content.digest },
            is_blank: !has_words && content.text.trim().is_empty(),
            sketch,
            is_template,
        })
    }
}

/// A note's text without its front matter.
pub fn body(text: &str) -> &str {
    &text[frontmatter(text).map_or(0, |(whole, ..)| whole.end)..]
}

/// BLAKE3 of a body, line ends and trailing spaces unified.
pub(super) fn plain_digest(body: &str) -> [u8; 32] {
    digest(&plain(body))
}

/// A body with its line ends and trailing spaces unified. Put together, it is digested in a fraction of the time that its lines would take.
fn plain(body: &str) -> Vec<u8> {
    let body = body.trim();
    let (mut plain, mut start) = (Vec::with_capacity(body.len() + 1), 0);
    for end in memchr::memchr_iter(b'\n', body.as_bytes()).chain((!body.is_empty()).then_some(body.len())) {
        plain.extend_from_slice(body[start..end].trim_end().as_bytes());
        plain.push(b'\n');
        start = end + 1;
    }
    plain
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}
