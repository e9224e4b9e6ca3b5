//! The core's errors as Python exceptions.

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::lexical::LexicalError;
use crate::pass::PassError;
use crate::vectors::VectorsError;

create_exception!(_native, CoreError, PyException, "Root of the core's own errors.");
create_exception!(_native, IndexCorrupt, CoreError, "The index folder cannot be read; delete it and index again.");
create_exception!(_native, IndexTooNew, CoreError, "The index was written by a newer version: (found, known).");
create_exception!(
    _native,
    VaultGone,
    CoreError,
    "The vault's folder cannot be read, or all its files are gone at once."
);
create_exception!(_native, ModelInvalid, CoreError, "The files are no model that can be used; says why.");
create_exception!(
    _native,
    VectorsCorrupt,
    CoreError,
    "The copy of the vectors cannot be used; delete it and fill it again."
);
create_exception!(_native, VectorsTooNew, CoreError, "The copy was written by a newer version: (found, known).");
create_exception!(_native, PassCancelled, CoreError, "The progress callback asked to stop; the index is as it was.");

pub(super) fn lexical_error(error: LexicalError) -> PyErr {
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

pub(super) fn pass_error(error: PassError) -> PyErr {
    match error {
        PassError::Unavailable(reason) => VaultGone::new_err(reason),
        PassError::Cancelled => PassCancelled::new_err("cancelled"),
        PassError::Lexical(error) => lexical_error(error),
        PassError::Arrow(error) => CoreError::new_err(error.to_string()),
    }
}

pub(super) fn vectors_error(error: VectorsError) -> PyErr {
    match error {
        VectorsError::Corrupt(reason) => VectorsCorrupt::new_err(reason),
        VectorsError::TooNew { found, known } => VectorsTooNew::new_err((found, known)),
        VectorsError::Refused(reason) => PyValueError::new_err(reason),
        VectorsError::Io(error) => io_error(error),
    }
}
