//! The compact copy of the passage vectors.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::types::{Float16Type, Float32Type, UInt32Type};
use arrow_array::{Array, ArrayRef, BinaryArray, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use half::slice::HalfFloatSliceExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict, PyList};

use super::arrow::ArrowTable;
use super::errors::{CoreError, lexical_error, vectors_error};
use super::index::{Allowed, Index};
use super::memory::trim_heap;
use super::watcher::Watcher;
use crate::meaning::{kept_rows, schema};
use crate::vectors::{self, Row, VectorsError};

/// The compact copy of one model's passage vectors, which answers queries.
#[pyclass(frozen, module = "librarian._native")]
pub(super) struct PassageVectors {
    vectors: vectors::PassageVectors,
}

#[pymethods]
impl PassageVectors {
    #[new]
    #[pyo3(signature = (folder, *, model, dimensions))]
    fn new(py: Python<'_>, folder: PathBuf, model: &str, dimensions: usize) -> PyResult<Self> {
        let vectors = py.detach(|| vectors::PassageVectors::open(&folder, model, dimensions)).map_err(vectors_error)?;
        Ok(Self { vectors })
    }

    #[getter]
    fn notes(&self) -> usize {
        self.vectors.counts().0
    }

    #[getter]
    fn passages(&self) -> usize {
        self.vectors.counts().1
    }

    /// Put rows (path, note, ordinal, digest, vector) in the place of all that the notes they name had, and forget `removed`.
    #[pyo3(signature = (rows=None, removed=vec![]))]
    fn put(&self, py: Python<'_>, rows: Option<&Bound<'_, PyAny>>, removed: Vec<String>) -> PyResult<()> {
        let batches = rows.map_or_else(|| Ok(Vec::new()), batches_of)?;
        py.detach(|| {
            for batch in &batches {
                put_batch(&self.vectors, batch)?;
            }
            self.vectors.remove(removed.iter().map(String::as_str))
        })
        .map_err(vectors_error)
    }

    /// What the copy lacks against the index: (notes to embed, newest first; notes to remove).
    fn stale(&self, py: Python<'_>, index: &Bound<'_, Index>) -> PyResult<(Vec<String>, Vec<String>)> {
        let index = index.get();
        py.detach(|| Ok(self.vectors.stale(&index.lexical.entries()?))).map_err(lexical_error)
    }

    /// The notes with the passages nearest to `vector` (little-endian f32): (path, ordinal, digest, cosine), best first.
    #[pyo3(signature = (vector, limit, allowed=None))]
    fn search(
        &self,
        py: Python<'_>,
        vector: &[u8],
        limit: usize,
        allowed: Option<Py<Allowed>>,
    ) -> PyResult<Vec<(String, u32, Py<PyBytes>, f32)>> {
        let vector = numbers(vector, self.vectors.dimensions())?;
        let allowed = allowed.as_ref().map(|allowed| &allowed.get().allowed);
        let found = py.detach(|| self.vectors.search(&vector, limit, allowed));
        let rows = found.into_iter().map(|near| {
            let digest = PyBytes::new(py, &near.digest).unbind();
            (near.path, near.ordinal, digest, near.cosine)
        });
        Ok(rows.collect())
    }

