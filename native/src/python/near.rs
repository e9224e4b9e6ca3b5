//! Duplicates among notes.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::errors::{CoreError, lexical_error};
use super::index::Index;
use super::memory::trim_heap;
use super::watcher::Watcher;
use crate::near::{self, Files, Limits, Note, Pair};

/// The notes of one vault by samples of their texts, followed as they change. One call at a time; the others wait.
#[pyclass(frozen, module = "librarian._native")]
pub(super) struct Corpus {
    vault: PathBuf,
    max_note_bytes: u64,
    threads: usize,
    corpus: Mutex<near::Corpus>,
    /// The state of the index that it is true to.
    followed: Mutex<Option<(PathBuf, u64)>>,
    files: Mutex<Files>,
}

/// `(path, path, Jaccard's index, containment, whether they are of one mould, (words, first and last line here, there) of a passage)`.
type Row = (String, String, f32, f32, bool, Option<(u32, u32, u32, u32, u32)>);

#[pymethods]
impl Corpus {
    #[new]
    #[pyo3(signature = (vault, *, max_note_bytes, threads))]
    fn new(vault: PathBuf, max_note_bytes: u64, threads: usize) -> Self {
        Self {
            vault,
            max_note_bytes,
            threads,
            corpus: Mutex::default(),
            followed: Mutex::default(),
            files: Mutex::default(),
        }
    }

    /// Another number for another state of the notes.
    #[getter]
    fn version(&self, py: Python<'_>) -> u64 {
        py.detach(|| self.lock().version())
    }

    /// Read what changed since the last time, as the index tells. False when `progress` ended it early; what was read is kept.
    #[pyo3(signature = (index, *, progress=None))]
    fn follow(&self, py: Python<'_>, index: &Bound<'_, Index>, progress: Option<Py<PyAny>>) -> PyResult<bool> {
        let index = index.get();
        let watcher = Watcher::new(progress);
        let report = |phase, done, total| watcher.report(phase, done, total);
        let whole = py.detach(|| {
            let followed = &mut *self.followed.lock().unwrap_or_else(PoisonError::into_inner);
            let version = Some(index.lexical.version());
            if *followed == version {
                return Ok(true);
            }
            let entries = index.lexical.entries().map_err(lexical_error)?;
            let whole = self.in_pool(|corpus| corpus.follow(&self.vault, &entries, self.max_note_bytes, &report))?;
            *followed = if whole { version } else { None };
            Ok(whole)
        });
        trim_heap();
        watcher.raised().map_or(whole, Err)
    }

    /// Files that are no notes and have the same bytes: ([path, …], BLAKE3).
    #[pyo3(signature = (index, *, progress=None))]
    fn same_files(
        &self,
        py: Python<'_>,
        index: &Bound<'_, Index>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Vec<(Vec<String>, Py<PyBytes>)>> {
        let index = index.get();
        let watcher = Watcher::new(progress);
        let report = |phase, done, total| watcher.report(phase, done, total);
        let same = py.detach(|| {
            let entries = index.lexical.entries().map_err(lexical_error)?;
            let files = &mut *self.files.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(files.same(&self.vault, &entries, &report))
        });
        if let Some(error) = watcher.raised() {
            return Err(error);
        }
        let same: PyResult<Vec<near::SameFiles>> = same;
        Ok(same?.into_iter().map(|same| (same.paths, PyBytes::new(py, &same.digest).unbind())).collect())
    }

    /// BLAKE3 of these notes, as they were read; empty for one that was not.
    fn digests(&self, py: Python<'_>, paths: Vec<String>) -> Vec<Py<PyBytes>> {
        let digests: Vec<Option<[u8; 32]>> = py.detach(|| {
            let corpus = self.lock();
            paths.iter().map(|path| corpus.note(path).map(|note| note.digest)).collect()
        });
        let bytes = |digest: Option<[u8; 32]>| PyBytes::new(py, digest.as_ref().map_or(&[], |digest| &digest[..]));
        digests.into_iter().map(|digest| bytes(digest).unbind()).collect()
    }

