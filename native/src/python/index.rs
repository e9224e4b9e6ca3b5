//! The lexical index and the passes over a vault.

use std::path::PathBuf;
use std::sync::Mutex;

use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::arrow::ArrowTable;
use super::errors::{lexical_error, pass_error};
use super::exclusion::Exclusion;
use super::memory::trim_heap;
use super::report::PassReport;
use super::watcher::Watcher;
use crate::batch::kind_name;
use crate::lexical::{self, Answer, Hit, Lexical, Page};
use crate::links::Resolver;
use crate::pass::{self, COMPLETE, PassError, PassOptions};
use crate::scan::ScanOptions;

/// The lexical index of one vault and the pass that keeps it true.
#[pyclass(frozen, module = "librarian._native")]
pub(super) struct Index {
    pub(super) lexical: Lexical,
    pub(super) resolver: Mutex<Option<Resolver>>,
    /// One pass at a time.
    passing: Mutex<()>,
}

#[pymethods]
impl Index {
    #[new]
    fn new(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        let lexical = py.detach(|| Lexical::open(&folder)).map_err(lexical_error)?;
        Ok(Self { lexical, resolver: Mutex::new(None), passing: Mutex::new(()) })
    }

    /// Whether the whole vault was indexed at least once.
    #[getter]
    fn is_complete(&self) -> bool {
        self.lexical.payload().as_deref() == Some(COMPLETE)
    }

    #[pyo3(signature = (vault, *, excluded, max_note_bytes, threads, heap_bytes, trust_empty=false, progress=None))]
    #[allow(clippy::too_many_arguments)]
    fn refresh(
        &self,
        py: Python<'_>,
        vault: PathBuf,
        excluded: PyRef<'_, Exclusion>,
        max_note_bytes: u64,
        threads: usize,
        heap_bytes: usize,
        trust_empty: bool,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<PassReport> {
        let options = PassOptions {
            scan: ScanOptions { excluded: excluded.exclusion.clone(), max_note_bytes, threads },
            heap_bytes,
        };
        let watcher = Watcher::new(progress);
        let outcome = py.detach(|| {
            let _one = self.passing.lock();
            pass::refresh(&self.lexical, &self.resolver, &vault, &options, trust_empty, &|phase, done, total| {
                watcher.report(phase, done, total)
            })
        });
        trim_heap();
        if let Some(error) = watcher.raised() {
            return Err(error);
        }
        outcome.map(PassReport::from).map_err(pass_error)
    }

    #[pyo3(signature = (vault, paths, *, excluded, max_note_bytes, threads, heap_bytes))]
    #[allow(clippy::too_many_arguments)]
    fn apply(
        &self,
        py: Python<'_>,
        vault: PathBuf,
        paths: Vec<String>,
        excluded: PyRef<'_, Exclusion>,
        max_note_bytes: u64,
        threads: usize,
        heap_bytes: usize,
    ) -> PyResult<PassReport> {
        let options = PassOptions {
            scan: ScanOptions { excluded: excluded.exclusion.clone(), max_note_bytes, threads },
            heap_bytes,
        };
        py.detach(|| {
            let _one = self.passing.lock();
            pass::apply(&self.lexical, &self.resolver, &vault, &options, &paths)
        })
        .map(PassReport::from)
        .map_err(pass_error)
    }

    /// Answer a query: `{"hits": [...], "total": int}`, hits shaped as on the wire.
    fn search<'py>(
        &self,
        py: Python<'py>,
        vault: PathBuf,
        text: &str,
        limit: usize,
        offset: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let answer = py.detach(|| self.lexical.search(&vault, text, Page { limit, offset })).map_err(lexical_error)?;
        answer_dict(py, &answer)
    }

    /// Score all notes for a query, as the index is now; nothing is read from the vault.
    fn rank(&self, py: Python<'_>, text: &str) -> PyResult<Ranking> {
        let (ranking, allowed) = py
            .detach(|| {
                let ranking = self.lexical.rank(text)?;
                let allowed = self.lexical.allowed(&ranking)?;
                Ok((ranking, allowed))
            })
            .map_err(lexical_error)?;
        Ok(Ranking { ranking, allowed: allowed.map(|allowed| Py::new(py, Allowed { allowed })).transpose()? })
    }

