//! What can go wrong with the index, as values.

use std::any::Any;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tantivy::TantivyError;
use tantivy::directory::error::{Incompatibility, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// Why the index could not do what was asked.
///
/// ```text
/// Corrupt    a file of the index is missing or not what was written   rebuild
/// TooOld     written by an earlier schema                             rebuild
/// TooNew     written by a later schema                                refuse, tell which version to install
/// Busy       another writer holds the folder                          retry
/// Io         the disk said no (full, read-only, gone)                 tell, retry
/// ```
#[derive(Debug)]
pub enum LexicalError {
    Corrupt(String),
    TooOld { found: u32, known: u32 },
    TooNew { found: u32, known: u32 },
    Busy,
    Io(io::Error),
}

impl fmt::Display for LexicalError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt(what) => {
                write!(out, "The search index is damaged: {what}. It can be rebuilt from the vault.")
            }
            Self::TooOld { found, known } => {
                write!(out, "The search index has format {found}, this version writes {known}. It has to be rebuilt.")
            }
            Self::TooNew { found, known } => {
                write!(out, "The search index has format {found}, written by a newer version; this one knows {known}.")
            }
            Self::Busy => write!(out, "Another writer is at work in the search index."),
            Self::Io(error) => write!(out, "The search index could not be read or written: {error}"),
        }
    }
}

impl std::error::Error for LexicalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for LexicalError {
    /// tantivy reports malformed data as I/O errors of these kinds; everything else is the disk's.
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
        match error.kind() {
            InvalidData | UnexpectedEof => Self::Corrupt(error.to_string()),
            InvalidInput | Other if error.raw_os_error().is_none() => Self::Corrupt(error.to_string()),
            _ => Self::Io(error),
        }
    }
}

/// An owned copy of a shared I/O error that keeps kind and code.
fn owned(error: &Arc<io::Error>) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

impl From<TantivyError> for LexicalError {
    fn from(error: TantivyError) -> Self {
        match &error {
            TantivyError::IoError(inner) => owned(inner).into(),
            TantivyError::OpenDirectoryError(
                OpenDirectoryError::IoError { io_error, .. } | OpenDirectoryError::FailedToCreateTempDir(io_error),
            )
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. })
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. }) => owned(io_error).into(),
            TantivyError::LockFailure(LockError::IoError(inner), _) => owned(inner).into(),
            TantivyError::LockFailure(LockError::LockBusy, _) => Self::Busy,
            TantivyError::IncompatibleIndex(Incompatibility::IndexMismatch { .. }) => {
                Self::Corrupt(format!("a file has another format: {error}"))
            }
            TantivyError::SystemError(message) | TantivyError::ErrorInThread(message) => {
                Self::Io(io::Error::other(message.clone()))
            }
            _ => Self::Corrupt(error.to_string()),
        }
    }
}

/// Run what reads the index's files. The library beneath panics on some malformed bytes; here that is `Corrupt`.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, LexicalError>) -> Result<T, LexicalError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(LexicalError::Corrupt(message(panic.as_ref()))))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unreadable data".to_owned())
}
