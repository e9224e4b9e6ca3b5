//! The file: a header, then records, each with its length and checksum.
//!
//! ```text
//! header   magic 8 B "LIBVEC\0\2" · header length u32 · model (UTF-8) length u32 · dimensions u32 · model
//! record   length of the payload u32 · kind u8 · checksum 8 B (BLAKE3 of kind and payload) · payload
//! put      path length u32 · rows u32 · note digest 32 B · path · rows × (ordinal u32 · digest 8 B · scale f32) · rows × dimensions i8
//! drop     path length u32 · path
//! ```
//! Numbers are little-endian. A component of a vector is its byte times the row's scale.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use memmap2::Mmap;

use super::Row;
use crate::lexical::path_key;
use crate::split::{DIGEST_BYTES, PassageDigest};

const MAGIC: &[u8; 7] = b"LIBVEC\0";
/// Counts changes of this format.
const VERSION: u8 = 2;
const FRAME: usize = 4 + 1 + 8;
pub(super) const ROW_HEAD: usize = 4 + DIGEST_BYTES + 4;
const PUT: u8 = 1;
const DROP: u8 = 2;
/// How far the length of a vector may be from 1: half-precision numbers round.
const UNIT_TOLERANCE: f32 = 0.02;

/// Why vectors cannot be used.
#[derive(Debug)]
pub enum VectorsError {
    /// The file is of another model, or none of ours.
    Corrupt(String),
    TooNew {
        found: u8,
        known: u8,
    },
    /// What was to be put is no unit vector of the right length.
    Refused(String),
    Io(io::Error),
}

/// What one record says, its path as a key.
pub(super) enum Record {
    Put { key: u64, rows: u32 },
    Drop { key: u64 },
}

/// The mapped file.
#[derive(Default)]
pub(super) struct Log {
    file: Option<File>,
    map: Option<Mmap>,
    first: usize,
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn header(model: &str, dimensions: usize) -> Vec<u8> {
    let mut bytes = [&MAGIC[..], &[VERSION]].concat();
    bytes.extend((20 + model.len() as u32).to_le_bytes());
    bytes.extend((model.len() as u32).to_le_bytes());
    bytes.extend((dimensions as u32).to_le_bytes());
    bytes.extend(model.as_bytes());
    bytes
}

impl Log {
    pub fn open(path: &Path, model: &str, dimensions: usize) -> Result<Self, VectorsError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let wanted = header(model, dimensions);
        if file.metadata()?.len() < wanted.len() as u64 {
            // Never finished: a file of ours is never shorter than its header once that was written.
            file.set_len(0)?;
            file.write_all(&wanted)?;
        }
        let mut log = Self { file: Some(file), map: None, first: wanted.len() };
        log.remap()?;
        let found = &log.map()[..wanted.len()];
        if found[..7] != MAGIC[..] {
            return Err(VectorsError::Corrupt("it is no file of vectors".to_owned()));
        }
        if found[7] > VERSION {
            return Err(VectorsError::TooNew { found: found[7], known: VERSION });
        }
        if found != wanted {
            return Err(VectorsError::Corrupt("its vectors are of another model".to_owned()));
        }
        Ok(log)
    }

    /// A new file of these whole records in the place of the one at `path`.
    pub fn rewrite<'a>(
        path: &Path,
        model: &str,
        dimensions: usize,
        records: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Self, VectorsError> {
        let fresh = path.with_extension("new");
        match std::fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let mut log = Self::open(&fresh, model, dimensions)?;
        {
            let Some(file) = &mut log.file else { return Err(VectorsError::Corrupt("it is not open".to_owned())) };
            file.seek(SeekFrom::End(0))?;
            let mut out = io::BufWriter::with_capacity(1 << 20, &mut *file);
            for record in records {
                out.write_all(record)?;
            }
            out.flush()?;
            drop(out);
            file.sync_all()?;
        }
        std::fs::rename(&fresh, path)?;
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        log.remap()?;
        Ok(log)
    }

