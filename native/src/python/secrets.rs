//! Secrets found by Python, which knows their forms.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;

/// Asks a Python function where the secrets of a text stand, from whichever thread.
pub(super) struct Secrets {
    found: Py<PyAny>,
    pub(super) mark: String,
    raised: Mutex<Option<PyErr>>,
}

impl Secrets {
    pub(super) fn new(found: Py<PyAny>, mark: String) -> Self {
        Self { found, mark, raised: Mutex::new(None) }
    }

    /// As ranges of bytes. A text that could not be looked at is secret as a whole, and `raised` has the reason.
    pub(super) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let spans = Python::attach(|py| self.found.bind(py).call1((text,))?.extract::<Vec<(usize, usize)>>());
        spans.map(|spans| in_bytes(text, &spans)).unwrap_or_else(|error| {
            *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            std::iter::once(0..text.len()).collect()
        })
    }

    pub(super) fn raised(self) -> Option<PyErr> {
        self.raised.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ranges of characters, in order and disjoint, as ranges of bytes.
fn in_bytes(text: &str, spans: &[(usize, usize)]) -> Vec<Range<usize>> {
    if text.is_ascii() {
        return spans.iter().map(|&(start, end)| start..end).collect();
    }
    let places = text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len()));
    let mut places = places.enumerate().peekable();
    let mut byte_of = |character: usize| {
        while places.next_if(|&(before, _)| before < character).is_some() {}
        places.peek().map_or(text.len(), |&(_, at)| at)
    };
    spans.iter().map(|&(start, end)| byte_of(start)..byte_of(end)).collect()
}