    /// The notes most related to the one at `path`, best first.
    fn related<'py>(&self, py: Python<'py>, path: &str, limit: usize) -> PyResult<Bound<'py, PyList>> {
        let found = py.detach(|| self.vectors.related(path, limit));
        let rows = PyList::empty(py);
        for related in found {
            let row = PyDict::new(py);
            row.set_item("path", related.path)?;
            row.set_item("score", related.score)?;
            row.set_item("own_ordinal", related.own_ordinal)?;
            row.set_item("ordinal", related.ordinal)?;
            row.set_item("digest", PyBytes::new(py, &related.digest))?;
            row.set_item("cosine", related.cosine)?;
            rows.append(row)?;
        }
        Ok(rows)
    }

    /// Pairs of notes that mean the same, the nearest first: (path, path, cosine, how far they are from their surroundings, up to 1).
    #[pyo3(signature = (*, least_gap, threads, progress=None))]
    fn alike(
        &self,
        py: Python<'_>,
        least_gap: f32,
        threads: usize,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Vec<(String, String, f32, f32)>> {
        let watcher = Watcher::new(progress);
        let report = |phase, done, total| watcher.report(phase, done, total);
        let found = py.detach(|| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.map(|pool| pool.install(|| self.vectors.alike(least_gap, &report)))
        });
        trim_heap();
        if let Some(error) = watcher.raised() {
            return Err(error);
        }
        Ok(found.map_err(|error| CoreError::new_err(error.to_string()))?.into_iter().map(alike_row).collect())
    }

    /// The pairs of one note, as `alike` tells them.
    #[pyo3(signature = (path, *, least_gap))]
    fn alike_to(&self, py: Python<'_>, path: &str, least_gap: f32) -> Vec<(String, String, f32, f32)> {
        py.detach(|| self.vectors.alike_to(path, least_gap)).into_iter().map(alike_row).collect()
    }

    /// Path, digest and number of passages of every note, as Arrow.
    fn manifest(&self, py: Python<'_>) -> PyResult<ArrowTable> {
        py.detach(|| {
            let known = self.vectors.manifest();
            let paths: StringArray = known.iter().map(|note| Some(note.0.as_str())).collect();
            let digests: BinaryArray = known.iter().map(|note| Some(note.1.as_slice())).collect();
            let counts: UInt32Array = known.iter().map(|note| note.2).collect();
            let schema = SchemaRef::new(Schema::new(vec![
                Field::new("path", DataType::Utf8, true),
                Field::new("note", DataType::Binary, true),
                Field::new("passages", DataType::UInt32, false),
            ]));
            let columns: Vec<ArrayRef> =
                vec![std::sync::Arc::new(paths), std::sync::Arc::new(digests), std::sync::Arc::new(counts)];
            let batch = RecordBatch::try_new(schema.clone(), columns);
            batch.map(|batch| ArrowTable { schema, batches: vec![batch] })
        })
        .map_err(|error| CoreError::new_err(error.to_string()))
    }

    /// Says which notes are here in which version.
    #[getter]
    fn fingerprint(&self, py: Python<'_>) -> String {
        py.detach(|| self.vectors.fingerprint())
    }

    /// What a store with these notes (columns path and note) lacks, and what it has too much: (paths to put, paths to remove).
    fn differs(&self, py: Python<'_>, known: &Bound<'_, PyAny>) -> PyResult<(Vec<String>, Vec<String>)> {
        let batches = batches_of(known)?;
        py.detach(|| {
            let mut notes = Vec::new();
            for batch in &batches {
                let path = column(batch, "path")?.as_string_opt::<i32>().ok_or_else(|| refused("path is no text"))?;
                let note =
                    column(batch, "note")?.as_fixed_size_binary_opt().ok_or_else(|| refused("note is no digest"))?;
                notes.extend((0..batch.num_rows()).map(|at| (path.value(at), note.value(at))));
            }
            Ok(self.vectors.differs(notes.into_iter()))
        })
        .map_err(vectors_error)
    }

    /// All passages of these notes as rows (path, note, ordinal, digest, vector of half-precision numbers).
    fn rows(&self, py: Python<'_>, paths: Vec<String>) -> PyResult<ArrowTable> {
        let dimensions = self.vectors.dimensions();
        py.detach(|| kept_rows(&self.vectors.rows_of(paths.iter().map(String::as_str)), dimensions))
            .map(|batch| ArrowTable { schema: schema(Some(dimensions)), batches: vec![batch] })
            .map_err(|error| CoreError::new_err(error.to_string()))
    }

    /// Make what was put survive a power cut; rewrite the file when much of it is of no use any more.
    fn save(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.vectors.save()).map_err(vectors_error)
    }
}

