//! The one pass over a vault: walk, compare, read, parse, and feed the lexical index and the catalog's batches.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::batch::{Rows, title_of};
use crate::canvas;
use crate::lexical::{Counts, Document, Entry, Kind, Lexical, LexicalError, Writer};
use crate::links::Resolver;
use crate::note::{self, Note};
use crate::read::{Unread, read};
use crate::scan::{Difference, Found, ScanError, ScanOptions, compare, is_empty, is_unchanged, look, walk};

/// How a pass is run.
#[derive(Debug, Clone)]
pub struct PassOptions {
    pub scan: ScanOptions,
    /// Memory for the index writer of a large pass, bytes.
    pub heap_bytes: usize,
}

/// Told the phase, how many files are done and how many there are; answers whether to go on.
pub type Progress<'a> = &'a (dyn Fn(&'static str, usize, usize) -> bool + Sync);

/// What a pass found and did.
#[derive(Debug, Default)]
pub struct Report {
    /// A batch of every table of [`crate::batch::TABLES`] for files that are new or changed.
    pub batches: Vec<[RecordBatch; 7]>,
    pub touched: Vec<String>,
    pub removed: Vec<String>,
    /// (old path, new path) of files that kept their content. The new path is in `touched` as well, the old one in `removed`.
    pub moved: Vec<(String, String)>,
    pub added: usize,
    pub unchanged: usize,
    /// Folders that could not be listed, with the reason; what was known below them is kept.
    pub unlisted: Vec<(String, String)>,
    /// A folder was named, or something the index does not know went away: only a whole check can tell.
    pub needs_refresh: bool,
    pub scan_ms: f64,
    pub read_ms: f64,
    pub commit_ms: f64,
}

/// Why a pass stopped. The index is then as it was at its last commit.
#[derive(Debug)]
pub enum PassError {
    /// The vault cannot be read, or all of its files are gone at once; nothing was removed from the index.
    Unavailable(String),
    Cancelled,
    Lexical(LexicalError),
    Arrow(arrow_schema::ArrowError),
}

impl From<LexicalError> for PassError {
    fn from(error: LexicalError) -> Self {
        Self::Lexical(error)
    }
}

impl From<arrow_schema::ArrowError> for PassError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::Arrow(error)
    }
}

impl From<ScanError> for PassError {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::Unavailable(error) => Self::Unavailable(error.to_string()),
            ScanError::Cancelled => Self::Cancelled,
        }
    }
}

/// The commit payload of an index that has seen the whole vault at least once.
pub const COMPLETE: &str = "complete";
/// The commit payload of an index whose first pass is still going on.
pub const PARTIAL: &str = "partial";

/// Files between two commits of a long pass, so that a killed process resumes instead of starting again.
const FILES_PER_COMMIT: usize = 50_000;
/// Files in one record batch.
const FILES_PER_BATCH: usize = 16_384;
/// Files a worker takes at a time.
const FILES_PER_TURN: usize = 32;
/// Below this many files a pass runs with a small writer on one thread.
const FEW_FILES: usize = 64;
const FEW_HEAP_BYTES: usize = 16 << 20;

/// Bring the index up to date with the whole vault. `resolver` is replaced by one over the vault's present files.
///
/// With `trust_empty` an empty vault empties the index; without it that counts as an unmounted one.
pub fn refresh(
    index: &Lexical,
    resolver: &Mutex<Option<Resolver>>,
    vault: &Path,
    options: &PassOptions,
    trust_empty: bool,
    progress: Progress<'_>,
) -> Result<Report, PassError> {
    let started = Instant::now();
    let identity = identity(vault)?;
    let found = walk(vault, &options.scan, &|seen| progress("listing", seen, 0))?;
    let known = index.entries()?;
    if found.entries.is_empty() && !known.is_empty() && !trust_empty {
        return Err(PassError::Unavailable("all of its files are gone at once".to_owned()));
    }
    let Found { entries, unlisted } = found;
    let fresh_resolver = Resolver::new(entries.iter().map(|entry| entry.stat.path.clone()));
    let difference = compare(Found { entries, unlisted: unlisted.clone() }, known);
    let mut report = Report {
        unlisted,
        unchanged: difference.unchanged,
        added: difference.added,
        scan_ms: milliseconds(started.elapsed()),
        ..Report::default()
    };
    // The workers share the resolver by reference, so the lock is held for the pass.
    let mut held = resolver.lock().unwrap_or_else(PoisonError::into_inner);
    *held = Some(fresh_resolver);
    let pass = Pass { index, vault, options, resolver: held.as_ref().expect("it was just set"), progress, identity };
    pass.run(difference, &mut report)?;
    forget_gone(held.as_mut().expect("it was just set"), &report);
    Ok(report)
}

