//! What is in a vault's folder, and what changed since it was last looked at.
//!
//! Nothing here follows a symbolic link or opens anything but a regular file, and hidden names are not looked into.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use ignore::{DirEntry, WalkBuilder, WalkState};
use rustc_hash::FxHashMap;

use crate::exclusion::Exclusion;
use crate::lexical::{Entry, FileStat, Kind};

/// What to leave out.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    /// What is listed but not read.
    pub excluded: Arc<Exclusion>,
    /// Larger notes are listed but not read.
    pub max_note_bytes: u64,
    pub threads: usize,
}

/// Everything found below a vault's root.
#[derive(Debug, Default)]
pub struct Found {
    /// Files by path. `skipped` is set where the text must not be read.
    pub entries: Vec<Entry>,
    /// Folders that could not be listed, with the reason: what the index knows below them stays as it is.
    pub unlisted: Vec<(String, String)>,
}

/// Why a vault cannot be walked at all.
#[derive(Debug)]
pub enum ScanError {
    /// The root is not there or not readable.
    Unavailable(io::Error),
    Cancelled,
}

pub const EXCLUDED: &str = "in an excluded folder";

/// The kind of file a name stands for.
pub fn kind_of(path: &str) -> Kind {
    let extension = path
        .rsplit('/')
        .next()
        .unwrap_or(path)
        .rsplit_once('.')
        .map_or("", |(stem, ext)| if stem.is_empty() { "" } else { ext });
    if extension.eq_ignore_ascii_case("md") {
        Kind::Note
    } else if extension.eq_ignore_ascii_case("canvas") {
        Kind::Canvas
    } else if extension.eq_ignore_ascii_case("base") {
        Kind::Base
    } else {
        Kind::Attachment
    }
}

/// List every file below `root` that is not hidden, in parallel, sorted by path.
///
/// `report` is told how many files were seen so far and answers whether to go on.
pub fn walk(root: &Path, options: &ScanOptions, report: &(dyn Fn(usize) -> bool + Sync)) -> Result<Found, ScanError> {
    let top = std::fs::metadata(root).map_err(ScanError::Unavailable)?;
    if !top.is_dir() {
        return Err(ScanError::Unavailable(io::Error::new(io::ErrorKind::NotADirectory, "not a folder")));
    }
    std::fs::read_dir(root).map_err(ScanError::Unavailable)?;
    let found = Mutex::new(Found::default());
    let seen = AtomicUsize::new(0);
    let cancelled = AtomicBool::new(false);
    WalkBuilder::new(root)
        .standard_filters(false)
        .follow_links(false)
        .threads(options.threads.max(1))
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry))
        .build_parallel()
        .run(|| {
            let mut local = Local { found: &found, batch: Found::default() };
            let (seen, cancelled) = (&seen, &cancelled);
            Box::new(move |entry| {
                if cancelled.load(Ordering::Relaxed) {
                    return WalkState::Quit;
                }
                local.visit(root, entry, options);
                let count = seen.fetch_add(1, Ordering::Relaxed) + 1;
                if count.is_multiple_of(4096) && !report(count) {
                    cancelled.store(true, Ordering::Relaxed);
                }
                WalkState::Continue
            })
        });
    if cancelled.load(Ordering::Relaxed) {
        return Err(ScanError::Cancelled);
    }
    let mut found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    found.entries.sort_unstable_by(|a, b| a.stat.path.cmp(&b.stat.path));
    found.unlisted.sort();
    Ok(found)
}

