//! Feeding the index and the batches: read on several threads, committed in parts, cancelled between files.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use arrow_array::RecordBatch;
use rustc_hash::FxHashMap;

use super::reading::{document, read_and_understand};
use super::{
    COMPLETE, FEW_FILES, FEW_HEAP_BYTES, FILES_PER_BATCH, FILES_PER_COMMIT, FILES_PER_TURN, PARTIAL, PassError,
    PassOptions, Progress, Report, identity, milliseconds,
};
use crate::batch::Rows;
use crate::lexical::{Counts, Entry, Lexical, Writer};
use crate::links::Resolver;
use crate::note::Note;
use crate::scan::Difference;

/// The files that a look has found, on their way into the index and the batches.
pub(super) struct Pass<'a> {
    pub index: &'a Lexical,
    pub vault: &'a Path,
    pub options: &'a PassOptions,
    pub resolver: &'a Resolver,
    pub progress: Progress<'a>,
    pub identity: (u64, u64),
}

/// What one thread has understood.
#[derive(Default)]
pub(super) struct Shelf {
    rows: Rows,
    pub batches: Vec<[RecordBatch; 7]>,
    pub digests: Vec<(String, [u8; 32])>,
    gone: Vec<String>,
}

impl Shelf {
    pub fn push(
        &mut self,
        entry: Entry,
        parsed: Option<&(Note, String)>,
        resolver: &Resolver,
    ) -> Result<(), PassError> {
        self.rows.push(&entry, parsed.map(|(note, text)| (note, text.as_str())), resolver);
        self.digests.push((entry.stat.path, entry.digest));
        if self.rows.len() >= FILES_PER_BATCH {
            self.batches.push(self.rows.finish()?);
        }
        Ok(())
    }

    pub fn close(mut self) -> Result<Self, PassError> {
        if !self.rows.is_empty() {
            self.batches.push(self.rows.finish()?);
        }
        Ok(self)
    }
}

impl Pass<'_> {
    pub fn run(&self, mut difference: Difference, report: &mut Report) -> Result<(), PassError> {
        if difference.touched.is_empty()
            && difference.removed.is_empty()
            && self.index.payload().as_deref() == Some(COMPLETE)
        {
            return Ok(());
        }
        let reading = Instant::now();
        let few = difference.touched.len() <= FEW_FILES;
        let threads = if few { 1 } else { self.options.scan.threads.max(1) };
        let begin = || self.index.begin(if few { FEW_HEAP_BYTES } else { self.options.heap_bytes }, threads);
        let is_new = self.index.counts() == Counts::default();
        let mut writer = begin()?;
        for entry in &difference.removed {
            writer.remove(&entry.stat.path);
        }
        let total = difference.touched.len();
        let mut shelves = Vec::new();
        for (turn, part) in difference.touched.chunks_mut(FILES_PER_COMMIT).enumerate() {
            if turn > 0 {
                writer.commit(self.index.payload().as_deref().unwrap_or(PARTIAL))?;
                writer = begin()?;
            }
            let parts = self.read_all(&writer, part, turn * FILES_PER_COMMIT, total, threads, is_new)?;
            shelves.extend(parts);
        }
        report.read_ms = milliseconds(reading.elapsed());
        // A vault that went away under our hands looks like deleted notes; then nothing of this is kept.
        if identity(self.vault)? != self.identity {
            return Err(PassError::Unavailable("its folder was replaced".to_owned()));
        }
        if !(self.progress)("committing", total, total) {
            return Err(PassError::Cancelled);
        }
        let committing = Instant::now();
        writer.commit(COMPLETE)?;
        report.commit_ms = milliseconds(committing.elapsed());
        self.fill(report, difference, shelves)
    }

    fn read_all(
        &self,
        writer: &Writer<'_>,
        part: &mut [Entry],
        before: usize,
        total: usize,
        threads: usize,
        is_new: bool,
    ) -> Result<Vec<Shelf>, PassError> {
        let next = AtomicUsize::new(0);
        let done = AtomicUsize::new(before);
        let stopped = AtomicBool::new(false);
        let part: &[Entry] = part;
        let work = || -> Result<Shelf, PassError> {
            let mut shelf = Shelf::default();
            let mut buffer = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let start = next.fetch_add(FILES_PER_TURN, Ordering::Relaxed);
                let Some(turn) =
                    part.get(start..(start + FILES_PER_TURN).min(part.len())).filter(|turn| !turn.is_empty())
                else {
                    break;
                };
                for entry in turn {
                    let outcome = self.read_one(writer, entry, &mut shelf, &mut buffer, is_new);
                    outcome.inspect_err(|_| stopped.store(true, Ordering::Relaxed))?;
                }
                let count = done.fetch_add(turn.len(), Ordering::Relaxed) + turn.len();
                if (count / FILES_PER_TURN).is_multiple_of(16) && !(self.progress)("reading", count, total) {
                    stopped.store(true, Ordering::Relaxed);
                    return Err(PassError::Cancelled);
                }
            }
            shelf.close()
        };
        on_threads(threads, &work)
    }

    fn read_one(
        &self,
        writer: &Writer<'_>,
        entry: &Entry,
        shelf: &mut Shelf,
        buffer: &mut Vec<u8>,
        is_new: bool,
    ) -> Result<(), PassError> {
        let Some((entry, parsed)) =
            read_and_understand(self.vault, entry.clone(), self.options.scan.max_note_bytes, buffer)
        else {
            writer.remove(&entry.stat.path);
            shelf.gone.push(entry.stat.path.clone());
            return Ok(());
        };
        let document = document(&entry, parsed.as_ref());
        if is_new {
            writer.put_new(&document)?
        } else {
            writer.put(&document)?
        }
        shelf.push(entry, parsed.as_ref(), self.resolver)
    }

    fn fill(&self, report: &mut Report, difference: Difference, shelves: Vec<Shelf>) -> Result<(), PassError> {
        let mut by_digest: FxHashMap<[u8; 32], Option<&str>> = FxHashMap::default();
        for entry in difference.removed.iter().filter(|entry| entry.digest != [0; 32] && entry.stat.size > 0) {
            // Two files with one content that went away together cannot be told apart.
            by_digest.entry(entry.digest).and_modify(|path| *path = None).or_insert(Some(&entry.stat.path));
        }
        for shelf in shelves {
            report.batches.extend(shelf.batches);
            report.removed.extend(shelf.gone);
            for (path, digest) in shelf.digests {
                if let Some(old) = by_digest.get_mut(&digest).and_then(Option::take) {
                    report.moved.push((old.to_owned(), path.clone()));
                }
                report.touched.push(path);
            }
        }
        report.removed.extend(difference.removed.into_iter().map(|entry| entry.stat.path));
        Ok(())
    }
}

/// Run `work` on so many threads; the first error wins.
pub(super) fn on_threads<T: Send>(
    threads: usize,
    work: &(dyn Fn() -> Result<T, PassError> + Sync),
) -> Result<Vec<T>, PassError> {
    if threads == 1 {
        return Ok(vec![work()?]);
    }
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
