//! What is left out, for those who read and for those who send.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::exclusion;

/// Asked with ``path in exclusion``: whether a file is left out itself, or lies in a folder that is.
#[pyclass(frozen, module = "librarian._native")]
pub(super) struct Exclusion {
    pub(super) exclusion: Arc<exclusion::Exclusion>,
}

#[pymethods]
impl Exclusion {
    #[new]
    #[pyo3(signature = (folders=vec![], filters=vec![]))]
    fn new(folders: Vec<String>, filters: Vec<String>) -> Self {
        Self { exclusion: Arc::new(exclusion::Exclusion::new(&folders, &filters)) }
    }

    fn __contains__(&self, path: &Bound<'_, PyString>) -> bool {
        // A name that is no Unicode is somebody's, too.
        self.exclusion.has(&path.to_string_lossy())
    }

    /// Filters that leave nothing out, because nobody here knows what they mean.
    #[getter]
    fn unknown(&self) -> Vec<String> {
        self.exclusion.unknown().to_vec()
    }
}
