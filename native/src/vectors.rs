//! The compact copy of all passage vectors that answers queries: one byte a number, mapped, scanned whole.
//!
//! The store of record is elsewhere (LanceDB); this copy exists so that an answer takes milliseconds from the first moment of
//! a process on. It is one append-only file: a record a note, later ones in the place of earlier ones. Any beginning of
//! the file is a state that once was, so whatever a kill or a bad sector leaves is cut at the first record that is not
//! whole, and the comparison with the lexical index ([`PassageVectors::stale`]) tells what is to be embedded again.

mod alike;
mod file;
mod near;
mod record;
mod related;
mod scan;
mod sketch;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::lexical::{Entry, Kind, path_key};
use crate::split::PassageDigest;
use alike::Centres;
use file::{Log, Record, head};
use sketch::Sketches;

pub use alike::Alike;
pub use file::VectorsError;
pub use near::Near;
pub use record::Kept;
pub use related::Related;

/// One passage with its vector, as it is put.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    pub ordinal: u32,
    pub digest: PassageDigest,
    /// Unit length.
    pub vector: &'a [f32],
}

/// What is known of one note.
#[derive(Debug, Clone, Copy)]
struct Known {
    key: u64,
    /// Of its record's payload in the file.
    at: usize,
    rows: u32,
    /// Its first row among the sketches.
    sketch: u32,
    /// Bytes of the whole record.
    bytes: usize,
}

/// The copy of one model's vectors.
pub struct PassageVectors {
    path: PathBuf,
    model: String,
    dimensions: usize,
    state: RwLock<State>,
    /// One writer at a time.
    writing: Mutex<()>,
    /// Made when they are asked for.
    centres: Mutex<Arc<Centres>>,
}

#[derive(Default)]
struct State {
    log: Log,
    /// Those that are there now.
    notes: Vec<Known>,
    /// Path key to place in `notes`.
    places: FxHashMap<u64, u32>,
    passages: usize,
    sketches: Sketches,
    /// Passages that have the same text, by its digest: what many notes share says little about any.
    shared: FxHashMap<PassageDigest, u32>,
    /// Bytes of records that later ones replaced.
    dead: usize,
}

/// Rewritten when so much of the file is of no use any more.
const DEAD_SHARE: f64 = 0.3;
const DEAD_BYTES: usize = 1 << 20;
const FILE: &str = "passages.vectors";

