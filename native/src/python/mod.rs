//! The Python boundary, `librarian._native`: the only folder that names pyo3.
//!
//! Calls that touch files release the GIL. Tables cross as Arrow streams (the PyCapsule interface), answers as plain
//! dictionaries, because they are few; a note is never a Python object.

mod arrow;
mod errors;
mod index;
mod meaning;
mod mentions;
mod outline;
mod report;
mod vectors;
mod watcher;

use pyo3::prelude::*;

/// Give memory that was freed back to the system.
#[pyfunction]
fn release_memory(py: Python<'_>) {
    py.detach(trim_heap);
}

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::arrow::ArrowTable;
    #[pymodule_export]
    use super::errors::{
        CoreError, IndexCorrupt, IndexTooNew, ModelInvalid, PassCancelled, VaultGone, VectorsCorrupt, VectorsTooNew,
    };
    #[pymodule_export]
    use super::index::{Allowed, Index, Ranking, meaning_of};
    #[pymodule_export]
    use super::meaning::{StaticModel, passages, passages_at};
    #[pymodule_export]
    use super::mentions::mentions;
    #[pymodule_export]
    use super::outline::{decode, outline};
    #[pymodule_export]
    use super::release_memory;
    #[pymodule_export]
    use super::report::PassReport;
    #[pymodule_export]
    use super::vectors::PassageVectors;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}

/// Give memory that a large pass freed back to the system; glibc keeps it otherwise.
fn trim_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: malloc_trim has no preconditions.
    unsafe {
        libc::malloc_trim(0);
    }
}
