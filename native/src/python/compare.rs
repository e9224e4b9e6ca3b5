//! Two texts side by side.

use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::compare::{Bounds, Kind, Line, Piece, compare as compared};
use crate::near::{Overlap, body, distinct, words};

/// What two notes' texts differ in, shaped as `duplicates.compare` answers, without their paths. `patience_ms` bounds the search for
/// the best answer, `max_bytes` about how large it is.
#[pyfunction]
#[pyo3(signature = (left, right, *, context, max_bytes, patience_ms))]
pub(super) fn compare<'py>(
    py: Python<'py>,
    left: &str,
    right: &str,
    context: usize,
    max_bytes: usize,
    patience_ms: u64,
) -> PyResult<Bound<'py, PyDict>> {
    let bounds = Bounds { context, bytes: max_bytes, patience: Duration::from_millis(patience_ms) };
    let (found, similarity) = py.detach(|| {
        let sets = [left, right].map(|text| distinct(&words(body(text))));
        (compared(left, right, bounds), Overlap::of(&sets[0], &sets[1]).resemblance())
    });
    let hunks = PyList::empty(py);
    for hunk in &found.hunks {
        let row = PyDict::new(py);
        row.set_item("left_line", hunk.left_line)?;
        row.set_item("right_line", hunk.right_line)?;
        let lines = hunk.lines.iter().map(|each| line(py, each)).collect::<PyResult<Vec<_>>>()?;
        row.set_item("lines", lines)?;
        hunks.append(row)?;
    }
    let dict = PyDict::new(py);
    dict.set_item("hunks", hunks)?;
    dict.set_item("similarity", similarity)?;
    dict.set_item("same", found.same)?;
    dict.set_item("changed", found.changed)?;
    dict.set_item("removed", found.removed)?;
    dict.set_item("added", found.added)?;
    dict.set_item("more", found.more)?;
    Ok(dict)
}

fn line<'py>(py: Python<'py>, line: &Line<'_>) -> PyResult<Bound<'py, PyDict>> {
    let row = PyDict::new(py);
    row.set_item(
        "kind",
        match line.kind {
            Kind::Same => "same",
            Kind::Changed => "changed",
            Kind::Removed => "removed",
            Kind::Added => "added",
        },
    )?;
    row.set_item("left", side(py, line.left.as_deref())?)?;
    row.set_item("right", side(py, line.right.as_deref())?)?;
    Ok(row)
}

fn side<'py>(py: Python<'py>, pieces: Option<&[Piece<'_>]>) -> PyResult<Option<Bound<'py, PyList>>> {
    let Some(pieces) = pieces else { return Ok(None) };
    let list = PyList::empty(py);
    for piece in pieces {
        let row = PyDict::new(py);
        row.set_item("text", piece.text)?;
        row.set_item("same", piece.same)?;
        list.append(row)?;
    }
    Ok(Some(list))
}