impl PassageVectors {
    /// Open the copy in `folder`, or begin one there. A copy of another model or another length of vectors is refused.
    pub fn open(folder: &Path, model: &str, dimensions: usize) -> Result<Self, VectorsError> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(FILE);
        let mut state = State { log: Log::open(&path, model, dimensions)?, ..State::default() };
        let mut at = state.log.first();
        while let Some((record, bytes)) = state.log.record(at, dimensions) {
            state.apply(&record, at, bytes, dimensions);
            at += bytes;
        }
        state.log.cut(at)?;
        Ok(Self {
            path,
            model: model.to_owned(),
            dimensions,
            state: RwLock::new(state),
            writing: Mutex::default(),
            centres: Mutex::default(),
        })
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Notes and passages.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.read();
        (state.notes.len(), state.passages)
    }

    /// Put these rows in the place of all the note had. All or nothing; rows are refused when a vector is not `dimensions` finite numbers of unit length.
    pub fn put(&self, path: &str, note: &[u8; 32], rows: &[Row<'_>]) -> Result<(), VectorsError> {
        self.put_all(vec![(path, *note, rows.to_vec())])
    }

    /// Put many notes at once, see [`Self::put`]; nothing is put when one is refused.
    pub fn put_all(&self, notes: Vec<(&str, [u8; 32], Vec<Row<'_>>)>) -> Result<(), VectorsError> {
        let records: Vec<Vec<u8>> = (notes.par_iter())
            .map(|(path, note, rows)| file::write_put(path, note, rows, self.dimensions))
            .collect::<Result<_, _>>()?;
        self.append(&records.concat())
    }

    /// Forget these notes.
    pub fn remove<'a>(&self, paths: impl Iterator<Item = &'a str>) -> Result<(), VectorsError> {
        let mut bytes = Vec::new();
        paths.for_each(|path| file::write_drop(&mut bytes, path));
        self.append(&bytes)
    }

    fn append(&self, bytes: &[u8]) -> Result<(), VectorsError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut at = state.log.append(bytes)?;
        while let Some((record, length)) = state.log.record(at, self.dimensions) {
            state.apply(&record, at, length, self.dimensions);
            at += length;
        }
        Ok(())
    }

    /// Make what was put survive a power cut, and rewrite the file when much of it is of no use any more.
    pub fn save(&self) -> Result<(), VectorsError> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (dead, length) = {
            let state = self.read();
            state.log.sync()?;
            (state.dead, state.log.len())
        };
        if dead < DEAD_BYTES || (dead as f64) < DEAD_SHARE * length as f64 {
            return Ok(());
        }
        let log = {
            let state = self.read();
            let living = state.notes.iter().map(|known| state.log.bytes(known.at, known.bytes));
            Log::rewrite(&self.path, &self.model, self.dimensions, living)?
        };
        let mut fresh = State { log, ..State::default() };
        let mut at = fresh.log.first();
        while let Some((record, bytes)) = fresh.log.record(at, self.dimensions) {
            fresh.apply(&record, at, bytes, self.dimensions);
            at += bytes;
        }
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// What the copy lacks against the lexical index: (notes to embed, newest first; notes to remove).
    pub fn stale(&self, entries: &[Entry]) -> (Vec<String>, Vec<String>) {
        let state = self.read();
        let mut wanted: Vec<&Entry> = Vec::new();
        let mut living = vec![false; state.notes.len()];
        for entry in entries.iter().filter(|entry| entry.stat.kind == Kind::Note && entry.skipped.is_none()) {
            match state.place(path_key(&entry.stat.path)) {
                Some(place) => {
                    living[place] = true;
                    if state.note_digest(place) != Some(&entry.digest) {
                        wanted.push(entry);
                    }
                }
                None => wanted.push(entry),
            }
        }
        wanted.sort_unstable_by(|a, b| (b.stat.mtime_ns, &a.stat.path).cmp(&(a.stat.mtime_ns, &b.stat.path)));
        let gone = (0..living.len()).filter(|&place| !living[place]).map(|place| state.path(place).to_owned());
        (wanted.into_iter().map(|entry| entry.stat.path.clone()).collect(), gone.collect())
    }

    /// Path, digest of the note, and number of passages of every note.
    pub fn manifest(&self) -> Vec<(String, [u8; 32], u32)> {
        let state = self.read();
        (0..state.notes.len())
            .filter_map(|place| {
                Some((state.path(place).to_owned(), *state.note_digest(place)?, state.notes[place].rows))
            })
            .collect()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn apply(&mut self, record: &Record, at: usize, bytes: usize, dimensions: usize) {
        match record {
            Record::Put { key, rows } => {
                let known = Known { key: *key, at, rows: *rows, sketch: self.sketches.rows() as u32, bytes };
                self.sketches.push(self.log.rows(at, *rows as usize, dimensions).1, dimensions);
                self.passages += *rows as usize;
                self.count(&known, dimensions, |count| count + 1);
                match self.places.get(&known.key) {
                    Some(&place) => {
                        let old = std::mem::replace(&mut self.notes[place as usize], known);
                        self.count(&old, dimensions, |count| count - 1);
                        self.passages -= old.rows as usize;
                        self.dead += old.bytes;
                    }
                    None => {
                        self.places.insert(known.key, self.notes.len() as u32);
                        self.notes.push(known);
                    }
                }
            }
            Record::Drop { key } => {
                self.dead += bytes;
                let Some(place) = self.places.remove(key) else { return };
                let old = self.notes.swap_remove(place as usize);
                self.count(&old, dimensions, |count| count - 1);
                self.passages -= old.rows as usize;
                self.dead += old.bytes;
                if let Some(moved) = self.notes.get(place as usize) {
                    self.places.insert(moved.key, place);
                }
            }
        }
    }

    /// Passages of a note come or go.
    fn count(&mut self, known: &Known, dimensions: usize, change: impl Fn(u32) -> u32) {
        let (heads, _) = self.log.rows(known.at, known.rows as usize, dimensions);
        for row in 0..known.rows as usize {
            let key = head(heads, row).1;
            let count = change(self.shared.get(&key).copied().unwrap_or(0));
            if count == 0 {
                self.shared.remove(&key);
            } else {
                self.shared.insert(key, count);
            }
        }
    }

    fn place(&self, key: u64) -> Option<usize> {
        self.places.get(&key).map(|&place| place as usize)
    }

    fn path(&self, place: usize) -> &str {
        self.log.path(self.notes[place].at)
    }

    fn note_digest(&self, place: usize) -> Option<&[u8; 32]> {
        self.log.note_digest(self.notes[place].at)
    }
}

impl From<io::Error> for VectorsError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