/// Bring the index up to date for some paths only, as named by whoever saw them change.
pub fn apply(
    index: &Lexical,
    resolver: &Mutex<Option<Resolver>>,
    vault: &Path,
    options: &PassOptions,
    paths: &[String],
) -> Result<Report, PassError> {
    let started = Instant::now();
    let identity = identity(vault)?;
    let mut held = resolver.lock().unwrap_or_else(PoisonError::into_inner);
    let resolver = resolver_of(index, &mut held)?;
    let mut difference = Difference::default();
    let mut report = Report::default();
    let mut seen = FxHashSet::default();
    if is_empty(vault).map_err(|error| PassError::Unavailable(error.to_string()))? {
        // What is missing from an empty folder may be on a disk that is not mounted; only a whole check may say so.
        return Ok(Report { needs_refresh: true, ..report });
    }
    for path in paths.iter().filter(|path| seen.insert(path.as_str())) {
        let known = index.entry(path)?;
        match look(vault, path, &options.scan) {
            Ok(Some(entry)) => {
                if known.as_ref().is_some_and(|known| is_unchanged(known, &entry)) {
                    report.unchanged += 1;
                    continue;
                }
                if known.is_none() {
                    difference.added += 1;
                    // A pass that failed half-way may have left it there.
                    resolver.remove(path);
                    resolver.insert(path.clone());
                }
                difference.touched.push(entry);
            }
            Ok(None) => match known {
                Some(entry) => {
                    resolver.remove(path);
                    difference.removed.push(entry);
                }
                None => report.needs_refresh |= !path.split('/').any(|part| part.starts_with('.')),
            },
            Err(_) => report.needs_refresh = true,
        }
    }
    report.added = difference.added;
    report.scan_ms = milliseconds(started.elapsed());
    let pass = Pass { index, vault, options, resolver, progress: &|_, _, _| true, identity };
    pass.run(difference, &mut report)?;
    forget_gone(resolver, &report);
    Ok(report)
}

/// Files that went away between the look and the read lead nowhere.
fn forget_gone(resolver: &mut Resolver, report: &Report) {
    for path in &report.removed {
        resolver.remove(path);
    }
}

/// The batches of some files as they are now, for a catalog that lags behind the index, which is left alone.
pub fn describe(
    index: &Lexical,
    resolver: &Mutex<Option<Resolver>>,
    vault: &Path,
    scan: &ScanOptions,
    paths: &[String],
) -> Result<Report, PassError> {
    let started = Instant::now();
    identity(vault)?;
    let mut held = resolver.lock().unwrap_or_else(PoisonError::into_inner);
    let resolver = resolver_of(index, &mut held)?;
    let next = AtomicUsize::new(0);
    let work = || -> Result<Shelf, PassError> {
        let (mut shelf, mut buffer) = (Shelf::default(), Vec::new());
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Ok(Some(entry)) = look(vault, path, scan) else { continue };
            if let Some((entry, parsed)) = read_and_understand(vault, entry, scan.max_note_bytes, &mut buffer) {
                shelf.push(entry, parsed.as_ref(), resolver)?;
            }
        }
        shelf.close()
    };
    let shelves = on_threads(if paths.len() <= FEW_FILES { 1 } else { scan.threads.max(1) }, &work)?;
    let mut report = Report::default();
    for shelf in shelves {
        report.batches.extend(shelf.batches);
        report.touched.extend(shelf.digests.into_iter().map(|(path, _)| path));
    }
    report.read_ms = milliseconds(started.elapsed());
    Ok(report)
}

/// Where links lead now: for each (source, target) a path.
pub fn resolve(
    index: &Lexical,
    resolver: &Mutex<Option<Resolver>>,
    links: &[(String, String)],
) -> Result<Vec<Option<String>>, PassError> {
    let mut held = resolver.lock().unwrap_or_else(PoisonError::into_inner);
    let resolver = resolver_of(index, &mut held)?;
    Ok(links.iter().map(|(source, target)| resolver.resolve(source, target).map(str::to_owned)).collect())
}

fn resolver_of<'a>(index: &Lexical, held: &'a mut Option<Resolver>) -> Result<&'a mut Resolver, PassError> {
    if held.is_none() {
        *held = Some(Resolver::new(index.entries()?.into_iter().map(|entry| entry.stat.path)));
    }
    Ok(held.as_mut().expect("it was just set"))
}