    /// The notes that have one of these bodies, by its BLAKE3; of notes without words, all that are the same as another.
    fn with_bodies(&self, py: Python<'_>, bodies: Vec<[u8; 32]>) -> Vec<String> {
        py.detach(|| {
            let bodies = bodies.into_iter().collect();
            self.lock().with_bodies(&bodies).map(|note| note.path.clone()).collect()
        })
    }

    /// All duplicates: `{"identical": [[path, …], …], "pairs": [Row, …]}`, the most alike first. Of identical
    /// notes the first stands for all in `pairs`, which are all from `least` on, and all that share a passage.
    #[pyo3(signature = (*, least, progress=None))]
    fn duplicates<'py>(
        &self,
        py: Python<'py>,
        least: f32,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let watcher = Watcher::new(progress);
        let report = |phase, done, total| watcher.report(phase, done, total);
        let limits = Limits { max_note_bytes: self.max_note_bytes, least };
        let found = py.detach(|| {
            self.in_pool(|corpus| {
                let found = corpus.duplicates(&self.vault, limits, &report);
                Found::of(corpus.notes(), &found.identical, &found.pairs)
            })
        });
        trim_heap();
        if let Some(error) = watcher.raised() {
            return Err(error);
        }
        found?.told(py)
    }

    /// The duplicates of the note at `path`, as `duplicates` tells them; with the identical groups of all that are named.
    #[pyo3(signature = (path, *, least))]
    fn beside<'py>(&self, py: Python<'py>, path: &str, least: f32) -> PyResult<Bound<'py, PyDict>> {
        let limits = Limits { max_note_bytes: self.max_note_bytes, least };
        let found = py.detach(|| {
            self.in_pool(|corpus| {
                let found = corpus.beside(&self.vault, path, limits);
                Found::of(corpus.notes(), &found.identical, &found.pairs)
            })
        });
        found?.told(py)
    }

    /// Of which of these pairs both notes can be read and are made from one mould, about two things.
    fn of_one_mould(&self, py: Python<'_>, pairs: Vec<(String, String)>) -> PyResult<Vec<bool>> {
        py.detach(|| self.in_pool(|corpus| corpus.of_one_mould(&self.vault, &pairs, self.max_note_bytes)))
    }

    /// How much of each of these notes is its own, 0 to 1, and not of a template that many share.
    fn own_shares(&self, py: Python<'_>, paths: Vec<String>) -> PyResult<Vec<f32>> {
        py.detach(|| self.in_pool(|corpus| corpus.own_shares(&paths)))
    }
}

impl Corpus {
    fn lock(&self) -> MutexGuard<'_, near::Corpus> {
        self.corpus.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn in_pool<T: Send>(&self, work: impl FnOnce(&mut near::Corpus) -> T + Send) -> PyResult<T> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build();
        let pool = pool.map_err(|error| CoreError::new_err(error.to_string()))?;
        let corpus = &mut *self.lock();
        Ok(pool.install(|| work(corpus)))
    }
}

/// Duplicates by their paths.
struct Found {
    identical: Vec<Vec<String>>,
    pairs: Vec<Row>,
}

impl Found {
    fn of(notes: &[Note], identical: &[Vec<u32>], pairs: &[Pair]) -> Self {
        let path = |place: u32| notes[place as usize].path.clone();
        let row = |Pair { left, right, common }: &Pair| {
            let passage = (common.passage)
                .filter(|_| common.is_contained())
                .map(|place| (place.words, place.left.0, place.left.1, place.right.0, place.right.1));
            (path(*left), path(*right), common.resemblance, common.containment, common.is_of_one_mould, passage)
        };
        Self {
            identical: identical.iter().map(|group| group.iter().map(|&place| path(place)).collect()).collect(),
            pairs: pairs.iter().map(row).collect(),
        }
    }

    fn told(self, py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("identical", self.identical)?;
        dict.set_item("pairs", self.pairs)?;
        Ok(dict)
    }
}