fn numbers(bytes: &[u8], dimensions: usize) -> PyResult<Vec<f32>> {
    if bytes.len() != dimensions * 4 {
        return Err(PyValueError::new_err(format!("a vector of {dimensions} numbers has {} bytes", dimensions * 4)));
    }
    let numbers: Vec<f32> =
        bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect();
    if !numbers.iter().all(|number| number.is_finite()) {
        return Err(PyValueError::new_err("the vector holds numbers that are not finite"));
    }
    Ok(numbers)
}

/// The batches of one of our tables, or of whatever speaks the Arrow PyCapsule interface.
fn batches_of(rows: &Bound<'_, PyAny>) -> PyResult<Vec<RecordBatch>> {
    if let Ok(table) = rows.cast::<ArrowTable>() {
        return Ok(table.get().batches.clone());
    }
    let capsule = rows.call_method0("__arrow_c_stream__")?;
    let capsule = capsule.cast::<PyCapsule>().map_err(|_| PyValueError::new_err("rows are no Arrow stream"))?;
    let pointer = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
    // SAFETY: the interface promises a live stream under this name; it is moved out, as the interface has it.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr().cast()) };
    let reader = RecordBatchStreamReader::try_new(stream).map_err(|error| PyValueError::new_err(error.to_string()))?;
    reader.collect::<Result<_, _>>().map_err(|error| PyValueError::new_err(error.to_string()))
}

fn refused(why: &str) -> VectorsError {
    VectorsError::Refused(why.to_owned())
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, VectorsError> {
    batch.column_by_name(name).ok_or_else(|| refused(&format!("no column {name}")))
}

/// One batch, whose rows of one note stand together.
fn put_batch(vectors: &vectors::PassageVectors, batch: &RecordBatch) -> Result<(), VectorsError> {
    let path = column(batch, "path")?.as_string_opt::<i32>().ok_or_else(|| refused("path is no text"))?;
    let note = column(batch, "note")?.as_fixed_size_binary_opt().ok_or_else(|| refused("note is no digest"))?;
    let ordinal =
        column(batch, "ordinal")?.as_primitive_opt::<UInt32Type>().ok_or_else(|| refused("ordinal is no u32"))?;
    let digest = column(batch, "digest")?.as_fixed_size_binary_opt().ok_or_else(|| refused("digest is no digest"))?;
    let vector = column(batch, "vector")?.as_fixed_size_list_opt().ok_or_else(|| refused("vector is no list"))?;
    let width = vector.value_length() as usize;
    let numbers: Vec<f32> = match vector.values().data_type() {
        DataType::Float16 => {
            let halves = vector.values().as_primitive::<Float16Type>().values();
            let mut numbers = vec![0.0; halves.len()];
            halves.convert_to_f32_slice(&mut numbers);
            numbers
        }
        DataType::Float32 => vector.values().as_primitive::<Float32Type>().values().to_vec(),
        other => return Err(refused(&format!("vectors of {other}"))),
    };
    let mut notes: BTreeMap<&str, ([u8; 32], Vec<Row<'_>>)> = BTreeMap::new();
    for at in 0..batch.num_rows() {
        let digest = digest.value(at).try_into().map_err(|_| refused("a passage's digest has 8 bytes"))?;
        let of_note = note.value(at).try_into().map_err(|_| refused("a note's digest has 32 bytes"))?;
        let row = Row { ordinal: ordinal.value(at), digest, vector: &numbers[at * width..(at + 1) * width] };
        notes.entry(path.value(at)).or_insert_with(|| (of_note, Vec::new())).1.push(row);
    }
    vectors.put_all(notes.into_iter().map(|(path, (note, rows))| (path, note, rows)).collect())
}

fn alike_row(alike: vectors::Alike) -> (String, String, f32, f32) {
    (alike.left, alike.right, alike.cosine, alike.gap)
}
