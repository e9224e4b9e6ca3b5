//! Duplicates among notes.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::errors::CoreError;
use super::memory::trim_heap;
use super::watcher::Watcher;
use crate::near;

/// Notes with the same or nearly the same text among these: `{"identical": [[path, …], …], "near": [(path, path, Jaccard's index), …],
/// "digests": {path: BLAKE3}, "read": int}`, the most alike first. Of identical notes the first stands for all in `near`.
#[pyfunction]
#[pyo3(signature = (vault, paths, *, max_note_bytes, least, threads, progress=None))]
pub(super) fn duplicates<'py>(
    py: Python<'py>,
    vault: PathBuf,
    paths: Vec<String>,
    max_note_bytes: u64,
    least: f32,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let watcher = Watcher::new(progress);
    let found = py.detach(|| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let report = |phase, done, total| watcher.report(phase, done, total);
        pool.map(|pool| pool.install(|| near::duplicates(&vault, &paths, max_note_bytes, least, &report)))
    });
    trim_heap();
    if let Some(error) = watcher.raised() {
        return Err(error);
    }
    let found = found.map_err(|error| CoreError::new_err(error.to_string()))?;
    let path = |place: u32| found.notes[place as usize].path.as_str();
    let digests = PyDict::new(py);
    let paired = found.near.iter().flat_map(|pair| [pair.left, pair.right]);
    for place in found.identical.iter().flatten().copied().chain(paired) {
        digests.set_item(path(place), PyBytes::new(py, &found.notes[place as usize].digest))?;
    }
    let identical: Vec<Vec<&str>> =
        found.identical.iter().map(|group| group.iter().map(|&place| path(place)).collect()).collect();
    let near: Vec<(&str, &str, f32)> =
        found.near.iter().map(|pair| (path(pair.left), path(pair.right), pair.resemblance)).collect();
    let dict = PyDict::new(py);
    dict.set_item("identical", identical)?;
    dict.set_item("near", near)?;
    dict.set_item("digests", digests)?;
    dict.set_item("read", found.notes.len())?;
    Ok(dict)
}