/// Run `work` on so many threads; the first error wins.
fn on_threads<T: Send>(threads: usize, work: &(dyn Fn() -> Result<T, PassError> + Sync)) -> Result<Vec<T>, PassError> {
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

struct Pass<'a> {
    index: &'a Lexical,
    vault: &'a Path,
    options: &'a PassOptions,
    resolver: &'a Resolver,
    progress: Progress<'a>,
    identity: (u64, u64),
}

#[derive(Default)]
struct Shelf {
    rows: Rows,
    batches: Vec<[RecordBatch; 7]>,
    digests: Vec<(String, [u8; 32])>,
    gone: Vec<String>,
}

impl Shelf {
    fn push(&mut self, entry: Entry, parsed: Option<&(Note, String)>, resolver: &Resolver) -> Result<(), PassError> {
        self.rows.push(&entry, parsed.map(|(note, text)| (note, text.as_str())), resolver);
        self.digests.push((entry.stat.path, entry.digest));
        if self.rows.len() >= FILES_PER_BATCH {
            self.batches.push(self.rows.finish()?);
        }
        Ok(())
    }

    fn close(mut self) -> Result<Self, PassError> {
        if !self.rows.is_empty() {
            self.batches.push(self.rows.finish()?);
        }
        Ok(self)
    }
}

impl Pass<'_> {
    fn run(&self, mut difference: Difference, report: &mut Report) -> Result<(), PassError> {
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

/// A file's digest and structure, or the reason why it has none; None when the file is gone.
fn read_and_understand(
    vault: &Path,
    mut entry: Entry,
    max_bytes: u64,
    buffer: &mut Vec<u8>,
) -> Option<(Entry, Option<(Note, String)>)> {
    if entry.skipped.is_some() || entry.stat.kind == Kind::Attachment {
        return Some((entry, None));
    }
    let text = match read(&vault.join(&entry.stat.path), max_bytes, buffer) {
        Ok(content) => {
            entry.digest = content.digest;
            content.text
        }
        Err(Unread::Gone) => return None,
        Err(Unread::Skipped(reason)) => {
            entry.skipped = Some(reason);
            return Some((entry, None));
        }
    };
    // The parsers are total; should one not be, a single note must not keep the others from being found.
    let parsed = catch_unwind(AssertUnwindSafe(|| understand(entry.stat.kind, text)));
    match parsed.unwrap_or_else(|_| Err("its text could not be understood".to_owned())) {
        Ok(parsed) => Some((entry, Some(parsed))),
        Err(reason) => {
            entry.skipped = Some(reason);
            Some((entry, None))
        }
    }
}

/// The structure of a file's text, with the text that its ranges refer to.
pub fn understand(kind: Kind, text: String) -> Result<(Note, String), String> {
    let readable = match kind {
        Kind::Canvas => canvas::canvas(&text)?,
        Kind::Base => canvas::base(&text)?,
        Kind::Note | Kind::Attachment => {
            let note = note::parse(&text);
            if !canvas::is_excalidraw(&note) {
                return Ok((note, text));
            }
            canvas::excalidraw(&text)?
        }
    };
    Ok((readable.note, readable.text))
}

fn document<'a>(entry: &'a Entry, parsed: Option<&'a (Note, String)>) -> Document<'a> {
    let title = title_of(&entry.stat.path, entry.stat.kind);
    match parsed {
        None => Document {
            entry,
            title,
            aliases: vec![],
            headings: vec![],
            tags: vec![],
            properties: vec![],
            text: "",
            prose: &[],
        },
        Some((note, text)) => Document {
            entry,
            title,
            aliases: note.aliases(),
            headings: note.headings.iter().map(|heading| heading.text.as_str()).collect(),
            tags: note.all_tags(),
            properties: note.properties_text(),
            text,
            prose: &note.prose,
        },
    }
}

#[cfg(unix)]
fn identity(vault: &Path) -> Result<(u64, u64), PassError> {
    use std::os::unix::fs::MetadataExt;
    let meta = std::fs::metadata(vault).map_err(|error| PassError::Unavailable(error.to_string()))?;
    Ok((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
fn identity(vault: &Path) -> Result<(u64, u64), PassError> {
    std::fs::metadata(vault).map(|_| (0, 0)).map_err(|error| PassError::Unavailable(error.to_string()))
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
