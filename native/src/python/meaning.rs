//! Static models, and notes as rows of passages.

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use rayon::prelude::*;

use super::arrow::ArrowTable;
use super::errors::{CoreError, ModelInvalid};
use super::secrets::Secrets;
use super::watcher::Watcher;
use crate::batch::title_of;
use crate::embed;
use crate::lexical::Kind;
use crate::meaning::{cut_notes, rows, schema};
use crate::pass::understand;
use crate::passage::Passage;
use crate::read::read;
use crate::split;

/// A static embedding model: a table of vectors (safetensors) and a tokenizer (`tokenizer.json`).
#[pyclass(frozen, module = "librarian._native")]
pub(super) struct StaticModel {
    model: embed::StaticModel,
}

#[pymethods]
impl StaticModel {
    #[new]
    #[pyo3(signature = (weights, tokenizer, dimensions=None))]
    fn new(py: Python<'_>, weights: PathBuf, tokenizer: PathBuf, dimensions: Option<usize>) -> PyResult<Self> {
        py.detach(|| embed::StaticModel::open(&weights, &tokenizer, dimensions))
            .map(|model| Self { model })
            .map_err(|error| ModelInvalid::new_err(error.to_string()))
    }

    #[getter]
    fn dimensions(&self) -> usize {
        self.model.dimensions()
    }

    /// BLAKE3 over table, tokenizer and dimensions, hexadecimal.
    #[getter]
    fn digest(&self) -> &str {
        self.model.digest()
    }

    /// The texts' vectors, one after another, as little-endian f32.
    fn embed<'py>(&self, py: Python<'py>, texts: Vec<String>) -> Bound<'py, PyBytes> {
        let vectors = py.detach(|| self.model.embed(&texts));
        let bytes: Vec<u8> = vectors.iter().flat_map(|number| number.to_le_bytes()).collect();
        PyBytes::new(py, &bytes)
    }

    /// Let go of the memory of words that much text leaves behind.
    fn rest(&self) {
        self.model.rest();
    }

    /// The share of the text's letters that the model knows in pieces larger than bytes.
    fn known_share(&self, text: &str) -> f32 {
        self.model.known_share(text)
    }

    fn tokens(&self, text: &str) -> Vec<u32> {
        self.model.tokens(text)
    }
}

/// The passages of notes as rows: (path, note, ordinal, digest, vector), or with `text` in the vector's place without a model.
/// `hiding`: where secrets stand in a text, told in characters, and the mark in their place; the texts are then without them.
#[pyfunction]
#[pyo3(signature = (vault, paths, *, max_note_bytes, words, model, threads, hiding=None, progress=None))]
#[allow(clippy::too_many_arguments)]
pub(super) fn passages(
    py: Python<'_>,
    vault: PathBuf,
    paths: Vec<String>,
    max_note_bytes: u64,
    words: usize,
    model: Option<Py<StaticModel>>,
    threads: usize,
    hiding: Option<(Py<PyAny>, String)>,
    progress: Option<Py<PyAny>>,
) -> PyResult<ArrowTable> {
    let watcher = Watcher::new(progress);
    let secrets = hiding.map(|(found, mark)| Secrets::new(found, mark));
    let model = model.as_ref().map(|model| &model.get().model);
    let batch = py.detach(|| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| error.to_string())?;
        pool.install(|| {
            let report = |phase, done, total| watcher.report(phase, done, total);
            let find = |text: &str| secrets.as_ref().map_or_else(Vec::new, |secrets| secrets.find(text));
            let hiding = secrets.as_ref().map(|secrets| split::Hiding { secrets: &find, mark: &secrets.mark });
            let cuts = cut_notes(&vault, &paths, max_note_bytes, words, hiding.as_ref(), &report);
            rows(&cuts, model).map_err(|error| error.to_string())
        })
    });
    if let Some(error) = watcher.raised().or_else(|| secrets.and_then(Secrets::raised)) {
        return Err(error);
    }
    let batch = batch.map_err(CoreError::new_err)?;
    Ok(ArrowTable { schema: schema(model.map(embed::StaticModel::dimensions)), batches: vec![batch] })
}

/// Passages of notes as a search shows them: for each (path, ordinal, digest) the one with this digest, else with this ordinal,
/// else the note's opening. None where the file cannot be read any more.
#[pyfunction]
#[pyo3(signature = (vault, places, *, words, max_note_bytes))]
pub(super) fn passages_at<'py>(
    py: Python<'py>,
    vault: PathBuf,
    places: Vec<(String, u32, Vec<u8>)>,
    words: usize,
    max_note_bytes: u64,
) -> PyResult<Vec<Option<Bound<'py, PyDict>>>> {
    let found: Vec<_> = py.detach(|| {
        let places = places.par_iter();
        places
            .map(|(path, ordinal, digest)| shown_passage(&vault, path, *ordinal, digest, words, max_note_bytes))
            .collect()
    });
    found.into_iter().map(|passage| passage.map(|passage| passage_dict(py, &passage)).transpose()).collect()
}

fn shown_passage(
    vault: &Path,
    path: &str,
    ordinal: u32,
    digest: &[u8],
    words: usize,
    max_note_bytes: u64,
) -> Option<Passage> {
    let content = read(&vault.join(path), max_note_bytes, &mut Vec::new()).ok()?;
    let (note, text) = understand(Kind::Note, content.text).ok()?;
    let found = split::find(&note, &text, title_of(path, Kind::Note), words, ordinal, digest);
    Some(crate::passage::shown(&text, &note, found))
}

fn passage_dict<'py>(py: Python<'py>, passage: &Passage) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("text", &passage.text)?;
    dict.set_item("heading", &passage.heading)?;
    dict.set_item("line", passage.line)?;
    dict.set_item("ranges", &passage.ranges)?;
    Ok(dict)
}