/// Whether nothing at all that is not hidden lies in the vault's folder, as in an unmounted one.
pub fn is_empty(root: &Path) -> io::Result<bool> {
    for entry in std::fs::read_dir(root)? {
        if entry?.file_name().as_encoded_bytes().first() != Some(&b'.') {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether one of the folders on the way to `path` is a link; what lies behind it is not part of the vault.
fn is_behind_link(root: &Path, path: &str) -> bool {
    path.match_indices('/')
        .any(|(end, _)| std::fs::symlink_metadata(root.join(&path[..end])).is_ok_and(|meta| meta.is_symlink()))
}

/// Look at one path without walking: `None` when it is gone, hidden, a folder, or behind a link.
pub fn look(root: &Path, path: &str, options: &ScanOptions) -> io::Result<Option<Entry>> {
    if path.split('/').any(|part| part.starts_with('.') || part.is_empty()) {
        return Ok(None);
    }
    if is_behind_link(root, path) {
        return Ok(None);
    }
    match std::fs::symlink_metadata(root.join(path)) {
        Ok(meta) if meta.is_dir() => Ok(None),
        Ok(meta) => Ok(Some(entry(path.to_owned(), &meta, options))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The two sides of a comparison: what must be read, and what is gone.
#[derive(Debug, Default)]
pub struct Difference {
    /// New or changed files.
    pub touched: Vec<Entry>,
    /// What the index knows and the folder no longer has.
    pub removed: Vec<Entry>,
    pub unchanged: usize,
    pub added: usize,
}

/// Compare what was found with what the index knows, by size, modification time and inode.
pub fn compare(found: Found, known: Vec<Entry>) -> Difference {
    let mut known: FxHashMap<String, Entry> = known.into_iter().map(|entry| (entry.stat.path.clone(), entry)).collect();
    let mut difference = Difference::default();
    for entry in found.entries {
        match known.remove(&entry.stat.path) {
            Some(old) if is_unchanged(&old, &entry) => difference.unchanged += 1,
            Some(_) => difference.touched.push(entry),
            None => {
                difference.added += 1;
                difference.touched.push(entry);
            }
        }
    }
    let is_listed = |entry: &Entry| !found.unlisted.iter().any(|(folder, _)| is_below(&entry.stat.path, folder));
    difference.removed = known.into_values().filter(is_listed).collect();
    difference.removed.sort_unstable_by(|a, b| a.stat.path.cmp(&b.stat.path));
    difference
}

/// Whether `path` is `folder` or lies below it; the empty folder is the vault itself.
pub fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a file is still what the index knows, by what `stat` says of it.
pub fn is_unchanged(old: &Entry, new: &Entry) -> bool {
    // What could not be read is tried again each time: permissions change without touching the modification time.
    let retry = old.skipped.as_deref().is_some_and(|reason| reason.starts_with(crate::read::UNREADABLE));
    let reason = |entry: &Entry| entry.skipped.as_deref().map(|reason| reason == EXCLUDED);
    !retry
        && old.stat.size == new.stat.size
        && old.stat.mtime_ns == new.stat.mtime_ns
        && old.stat.inode == new.stat.inode
        && old.stat.kind == new.stat.kind
        && (reason(old) == Some(true)) == (reason(new) == Some(true))
        && !(new.skipped.is_some() && old.skipped != new.skipped)
}

struct Local<'a> {
    found: &'a Mutex<Found>,
    batch: Found,
}

impl Local<'_> {
    fn visit(&mut self, root: &Path, entry: Result<DirEntry, ignore::Error>, options: &ScanOptions) {
        match entry {
            Ok(entry) => {
                if entry.depth() == 0 || entry.file_type().is_some_and(|kind| kind.is_dir()) {
                    return;
                }
                let path = relative(root, entry.path());
                match entry.metadata() {
                    Ok(meta) => self.batch.entries.push(self::entry(path, &meta, options)),
                    Err(error) => self.batch.unlisted.push((path, error.to_string())),
                }
            }
            Err(error) => {
                let (path, reason) = place_of(error);
                self.batch.unlisted.push((path.map_or(String::new(), |path| relative(root, &path)), reason));
            }
        }
    }
}

impl Drop for Local<'_> {
    fn drop(&mut self) {
        let mut found = self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        found.entries.append(&mut self.batch.entries);
        found.unlisted.append(&mut self.batch.unlisted);
    }
}

fn place_of(error: ignore::Error) -> (Option<PathBuf>, String) {
    match error {
        ignore::Error::WithPath { path, err } => (Some(path), err.to_string()),
        ignore::Error::WithDepth { err, .. } => place_of(*err),
        other => (None, other.to_string()),
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().first() == Some(&b'.')
}

fn relative(root: &Path, path: &Path) -> String {
    let rest = path.strip_prefix(root).unwrap_or(path);
    let text = rest.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

fn entry(path: String, meta: &Metadata, options: &ScanOptions) -> Entry {
    let kind = kind_of(&path);
    let skipped = if meta.is_symlink() {
        Some("a symbolic link, which is not followed".to_owned())
    } else if !meta.is_file() {
        Some("not a regular file".to_owned())
    } else if path.contains('\u{FFFD}') {
        Some("its name is not valid Unicode".to_owned())
    } else if options.excluded.has(&path) {
        Some(EXCLUDED.to_owned())
    } else if kind != Kind::Attachment && meta.len() > options.max_note_bytes {
        Some(format!("larger than {} MB", options.max_note_bytes / 1_000_000))
    } else {
        None
    };
    let mtime_ns = nanoseconds(meta.modified());
    let stat = FileStat {
        path,
        kind,
        size: meta.len(),
        mtime_ns,
        created_ns: meta.created().map_or(mtime_ns, |time| nanoseconds(Ok(time))),
        inode: inode(meta),
    };
    Entry { stat, digest: [0; 32], skipped }
}

fn nanoseconds(time: io::Result<std::time::SystemTime>) -> i64 {
    time.map_or(0, |time| match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_nanos()).unwrap_or(i64::MAX),
    })
}

#[cfg(unix)]
fn inode(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}
