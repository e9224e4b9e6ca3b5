//! Opening the index, checking it, and what it holds in numbers.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;
use tantivy::directory::{ManagedDirectory, MmapDirectory};
use tantivy::{Index, IndexMeta, IndexReader, IndexSettings, ReloadPolicy, Searcher, SegmentMeta};

use super::error::guarded;
use super::schema::{self, Fields, SCHEMA_VERSION, TOKENIZER};
use super::score::{Averages, average_lengths};
use super::tokenizer::IndexTokenizer;
use super::{Kind, LexicalError, entries};

/// Holds the schema version, next to tantivy's own files.
const VERSION_FILE: &str = "schema-version";

/// How many documents of each kind there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Notes, searched and skipped.
    pub notes: usize,
    pub searched: usize,
    /// Notes whose body could not be indexed.
    pub skipped: usize,
    pub canvases: usize,
    pub bases: usize,
    pub attachments: usize,
}

/// An open index.
pub struct Lexical {
    pub(super) folder: PathBuf,
    pub(super) index: Index,
    pub(super) reader: IndexReader,
    pub(super) fields: Fields,
    pub(super) state: std::sync::RwLock<State>,
    /// The names of all notes with the generation of the index that they are of.
    pub(super) names: std::sync::Mutex<Option<(u64, std::sync::Arc<crate::mentions::Names>)>>,
    /// The keys of all paths by segment and document, with the generation of the index that they are of.
    pub(super) keys: std::sync::Mutex<super::allowed::KnownKeys>,
}

/// What is derived from the committed segments, renewed after every commit.
#[derive(Clone, Default)]
pub(super) struct State {
    pub counts: Counts,
    pub payload: Option<String>,
    pub averages: Averages,
}

impl Lexical {
    /// Open the index in `folder`, or create it there. Reads every file once to compare its checksum.
    pub fn open(folder: &Path) -> Result<Self, LexicalError> {
        guarded(|| {
            fs::create_dir_all(folder)?;
            let index = if has_version(folder)? { open_existing(folder)? } else { create(folder)? };
            index.tokenizers().register(TOKENIZER, IndexTokenizer::default());
            let fields = Fields::of(&index.schema())?;
            let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
            let lexical = Self {
                folder: folder.to_owned(),
                index,
                reader,
                fields,
                state: Default::default(),
                names: Default::default(),
                keys: Default::default(),
            };
            lexical.renew()?;
            Ok(lexical)
        })
    }

    /// Number of documents by kind, as of the last commit.
    pub fn counts(&self) -> Counts {
        self.read_state().counts
    }

    /// What the last commit was given to remember.
    pub fn payload(&self) -> Option<String> {
        self.read_state().payload.clone()
    }

    pub(super) fn averages(&self) -> Averages {
        self.read_state().averages
    }

    /// The same as long as nothing was committed since; never that of another index in another folder.
    pub fn version(&self) -> (PathBuf, u64) {
        (self.folder.clone(), self.searcher().generation().generation_id())
    }

    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Show what was committed.
    pub(super) fn renew(&self) -> Result<(), LexicalError> {
        self.reader.reload()?;
        let meta = self.index.load_metas()?;
        let searcher = self.searcher();
        let averages = average_lengths(&searcher, &self.fields)?;
        let state = State { counts: count(&searcher)?, payload: meta.payload, averages };
        *self.state.write().unwrap_or_else(std::sync::PoisonError::into_inner) = state;
        Ok(())
    }

    fn read_state(&self) -> std::sync::RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Remove files that a writer which never came to its commit left behind: the next one would give its own files the
/// same names, and fail.
pub(super) fn remove_leftovers(index: &Index, folder: &Path) -> Result<(), LexicalError> {
    let living: FxHashSet<_> = index.load_metas()?.segments.iter().flat_map(files_of).collect();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let text = name.to_string_lossy();
        let (stem, _) = text.split_once('.').unwrap_or((&text, ""));
        let is_of_segment = stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_of_segment && !living.contains(Path::new(&name)) {
            // Where a file that is mapped cannot be removed, it is one of an earlier commit, with another name.
            fs::remove_file(folder.join(&name)).ok();
        }
    }
    Ok(())
}