    fn remap(&mut self) -> Result<(), VectorsError> {
        let Some(file) = &self.file else { return Err(VectorsError::Corrupt("it is not open".to_owned())) };
        // SAFETY: only this process writes to the file (it owns the vault's stores), and never shortens what is mapped.
        self.map = Some(unsafe { Mmap::map(file) }?);
        Ok(())
    }

    fn map(&self) -> &[u8] {
        self.map.as_deref().unwrap_or(&[])
    }

    pub fn first(&self) -> usize {
        self.first
    }

    pub fn len(&self) -> usize {
        self.map().len()
    }

    pub fn bytes(&self, at: usize, length: usize) -> &[u8] {
        &self.map()[at..at + length]
    }

    /// Write whole records behind the last one; where they begin. A disk that is full leaves the file as it was.
    pub fn append(&mut self, bytes: &[u8]) -> Result<usize, VectorsError> {
        let at = self.len();
        let Some(file) = &mut self.file else { return Err(VectorsError::Corrupt("it is not open".to_owned())) };
        file.seek(SeekFrom::Start(at as u64))?;
        if let Err(error) = file.write_all(bytes) {
            file.set_len(at as u64)?;
            return Err(error.into());
        }
        self.remap()?;
        Ok(at)
    }

    /// Forget what stands behind `at`.
    pub fn cut(&mut self, at: usize) -> Result<(), VectorsError> {
        if at < self.len() {
            self.map = None;
            if let Some(file) = &self.file {
                file.set_len(at as u64)?;
            }
            self.remap()?;
        }
        Ok(())
    }

    pub fn sync(&self) -> Result<(), VectorsError> {
        self.file.as_ref().map_or(Ok(()), |file| Ok(file.sync_data()?))
    }

    /// The record at `at` and its length; nothing where none is whole.
    pub fn record(&self, at: usize, dimensions: usize) -> Option<(Record, usize)> {
        let map = self.map();
        let length = number(map, at)? as usize;
        let kind = *map.get(at + 4)?;
        let sum = map.get(at + 5..at + FRAME)?;
        let payload = map.get(at + FRAME..(at + FRAME).checked_add(length)?)?;
        if checksum(kind, payload) != *sum {
            return None;
        }
        let text = |from: usize| {
            let length = number(payload, 0)? as usize;
            std::str::from_utf8(payload.get(from..from.checked_add(length)?)?).ok()
        };
        let record = match kind {
            PUT => {
                let (path, rows) = (text(40)?, number(payload, 4)?);
                let size = (rows as usize).checked_mul(ROW_HEAD + dimensions)?;
                (payload.len() == 40 + path.len() + size).then_some(())?;
                Record::Put { key: path_key(path), rows }
            }
            DROP => Record::Drop { key: path_key(text(4)?) },
            _ => return None,
        };
        Some((record, FRAME + length))
    }

    /// Of a put record that was checked when it was found.
    pub fn path(&self, at: usize) -> &str {
        let payload = &self.map()[at + FRAME..];
        let length = number(payload, 0).unwrap_or(0) as usize;
        payload.get(40..40 + length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }

    pub fn note_digest(&self, at: usize) -> Option<&[u8; 32]> {
        self.map().get(at + FRAME + 8..at + FRAME + 40)?.try_into().ok()
    }

    /// Heads and vectors of a put record's rows.
    pub fn rows(&self, at: usize, rows: usize, dimensions: usize) -> (&[u8], &[u8]) {
        let payload = &self.map()[at + FRAME..];
        let heads = 40 + number(payload, 0).unwrap_or(0) as usize;
        let vectors = heads + rows * ROW_HEAD;
        (&payload[heads..vectors], &payload[vectors..vectors + rows * dimensions])
    }
}

/// Ordinal, digest and scale of a row.
pub(super) fn head(heads: &[u8], row: usize) -> (u32, PassageDigest, f32) {
    let (mut ordinal, mut digest, mut scale) = ([0; 4], PassageDigest::default(), [0; 4]);
    let head = &heads[row * ROW_HEAD..(row + 1) * ROW_HEAD];
    ordinal.copy_from_slice(&head[..4]);
    digest.copy_from_slice(&head[4..4 + DIGEST_BYTES]);
    scale.copy_from_slice(&head[4 + DIGEST_BYTES..]);
    (u32::from_le_bytes(ordinal), digest, f32::from_le_bytes(scale))
}

fn checksum(kind: u8, payload: &[u8]) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[kind]).update(payload);
    let mut sum = [0; 8];
    sum.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    sum
}

