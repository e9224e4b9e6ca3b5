//! From notes to rows of vectors: read, cut into passages, embed; in parallel, a batch of notes at a time.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::builder::{FixedSizeBinaryBuilder, StringBuilder, UInt32Builder};
use arrow_array::{ArrayRef, FixedSizeListArray, Float16Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use half::slice::HalfFloatSliceExt;
use rayon::prelude::*;

use crate::batch::title_of;
use crate::embed::StaticModel;
use crate::lexical::Kind;
use crate::pass::{Progress, understand};
use crate::read::read;
use crate::split::{DIGEST_BYTES, Hiding, Passage, passages, passages_hiding};
use crate::vectors::Kept;

/// Numbers that one thread makes half-precision at a time.
const CONVERTED: usize = 1 << 16;

/// One note's passages.
pub struct Cut {
    pub path: String,
    /// BLAKE3 of the file's bytes, as the lexical index has it.
    pub note: [u8; 32],
    pub passages: Vec<Passage>,
}

/// Read notes and cut them. Those that are gone or cannot be read are left out, as the lexical index leaves them out.
/// Ends early, with what it has, when `progress` says so. `hiding`: for a model that is somewhere else.
pub fn cut_notes(
    vault: &Path,
    paths: &[String],
    max_note_bytes: u64,
    words: usize,
    hiding: Option<&Hiding<'_>>,
    progress: Progress<'_>,
) -> Vec<Cut> {
    let done = AtomicUsize::new(0);
    (paths.par_iter())
        .map_init(Vec::new, |buffer, path| {
            if !progress("cutting", done.fetch_add(1, Ordering::Relaxed), paths.len()) {
                return None;
            }
            let content = read(&vault.join(path), max_note_bytes, buffer).ok()?;
            let (note, text) = understand(Kind::Note, content.text).ok()?;
            let title = title_of(path, Kind::Note);
            let passages = match hiding {
                Some(hiding) => passages_hiding(&note, &text, title, words, hiding),
                None => passages(&note, &text, title, words),
            };
            Some(Cut { path: path.clone(), note: content.digest, passages })
        })
        .flatten()
        .collect()
}

/// Names and types of the rows' columns; `vector` of `dimensions` half-precision numbers, or `text` without.
pub fn schema(dimensions: Option<usize>) -> SchemaRef {
    let last = match dimensions {
        Some(dimensions) => Field::new("vector", vector_type(dimensions), false),
        None => Field::new("text", DataType::Utf8, false),
    };
    Arc::new(Schema::new(vec![
        Field::new("path", DataType::Utf8, false),
        Field::new("note", DataType::FixedSizeBinary(32), false),
        Field::new("ordinal", DataType::UInt32, false),
        Field::new("digest", DataType::FixedSizeBinary(DIGEST_BYTES as i32), false),
        last,
    ]))
}

fn vector_type(dimensions: usize) -> DataType {
    DataType::FixedSizeList(Arc::new(Field::new("item", DataType::Float16, false)), dimensions as i32)
}

/// The passages as rows, one after another in the order of the notes, embedded by `model` if there is one.
pub fn rows(cuts: &[Cut], model: Option<&StaticModel>) -> Result<RecordBatch, ArrowError> {
    let count = cuts.iter().map(|cut| cut.passages.len()).sum();
    let mut path = StringBuilder::with_capacity(count, count * 64);
    let mut note = FixedSizeBinaryBuilder::with_capacity(count, 32);
    let mut ordinal = UInt32Builder::with_capacity(count);
    let mut digest = FixedSizeBinaryBuilder::with_capacity(count, DIGEST_BYTES as i32);
    let mut texts: Vec<&str> = Vec::with_capacity(count);
    for cut in cuts {
        for passage in &cut.passages {
            path.append_value(&cut.path);
            note.append_value(cut.note)?;
            ordinal.append_value(passage.ordinal);
            digest.append_value(passage.digest)?;
            texts.push(&passage.text);
        }
    }
    let last: ArrayRef = match model {
        Some(model) => Arc::new(vectors(&model.embed(&texts), model.dimensions())?),
        None => {
            let mut text = StringBuilder::with_capacity(count, texts.iter().map(|text| text.len()).sum());
            texts.iter().for_each(|each| text.append_value(each));
            Arc::new(text.finish())
        }
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(path.finish()),
        Arc::new(note.finish()),
        Arc::new(ordinal.finish()),
        Arc::new(digest.finish()),
        last,
    ];
    RecordBatch::try_new(schema(model.map(StaticModel::dimensions)), columns)
}

/// Rows that were embedded before, in the shape of new ones.
pub fn kept_rows(kept: &[Kept], dimensions: usize) -> Result<RecordBatch, ArrowError> {
    let mut path = StringBuilder::with_capacity(kept.len(), kept.len() * 64);
    let mut note = FixedSizeBinaryBuilder::with_capacity(kept.len(), 32);
    let mut ordinal = UInt32Builder::with_capacity(kept.len());
    let mut digest = FixedSizeBinaryBuilder::with_capacity(kept.len(), DIGEST_BYTES as i32);
    let mut numbers = Vec::with_capacity(kept.len() * dimensions);
    for row in kept {
        path.append_value(&row.path);
        note.append_value(row.note)?;
        ordinal.append_value(row.ordinal);
        digest.append_value(row.digest)?;
        numbers.extend(&row.vector);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(path.finish()),
        Arc::new(note.finish()),
        Arc::new(ordinal.finish()),
        Arc::new(digest.finish()),
        Arc::new(vectors(&numbers, dimensions)?),
    ];
    RecordBatch::try_new(schema(Some(dimensions)), columns)
}

fn vectors(numbers: &[f32], dimensions: usize) -> Result<FixedSizeListArray, ArrowError> {
    let mut halves = vec![half::f16::ZERO; numbers.len()];
    halves.par_chunks_mut(CONVERTED).zip(numbers.par_chunks(CONVERTED)).for_each(|(halves, numbers)| {
        halves.convert_from_f32_slice(numbers);
    });
    let item = Arc::new(Field::new("item", DataType::Float16, false));
    FixedSizeListArray::try_new(item, dimensions as i32, Arc::new(Float16Array::from(halves)), None)
}
