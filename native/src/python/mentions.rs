//! Unlinked mentions.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::errors::pass_error;
use super::index::Index;
use crate::mentions::{Mentioned, of_note};

/// Where a note names others without a link and where others name it: `{"incoming": [...], "outgoing": [...]}`.
#[pyfunction]
#[pyo3(signature = (index, vault, path, *, max_note_bytes, limit))]
pub(super) fn mentions<'py>(
    py: Python<'py>,
    index: &Bound<'py, Index>,
    vault: PathBuf,
    path: &str,
    max_note_bytes: u64,
    limit: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let index = index.get();
    let found = py
        .detach(|| of_note(&index.lexical, &index.resolver, &vault, path, max_note_bytes, limit))
        .map_err(pass_error)?;
    let dict = PyDict::new(py);
    dict.set_item("incoming", rows(py, &found.incoming)?)?;
    dict.set_item("outgoing", rows(py, &found.outgoing)?)?;
    Ok(dict)
}

fn rows<'py>(py: Python<'py>, mentioned: &[Mentioned]) -> PyResult<Bound<'py, PyList>> {
    let rows = PyList::empty(py);
    for each in mentioned {
        let passage = PyDict::new(py);
        passage.set_item("text", &each.passage.text)?;
        passage.set_item("heading", &each.passage.heading)?;
        passage.set_item("line", each.passage.line)?;
        passage.set_item("ranges", &each.passage.ranges)?;
        let row = PyDict::new(py);
        row.set_item("path", &each.path)?;
        row.set_item("title", &each.title)?;
        row.set_item("name", &each.name)?;
        row.set_item("count", each.count)?;
        row.set_item("linked", each.linked)?;
        row.set_item("passage", passage)?;
        rows.append(row)?;
    }
    Ok(rows)
}
