//! The Python boundary, `librarian._native`: the only folder that names pyo3.
//!
//! Calls that touch files release the GIL. Tables cross as Arrow streams (the PyCapsule interface), answers as plain
//! dictionaries, because they are few; a note is never a Python object.

mod anatomy;
mod arrow;
mod compare;
mod errors;
mod exclusion;
mod fingerprint;
mod index;
mod meaning;
mod memory;
mod mentions;
mod near;
mod outline;
mod report;
mod secrets;
mod vectors;
mod watcher;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::anatomy::{Resolver, anatomy, wikilinks, yaml_pieces};
    #[pymodule_export]
    use super::arrow::ArrowTable;
    #[pymodule_export]
    use super::compare::compare;
    #[pymodule_export]
    use super::errors::{
        CoreError, IndexCorrupt, IndexTooNew, ModelInvalid, PassCancelled, VaultGone, VectorsCorrupt, VectorsTooNew,
    };
    #[pymodule_export]
    use super::exclusion::Exclusion;
    #[pymodule_export]
    use super::fingerprint::{fingerprints, resemblance};
    #[pymodule_export]
    use super::index::{Allowed, Index, Ranking, meaning_of};
    #[pymodule_export]
    use super::meaning::{StaticModel, passages, passages_at};
    #[pymodule_export]
    use super::memory::{release_memory, share_heaps};
    #[pymodule_export]
    use super::mentions::mentions;
    #[pymodule_export]
    use super::near::Corpus;
    #[pymodule_export]
    use super::outline::{decode, outline};
    #[pymodule_export]
    use super::report::PassReport;
    #[pymodule_export]
    use super::vectors::PassageVectors;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
