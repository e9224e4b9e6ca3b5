//! What a pass reports.

use pyo3::prelude::*;

use super::arrow::ArrowTable;
use crate::batch::{TABLES, schemas};
use crate::pass::Report;

/// What one pass found and did.
#[pyclass(frozen, module = "librarian._native")]
pub(super) struct PassReport {
    report: Report,
}

impl From<Report> for PassReport {
    fn from(report: Report) -> Self {
        Self { report }
    }
}

#[pymethods]
impl PassReport {
    /// An Arrow stream for every table of the catalog.
    fn tables(&self) -> std::collections::HashMap<&'static str, ArrowTable> {
        TABLES
            .iter()
            .zip(schemas())
            .enumerate()
            .map(|(place, (name, schema))| {
                let batches = self.report.batches.iter().map(|tables| tables[place].clone()).collect();
                (*name, ArrowTable { schema, batches })
            })
            .collect()
    }

    #[getter]
    fn touched(&self) -> Vec<String> {
        self.report.touched.clone()
    }

    #[getter]
    fn removed(&self) -> Vec<String> {
        self.report.removed.clone()
    }

    #[getter]
    fn moved(&self) -> Vec<(String, String)> {
        self.report.moved.clone()
    }

    #[getter]
    fn added(&self) -> usize {
        self.report.added
    }

    #[getter]
    fn unchanged(&self) -> usize {
        self.report.unchanged
    }

    #[getter]
    fn unlisted(&self) -> Vec<(String, String)> {
        self.report.unlisted.clone()
    }

    #[getter]
    fn needs_refresh(&self) -> bool {
        self.report.needs_refresh
    }

    #[getter]
    fn scan_ms(&self) -> f64 {
        self.report.scan_ms
    }

    #[getter]
    fn read_ms(&self) -> f64 {
        self.report.read_ms
    }

    #[getter]
    fn commit_ms(&self) -> f64 {
        self.report.commit_ms
    }
}
