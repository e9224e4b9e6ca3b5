//! The Python boundary, `librarian._native`: the only file that names pyo3.
//!
//! Calls that touch files release the GIL. Tables cross as Arrow streams (the PyCapsule interface), answers as plain
//! dictionaries, because they are few; a note is never a Python object.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, BinaryArray, RecordBatch, RecordBatchIterator, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList};

use crate::batch::{TABLES, json, kind_name, schemas, title_of};
use crate::lexical::{Answer, Lexical, LexicalError, Page};
use crate::links::Resolver;
use crate::pass::{self, COMPLETE, PassError, PassOptions, Report, understand};
use crate::scan::{ScanOptions, kind_of};

create_exception!(_native, CoreError, PyException, "Root of the core's own errors.");
create_exception!(_native, IndexCorrupt, CoreError, "The index folder cannot be read; delete it and index again.");
create_exception!(_native, IndexTooNew, CoreError, "The index was written by a newer version: (found, known).");
create_exception!(
    _native,
    VaultGone,
    CoreError,
    "The vault's folder cannot be read, or all its files are gone at once."
);
create_exception!(_native, PassCancelled, CoreError, "The progress callback asked to stop; the index is as it was.");

/// The lexical index of one vault and the pass that keeps it true.
#[pyclass(frozen, module = "librarian._native")]
struct Index {
    lexical: Lexical,
    resolver: Mutex<Option<Resolver>>,
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
        excluded: Vec<String>,
        max_note_bytes: u64,
        threads: usize,
        heap_bytes: usize,
        trust_empty: bool,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<PassReport> {
        let options = PassOptions { scan: ScanOptions { excluded, max_note_bytes, threads }, heap_bytes };
        let watcher = Watcher { callback: progress, state: Mutex::new(WatcherState { last: None, raised: None }) };
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
        excluded: Vec<String>,
        max_note_bytes: u64,
        threads: usize,
        heap_bytes: usize,
    ) -> PyResult<PassReport> {
        let options = PassOptions { scan: ScanOptions { excluded, max_note_bytes, threads }, heap_bytes };
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
        excluded: Vec<String>,
        max_note_bytes: u64,
        threads: usize,
    ) -> PyResult<PassReport> {
        let scan = ScanOptions { excluded, max_note_bytes, threads };
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

/// What one pass found and did.
#[pyclass(frozen, module = "librarian._native")]
struct PassReport {
    report: Report,
}

impl From<Report> for PassReport {
    fn from(report: Report) -> Self {
        Self { report }
    }
}

#[pymethods]
impl PassReport {
    /// An Arrow stream for every table of the catalog.
    fn tables(&self) -> std::collections::HashMap<&'static str, ArrowTable> {
        TABLES
            .iter()
            .zip(schemas())
            .enumerate()
            .map(|(place, (name, schema))| {
                let batches = self.report.batches.iter().map(|tables| tables[place].clone()).collect();
                (*name, ArrowTable { schema, batches })
            })
            .collect()
    }

    #[getter]
    fn touched(&self) -> Vec<String> {
        self.report.touched.clone()
    }

    #[getter]
    fn removed(&self) -> Vec<String> {
        self.report.removed.clone()
    }

    #[getter]
    fn moved(&self) -> Vec<(String, String)> {
        self.report.moved.clone()
    }

    #[getter]
    fn added(&self) -> usize {
        self.report.added
    }

    #[getter]
    fn unchanged(&self) -> usize {
        self.report.unchanged
    }

    #[getter]
    fn unlisted(&self) -> Vec<(String, String)> {
        self.report.unlisted.clone()
    }

    #[getter]
    fn needs_refresh(&self) -> bool {
        self.report.needs_refresh
    }

    #[getter]
    fn scan_ms(&self) -> f64 {
        self.report.scan_ms
    }

    #[getter]
    fn read_ms(&self) -> f64 {
        self.report.read_ms
    }

    #[getter]
    fn commit_ms(&self) -> f64 {
        self.report.commit_ms
    }
}

/// A table that speaks the Arrow PyCapsule interface.
#[pyclass(frozen, module = "librarian._native")]
struct ArrowTable {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

#[pymethods]
impl ArrowTable {
    #[getter]
    fn num_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The interface allows a producer to ignore the requested schema.
        drop(requested_schema);
        let batches: Vec<Result<RecordBatch, ArrowError>> = self.batches.iter().cloned().map(Ok).collect();
        let stream = FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new(batches, self.schema.clone())));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

/// The structure of a note's text, shaped as `notes.outline` answers, without path and title.
#[pyfunction]
fn outline<'py>(py: Python<'py>, path: &str, text: String) -> PyResult<Bound<'py, PyDict>> {
    let kind = kind_of(path);
    let (note, text) = understand(kind, text).map_err(PyValueError::new_err)?;
    let lines = crate::offsets::Offsets::new(&text);
    let dict = PyDict::new(py);
    dict.set_item("title", title_of(path, kind))?;
    dict.set_item("aliases", note.aliases())?;
    dict.set_item("tags", note.all_tags())?;
    let properties = note.properties.iter().map(|property| (property.key.clone(), json(&property.value)));
    dict.set_item("properties", properties.collect::<serde_json::Map<_, _>>().into_py_json(py)?)?;
    let headings = PyList::empty(py);
    for heading in &note.headings {
        let row = PyDict::new(py);
        row.set_item("level", heading.level)?;
        row.set_item("text", &heading.text)?;
        row.set_item("line", lines.line(heading.range.start))?;
        headings.append(row)?;
    }
    dict.set_item("headings", headings)?;
    let tasks = PyList::empty(py);
    for item in &note.list_items {
        let Some(status) = item.task else { continue };
        let row = PyDict::new(py);
        row.set_item("status", status)?;
        row.set_item("text", task_text(&text[item.range.clone()]))?;
        row.set_item("line", lines.line(item.range.start))?;
        tasks.append(row)?;
    }
    dict.set_item("tasks", tasks)?;
    let words: usize = note.prose.iter().map(|range| crate::count::count_words(&text[range.clone()]).0).sum();
    dict.set_item("words", words)?;
    dict.set_item("frontmatter_error", note.frontmatter_error)?;
    Ok(dict)
}