fn frame(out: &mut Vec<u8>, kind: u8, payload: &[u8]) {
    out.extend((payload.len() as u32).to_le_bytes());
    out.push(kind);
    out.extend(checksum(kind, payload));
    out.extend(payload);
}

pub(super) fn write_drop(out: &mut Vec<u8>, path: &str) {
    let mut payload = (path.len() as u32).to_le_bytes().to_vec();
    payload.extend(path.as_bytes());
    frame(out, DROP, &payload);
}

/// The record that puts these rows. Refused when a vector is not `dimensions` finite numbers of unit length.
pub(super) fn write_put(
    path: &str,
    note: &[u8; 32],
    rows: &[Row<'_>],
    dimensions: usize,
) -> Result<Vec<u8>, VectorsError> {
    let mut payload = Vec::with_capacity(40 + path.len() + rows.len() * (ROW_HEAD + dimensions));
    payload.extend((path.len() as u32).to_le_bytes());
    payload.extend((rows.len() as u32).to_le_bytes());
    payload.extend(note);
    payload.extend(path.as_bytes());
    let mut numbers = Vec::with_capacity(rows.len() * dimensions);
    for row in rows {
        checked(path, row, dimensions)?;
        let steps = 127.0 / row.vector.iter().fold(f32::MIN_POSITIVE, |most, number| most.max(number.abs()));
        let from = numbers.len();
        numbers.extend(row.vector.iter().map(|number| nearest(number * steps) as u8));
        payload.extend(row.ordinal.to_le_bytes());
        payload.extend(row.digest);
        payload.extend(scale(&numbers[from..]).to_le_bytes());
    }
    payload.extend(numbers);
    let mut record = Vec::with_capacity(FRAME + payload.len());
    frame(&mut record, PUT, &payload);
    Ok(record)
}

/// The nearest whole number, of those from -127 to 127. Adding and taking away a number whose fraction has no bits rounds, and many
/// at a time.
fn nearest(number: f32) -> i8 {
    const NO_FRACTION: f32 = 12_582_912.0;
    ((number + NO_FRACTION) - NO_FRACTION) as i32 as i8
}

/// What makes a row of bytes a vector of unit length. It depends on nothing but the bytes, so that a vector that was read out and put
/// again is the same.
fn scale(numbers: &[u8]) -> f32 {
    let squares: i64 = numbers.iter().map(|&byte| i64::from(byte as i8).pow(2)).sum();
    if squares == 0 { 0.0 } else { 1.0 / (squares as f32).sqrt() }
}

fn checked(path: &str, row: &Row<'_>, dimensions: usize) -> Result<(), VectorsError> {
    let refused = |why: &str| Err(VectorsError::Refused(format!("passage {} of {path}: {why}", row.ordinal)));
    if row.vector.len() != dimensions {
        return refused("the vector has the wrong length");
    }
    let squares: f32 = row.vector.iter().map(|number| number * number).sum();
    if !squares.is_finite() {
        return refused("the vector holds numbers that are not finite");
    }
    // Zeros stand for a text without any word the model knows.
    if squares != 0.0 && (squares.sqrt() - 1.0).abs() > UNIT_TOLERANCE {
        return refused("the vector is not of unit length");
    }
    Ok(())
}
