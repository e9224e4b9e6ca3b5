//! What is remembered of files to know later whether they still say the same.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;

use crate::near::{self, Fingerprint};

/// For each file a digest and a sketch of what it says, None where it cannot be read.
#[pyfunction]
#[pyo3(signature = (vault, paths, *, max_note_bytes))]
pub(super) fn fingerprints<'py>(
    py: Python<'py>,
    vault: PathBuf,
    paths: Vec<String>,
    max_note_bytes: u64,
) -> Vec<Option<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)>> {
    let found: Vec<Option<Fingerprint>> = py.detach(|| {
        (paths.par_iter())
            .map_init(Vec::new, |buffer, path| Fingerprint::of_file(&vault, path, max_note_bytes, buffer))
            .collect()
    });
    (found.into_iter())
        .map(|each| each.map(|each| (PyBytes::new(py, &each.digest), PyBytes::new(py, &each.sketch))))
        .collect()
}

/// Jaccard's index of two texts, estimated from their sketches; 0 where one is none of this version.
#[pyfunction]
pub(super) fn resemblance(left: &[u8], right: &[u8]) -> f32 {
    near::resemblance(left, right)
}