    /// Numbers of files by what they are: notes, searched, skipped, canvases, bases, attachments.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = self.lexical.counts();
        let dict = PyDict::new(py);
        dict.set_item("notes", counts.notes)?;
        dict.set_item("searched", counts.searched)?;
        dict.set_item("skipped", counts.skipped)?;
        dict.set_item("canvases", counts.canvases)?;
        dict.set_item("bases", counts.bases)?;
        dict.set_item("attachments", counts.attachments)?;
        Ok(dict)
    }

    /// Files whose text is not indexed, as (path, reason), by path.
    fn skipped(&self, py: Python<'_>) -> PyResult<Vec<(String, String)>> {
        let entries = py.detach(|| self.lexical.entries()).map_err(lexical_error)?;
        let mut skipped: Vec<_> =
            entries.into_iter().filter_map(|entry| Some((entry.stat.path, entry.skipped?))).collect();
        skipped.sort_unstable();
        Ok(skipped)
    }

    /// What the index knows: an Arrow stream of (path, digest).
    fn manifest(&self, py: Python<'_>) -> PyResult<ArrowTable> {
        py.detach(|| {
            let entries = self.lexical.entries()?;
            let paths: StringArray = entries.iter().map(|entry| Some(entry.stat.path.as_str())).collect();
            let digests: BinaryArray = entries.iter().map(|entry| Some(entry.digest.as_slice())).collect();
            let fields = vec![Field::new("path", DataType::Utf8, true), Field::new("digest", DataType::Binary, true)];
            let columns: Vec<ArrayRef> = vec![std::sync::Arc::new(paths), std::sync::Arc::new(digests)];
            let schema = SchemaRef::new(Schema::new(fields));
            let batch = RecordBatch::try_new(schema.clone(), columns).map_err(PassError::from)?;
            Ok(ArrowTable { schema, batches: vec![batch] })
        })
        .map_err(pass_error)
    }

    /// Rows of some files for the catalog, read from the vault as it is now; the index is left alone.
    #[pyo3(signature = (vault, paths, *, excluded, max_note_bytes, threads))]
    fn describe(
        &self,
        py: Python<'_>,
        vault: PathBuf,
        paths: Vec<String>,
        excluded: PyRef<'_, Exclusion>,
        max_note_bytes: u64,
        threads: usize,
    ) -> PyResult<PassReport> {
        let scan = ScanOptions { excluded: excluded.exclusion.clone(), max_note_bytes, threads };
        py.detach(|| {
            let _one = self.passing.lock();
            pass::describe(&self.lexical, &self.resolver, &vault, &scan, &paths)
        })
        .map(PassReport::from)
        .map_err(pass_error)
    }

    /// Resolve links again: for each (source path, target) the path it leads to now, or None.
    fn resolve(&self, py: Python<'_>, links: Vec<(String, String)>) -> PyResult<Vec<Option<String>>> {
        py.detach(|| pass::resolve(&self.lexical, &self.resolver, &links)).map_err(pass_error)
    }
}

/// A query that was scored: its best notes, and how notes look as hits.
#[pyclass(frozen, module = "librarian._native")]
pub(super) struct Ranking {
    ranking: lexical::Ranking,
    allowed: Option<Py<Allowed>>,
}

#[pymethods]
impl Ranking {
    /// Files that match.
    #[getter]
    fn total(&self) -> usize {
        self.ranking.total()
    }

    /// Whether the query says how well a note matches; filters alone list notes, newest first.
    #[getter]
    fn has_words(&self) -> bool {
        self.ranking.has_words()
    }

    /// What a note would score, at most, that has every word of the query as often as can be.
    #[getter]
    fn ideal(&self) -> f32 {
        self.ranking.ideal()
    }

    /// The notes that filters, exclusions and required phrases admit; None: all.
    #[getter]
    fn allowed(&self, py: Python<'_>) -> Option<Py<Allowed>> {
        self.allowed.as_ref().map(|allowed| allowed.clone_ref(py))
    }

    /// The best (path, score), best first; scores compare within this ranking.
    fn top(&self, py: Python<'_>, limit: usize) -> PyResult<Vec<(String, f32)>> {
        let top = py.detach(|| self.ranking.top(limit)).map_err(lexical_error)?;
        Ok(top.into_iter().map(|ranked| (ranked.path, ranked.score)).collect())
    }

    /// How well each of these files matches; None for those that do not.
    fn scores(&self, py: Python<'_>, paths: Vec<String>) -> PyResult<Vec<Option<f32>>> {
        py.detach(|| self.ranking.scores(&paths)).map_err(lexical_error)
    }

    /// These notes as hits, shaped as on the wire; those without a word of the query come with their opening and no reason.
    fn show<'py>(&self, py: Python<'py>, vault: PathBuf, paths: Vec<String>) -> PyResult<Bound<'py, PyList>> {
        let hits = py.detach(|| self.ranking.show(&vault, &paths)).map_err(lexical_error)?;
        hits_list(py, &hits)
    }
}

/// Which notes a query's filters admit; opaque.
#[pyclass(frozen, module = "librarian._native")]
pub(super) struct Allowed {
    pub(super) allowed: lexical::Allowed,
}

/// The words of a query that say what is looked for: without operators, filters and what is excluded, quotes opened.
#[pyfunction]
pub(super) fn meaning_of(text: &str) -> String {
    crate::query::parse(text).meaning()
}

fn answer_dict<'py>(py: Python<'py>, answer: &Answer) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("hits", hits_list(py, &answer.hits)?)?;
    dict.set_item("total", answer.total)?;
    Ok(dict)
}

fn hits_list<'py>(py: Python<'py>, found: &[Hit]) -> PyResult<Bound<'py, PyList>> {
    let hits = PyList::empty(py);
    for hit in found {
        let passage = PyDict::new(py);
        passage.set_item("text", &hit.passage.text)?;
        passage.set_item("heading", &hit.passage.heading)?;
        passage.set_item("line", hit.passage.line)?;
        passage.set_item("ranges", &hit.passage.ranges)?;
        let why = PyList::empty(py);
        for reason in &hit.why {
            let row = PyDict::new(py);
            row.set_item("field", reason.field)?;
            row.set_item("term", &reason.term)?;
            row.set_item("kind", reason.kind.name())?;
            why.append(row)?;
        }
        let row = PyDict::new(py);
        row.set_item("path", &hit.path)?;
        row.set_item("title", &hit.title)?;
        row.set_item("kind", kind_name(hit.kind))?;
        row.set_item("score", hit.score)?;
        row.set_item("passage", passage)?;
        row.set_item("why", why)?;
        hits.append(row)?;
    }
    Ok(hits)
}
