//! What the store of record is compared with and filled from.

use rustc_hash::FxHashMap;

use super::file::head;
use super::{PassageVectors, State};
use crate::lexical::path_key;
use crate::split::PassageDigest;

/// One passage with its vector, as the copy has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub path: String,
    /// Of the note.
    pub note: [u8; 32],
    pub ordinal: u32,
    pub digest: PassageDigest,
    /// Unit length, or zeros.
    pub vector: Vec<f32>,
}

impl PassageVectors {
    /// Says in 16 hexadecimal digits which notes are here in which version; the order they came in does not matter.
    pub fn fingerprint(&self) -> String {
        let state = self.read();
        let sum = (0..state.notes.len()).fold(state.notes.len() as u64, |sum, place| {
            let digest = state.note_digest(place).map_or(0, |digest| {
                let mut first = [0; 8];
                first.copy_from_slice(&digest[..8]);
                u64::from_le_bytes(first)
            });
            // Odd factors keep a note's path and its digest from changing places.
            sum.wrapping_add((state.notes[place].key ^ digest.rotate_left(17)).wrapping_mul(0x9E37_79B9_7F4A_7C15))
        });
        format!("{sum:016x}")
    }

    /// What a store with these notes (path, digest of the note) lacks, and what it has too much: (paths to put, paths to
    /// remove).
    pub fn differs<'a>(&self, known: impl Iterator<Item = (&'a str, &'a [u8])>) -> (Vec<String>, Vec<String>) {
        let state = self.read();
        let mut there: FxHashMap<u64, bool> = FxHashMap::default();
        let mut gone = Vec::new();
        for (path, digest) in known {
            let key = path_key(path);
            match state.place(key) {
                Some(place) => {
                    there.insert(key, state.note_digest(place).is_some_and(|ours| ours == digest));
                }
                None => gone.push(path.to_owned()),
            }
        }
        let wanted = (0..state.notes.len())
            .filter(|&place| !there.get(&state.notes[place].key).copied().unwrap_or(false))
            .map(|place| state.path(place).to_owned());
        (wanted.collect(), gone)
    }

    /// All passages of these notes; of those that are not here, none.
    pub fn rows_of<'a>(&self, paths: impl Iterator<Item = &'a str>) -> Vec<Kept> {
        let state = self.read();
        let mut kept = Vec::new();
        for place in paths.filter_map(|path| state.place(path_key(path))) {
            state.rows_at(place, self.dimensions, &mut kept);
        }
        kept
    }
}

impl State {
    fn rows_at(&self, place: usize, dimensions: usize, kept: &mut Vec<Kept>) {
        let (known, Some(note)) = (&self.notes[place], self.note_digest(place)) else { return };
        let (heads, vectors) = self.log.rows(known.at, known.rows as usize, dimensions);
        for row in 0..known.rows as usize {
            let (ordinal, digest, scale) = head(heads, row);
            let bytes = &vectors[row * dimensions..(row + 1) * dimensions];
            let vector = bytes.iter().map(|&byte| f32::from(byte as i8) * scale).collect();
            kept.push(Kept { path: self.path(place).to_owned(), note: *note, ordinal, digest, vector });
        }
    }
}
