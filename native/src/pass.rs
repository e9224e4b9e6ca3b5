//! The one pass over a vault: walk, compare, read, parse, and feed the lexical index and the catalog's batches.

mod feed;
mod reading;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use rustc_hash::FxHashSet;

use self::feed::{Pass, Shelf, on_threads};
use self::reading::read_and_understand;
pub use self::reading::understand;
use crate::lexical::{Lexical, LexicalError};
use crate::links::Resolver;
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