/// A file's text as the core reads it: any encoding, no byte-order mark.
#[pyfunction]
fn decode(bytes: &[u8]) -> String {
    crate::read::decode(bytes).into_owned()
}

/// Give memory that was freed back to the system.
#[pyfunction]
fn release_memory(py: Python<'_>) {
    py.detach(trim_heap);
}

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::{
        ArrowTable, CoreError, Index, IndexCorrupt, IndexTooNew, PassCancelled, PassReport, VaultGone, decode, outline,
        release_memory,
    };

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}

trait IntoPyJson {
    fn into_py_json<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;
}

impl<T: Into<serde_json::Value>> IntoPyJson for T {
    fn into_py_json<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        use serde_json::Value;
        Ok(match self.into() {
            Value::Null => py.None().into_bound(py),
            Value::Bool(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => whole.into_pyobject(py)?.into_any(),
                None => number.as_f64().into_pyobject(py)?.into_any(),
            },
            Value::String(text) => text.into_pyobject(py)?.into_any(),
            Value::Array(items) => {
                let list = PyList::empty(py);
                for item in items {
                    list.append(item.into_py_json(py)?)?;
                }
                list.into_any()
            }
            Value::Object(pairs) => {
                let dict = PyDict::new(py);
                for (key, value) in pairs {
                    dict.set_item(key, value.into_py_json(py)?)?;
                }
                dict.into_any()
            }
        })
    }
}

/// Calls a Python progress callback at most every 50 ms (and at every change of phase), from whichever thread.
struct Watcher {
    callback: Option<Py<PyAny>>,
    state: Mutex<WatcherState>,
}

struct WatcherState {
    last: Option<(&'static str, Instant)>,
    raised: Option<PyErr>,
}

impl Watcher {
    fn report(&self, phase: &'static str, done: usize, total: usize) -> bool {
        let Some(callback) = &self.callback else { return true };
        {
            // Whoever finds the lock taken lets the other thread report.
            let Ok(mut state) = self.state.try_lock() else { return true };
            if state.raised.is_some() {
                return false;
            }
            if state.last.is_some_and(|(before, at)| before == phase && at.elapsed() < Duration::from_millis(50)) {
                return true;
            }
            state.last = Some((phase, Instant::now()));
        }
        let answer =
            Python::attach(|py| callback.bind(py).call1((phase, done, total)).and_then(|answer| answer.is_truthy()));
        answer.unwrap_or_else(|error| {
            if let Ok(mut state) = self.state.lock() {
                state.raised = Some(error);
            }
            false
        })
    }

    fn raised(&self) -> Option<PyErr> {
        self.state.lock().ok()?.raised.take()
    }
}

fn answer_dict<'py>(py: Python<'py>, answer: &Answer) -> PyResult<Bound<'py, PyDict>> {
    let hits = PyList::empty(py);
    for hit in &answer.hits {
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
    let dict = PyDict::new(py);
    dict.set_item("hits", hits)?;
    dict.set_item("total", answer.total)?;
    Ok(dict)
}

fn task_text(item: &str) -> &str {
    let first = item.lines().next().unwrap_or("");
    first.split_once(']').map_or(first, |(_, rest)| rest).trim()
}

fn lexical_error(error: LexicalError) -> PyErr {
    match error {
        LexicalError::TooNew { found, known } => IndexTooNew::new_err((found, known)),
        LexicalError::Corrupt(reason) => IndexCorrupt::new_err(reason),
        LexicalError::Io(error) => io_error(error),
        old @ LexicalError::TooOld { .. } => IndexCorrupt::new_err(old.to_string()),
        busy @ LexicalError::Busy => PyOSError::new_err((libc::EBUSY, busy.to_string())),
    }
}

fn io_error(error: std::io::Error) -> PyErr {
    match error.raw_os_error() {
        Some(number) => PyOSError::new_err((number, error.to_string())),
        None => error.into(),
    }
}

fn pass_error(error: PassError) -> PyErr {
    match error {
        PassError::Unavailable(reason) => VaultGone::new_err(reason),
        PassError::Cancelled => PassCancelled::new_err("cancelled"),
        PassError::Lexical(error) => lexical_error(error),
        PassError::Arrow(error) => CoreError::new_err(error.to_string()),
    }
}

/// Give memory that a large pass freed back to the system; glibc keeps it otherwise.
fn trim_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: malloc_trim has no preconditions.
    unsafe {
        libc::malloc_trim(0);
    }
}
