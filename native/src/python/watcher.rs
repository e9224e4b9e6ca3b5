//! Progress told to Python.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// Calls a Python progress callback at most every 50 ms (and at every change of phase), from whichever thread.
pub(super) struct Watcher {
    callback: Option<Py<PyAny>>,
    state: Mutex<WatcherState>,
}

struct WatcherState {
    last: Option<(&'static str, Instant)>,
    raised: Option<PyErr>,
}

impl Watcher {
    pub(super) fn new(callback: Option<Py<PyAny>>) -> Self {
        Self { callback, state: Mutex::new(WatcherState { last: None, raised: None }) }
    }

    pub(super) fn report(&self, phase: &'static str, done: usize, total: usize) -> bool {
        let Some(callback) = &self.callback else { return true };
        {
            // Whoever finds the lock taken lets the other thread report.
            let Ok(mut state) = self.state.try_lock() else { return true };
            if state.raised.is_some() {
                return false;
            }
            if state.last.is_some_and(|(before, at)| before == phase && at.elapsed() < Duration::from_millis(50)) {
                return true;
            }
            state.last = Some((phase, Instant::now()));
        }
        let answer =
            Python::attach(|py| callback.bind(py).call1((phase, done, total)).and_then(|answer| answer.is_truthy()));
        answer.unwrap_or_else(|error| {
            if let Ok(mut state) = self.state.lock() {
                state.raised = Some(error);
            }
            false
        })
    }

    pub(super) fn raised(&self) -> Option<PyErr> {
        self.state.lock().ok()?.raised.take()
    }
}