fn has_version(folder: &Path) -> Result<bool, LexicalError> {
    let text = match fs::read_to_string(folder.join(VERSION_FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let Ok(found) = text.trim_end().parse::<u32>() else {
        return Err(LexicalError::Corrupt(format!("{VERSION_FILE} holds no number")));
    };
    match found.cmp(&SCHEMA_VERSION) {
        std::cmp::Ordering::Less => Err(LexicalError::TooOld { found, known: SCHEMA_VERSION }),
        std::cmp::Ordering::Equal => Ok(true),
        std::cmp::Ordering::Greater => Err(LexicalError::TooNew { found, known: SCHEMA_VERSION }),
    }
}

/// A new index in an empty folder. The version file comes last: a folder without it was never finished.
fn create(folder: &Path) -> Result<Index, LexicalError> {
    if folder.join("meta.json").exists() && has_segments(folder)? {
        return Err(LexicalError::Corrupt(format!("{VERSION_FILE} is missing")));
    }
    for leftover in ["meta.json", ".managed.json"] {
        match fs::remove_file(folder.join(leftover)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
    let index = Index::builder().schema(schema::build()).settings(settings()).open_or_create(directory)?;
    let mut file = fs::File::create(folder.join(VERSION_FILE))?;
    writeln!(file, "{SCHEMA_VERSION}")?;
    file.sync_all()?;
    Ok(index)
}

fn has_segments(folder: &Path) -> Result<bool, LexicalError> {
    for entry in fs::read_dir(folder)? {
        if entry?.path().extension().is_some_and(|extension| extension == "term") {
            return Ok(true);
        }
    }
    Ok(false)
}

fn settings() -> IndexSettings {
    IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() }
}

fn open_existing(folder: &Path) -> Result<Index, LexicalError> {
    if !folder.join("meta.json").exists() || !folder.join(".managed.json").exists() {
        return Err(LexicalError::Corrupt("meta.json or .managed.json is missing".to_owned()));
    }
    let index = Index::open_in_dir(folder)?;
    if index.schema() != schema::build() {
        return Err(LexicalError::Corrupt("meta.json describes other fields".to_owned()));
    }
    let meta = index.load_metas()?;
    check_files(index.directory(), &meta)?;
    Ok(index)
}

/// Every file that the record of segments names is there and has the checksum it was written with.
fn check_files(directory: &ManagedDirectory, meta: &IndexMeta) -> Result<(), LexicalError> {
    meta.segments.iter().flat_map(files_of).try_for_each(|file| check_file(directory, &file))
}

fn files_of(segment: &SegmentMeta) -> Vec<PathBuf> {
    use tantivy::index::SegmentComponent::{Delete, FastFields, FieldNorms, Positions, Postings, Store, Terms};
    let whole = [FastFields, FieldNorms, Positions, Postings, Store, Terms];
    let components = whole.into_iter().chain(segment.has_deletes().then_some(Delete));
    components.map(|component| segment.relative_path(component)).collect()
}

fn check_file(directory: &ManagedDirectory, name: &Path) -> Result<(), LexicalError> {
    if !directory.validate_checksum(name).map_err(tantivy::TantivyError::from)? {
        return Err(LexicalError::Corrupt(format!("{} has another checksum", name.display())));
    }
    Ok(())
}

fn count(searcher: &Searcher) -> Result<Counts, LexicalError> {
    let mut counts = Counts::default();
    for segment in searcher.segment_readers() {
        let columns = entries::Columns::of(segment)?;
        for doc in segment.doc_ids_alive() {
            match columns.kind(doc)? {
                Kind::Note if columns.is_skipped(doc) => counts.skipped += 1,
                Kind::Note => counts.searched += 1,
                Kind::Canvas => counts.canvases += 1,
                Kind::Base => counts.bases += 1,
                Kind::Attachment => counts.attachments += 1,
            }
        }
    }
    counts.notes = counts.searched + counts.skipped;
    Ok(counts)
}
