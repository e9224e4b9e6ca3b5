//! The table of vectors: a safetensors file, mapped, so that only what is used comes into memory.
//!
//! A file of model2vec may hold fewer vectors than there are tokens: `mapping` then says which vector a token has, and
//! `weights` how much a token counts.

use std::fmt;
use std::fs::File;
use std::path::Path;

use half::slice::HalfFloatSliceExt;
use memmap2::Mmap;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

/// Why files are no model we can use, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInvalid(pub String);

impl fmt::Display for ModelInvalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ModelInvalid {}

/// What model2vec and sentence-transformers call the table, in files that hold other tables too.
const NAMES: [&str; 2] = ["embeddings", "embedding.weight"];
/// Half-precision numbers that are widened at once.
const BLOCK: usize = 256;
/// Vectors of more numbers are no static embeddings.
const MOST_DIMENSIONS: usize = 4096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    F32,
    F16,
}

impl Number {
    fn width(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
        }
    }
}

/// One vector a token.
pub(super) struct Table {
    file: Mmap,
    /// Where the numbers begin in the file.
    at: usize,
    rows: usize,
    /// Numbers in a row of the file.
    columns: usize,
    /// How many of them are used.
    dimensions: usize,
    number: Number,
    /// By token, its row.
    mapping: Option<Vec<u32>>,
    /// By token, what its row is multiplied by.
    weights: Option<Vec<f32>>,
}

impl Table {
    /// Map the file and check it whole. Only the first `dimensions` numbers of every vector are used, if told.
    pub fn open(path: &Path, dimensions: Option<usize>) -> Result<Self, ModelInvalid> {
        let invalid =
            |why: &dyn fmt::Display| ModelInvalid(format!("{} is not a table of vectors: {why}.", path.display()));
        let file = File::open(path).map_err(|error| invalid(&error))?;
        // SAFETY: a mapped file must not shrink while it is mapped; models are written whole and renamed into place.
        let file = unsafe { Mmap::map(&file) }.map_err(|error| invalid(&error))?;
        Self::of(file, dimensions).map_err(|why| invalid(&why))
    }

    fn of(file: Mmap, dimensions: Option<usize>) -> Result<Self, String> {
        let tensors = SafeTensors::deserialize(&file).map_err(|error| error.to_string())?;
        let view = vectors(&tensors)?;
        let number = match view.dtype() {
            Dtype::F32 => Number::F32,
            Dtype::F16 => Number::F16,
            other => return Err(format!("its numbers are {other:?} instead of F32 or F16")),
        };
        let (rows, columns) = (view.shape()[0], view.shape()[1]);
        if rows == 0 || columns == 0 || columns > MOST_DIMENSIONS {
            return Err(format!("its shape is {rows} × {columns}"));
        }
        let dimensions = dimensions.unwrap_or(columns);
        if dimensions == 0 || dimensions > columns {
            return Err(format!("its vectors have {columns} numbers, {dimensions} are wanted"));
        }
        let mapping = tensors.tensor("mapping").ok().map(|view| whole_numbers(&view)).transpose()?;
        let weights = tensors.tensor("weights").ok().map(|view| fractions(&view)).transpose()?;
        let at = view.data().as_ptr() as usize - file.as_ptr() as usize;
        let table = Self { at, rows, columns, dimensions, number, mapping, weights, file };
        table.check()?;
        Ok(table)
    }

    fn check(&self) -> Result<(), String> {
        if let Some(beyond) = self.mapping.iter().flatten().find(|row| **row as usize >= self.rows) {
            return Err(format!("a token is mapped to vector {beyond} of {}", self.rows));
        }
        if let Some(weights) = &self.weights
            && weights.len() < self.tokens()
        {
            return Err(format!("it has {} weights for {} tokens", weights.len(), self.tokens()));
        }
        let mut row = vec![0.0; self.dimensions];
        for token in 0..self.tokens() {
            row.fill(0.0);
            self.add(token as u32, &mut row);
            if !row.iter().all(|number| number.is_finite()) {
                return Err(format!("vector {token} holds numbers that are not finite"));
            }
        }
        Ok(())
    }

    /// How many tokens have a vector.
    pub fn tokens(&self) -> usize {
        self.mapping.as_ref().map_or(self.rows, Vec::len)
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Feed everything that vectors depend on.
    pub fn hash(&self, hasher: &mut blake3::Hasher) {
        hasher.update(&self.file[self.at..self.at + self.rows * self.columns * self.number.width()]);
        for row in self.mapping.iter().flatten() {
            hasher.update(&row.to_le_bytes());
        }
        for weight in self.weights.iter().flatten() {
            hasher.update(&weight.to_le_bytes());
        }
        if self.dimensions < self.columns {
            hasher.update(&(self.dimensions as u64).to_le_bytes());
        }
    }

    /// Add the vector of a token to `sum`. Ids beyond the table add nothing.
    pub fn add(&self, id: u32, sum: &mut [f32]) {
        let id = id as usize;
        if id >= self.tokens() {
            return;
        }
        let row = self.mapping.as_ref().map_or(id, |mapping| mapping[id] as usize);
        let weight = self.weights.as_ref().map_or(1.0, |weights| weights[id]);
        let from = self.at + row * self.columns * self.number.width();
        let bytes = &self.file[from..from + self.dimensions * self.number.width()];
        match self.number {
            Number::F32 => {
                for (sum, number) in sum.iter_mut().zip(bytes.chunks_exact(4)) {
                    *sum += weight * f32::from_le_bytes([number[0], number[1], number[2], number[3]]);
                }
            }
            Number::F16 => {
                let (mut halves, mut singles) = ([half::f16::ZERO; BLOCK], [0.0; BLOCK]);
                for (sums, bytes) in sum.chunks_mut(BLOCK).zip(bytes.chunks(BLOCK * 2)) {
                    for (half, bytes) in halves.iter_mut().zip(bytes.chunks_exact(2)) {
                        *half = half::f16::from_le_bytes([bytes[0], bytes[1]]);
                    }
                    halves[..sums.len()].convert_to_f32_slice(&mut singles[..sums.len()]);
                    sums.iter_mut().zip(&singles).for_each(|(sum, number)| *sum += weight * number);
                }
            }
        }
    }
}

/// The tensor of vectors: the one of two dimensions, or by its name where there are more.
fn vectors<'a>(tensors: &SafeTensors<'a>) -> Result<TensorView<'a>, String> {
    let mut tables: Vec<_> = tensors.tensors().into_iter().filter(|(_, view)| view.shape().len() == 2).collect();
    if tables.len() > 1 {
        tables.retain(|(name, _)| NAMES.contains(&name.as_str()));
    }
    match tables.pop() {
        Some((_, view)) if tables.is_empty() => Ok(view),
        Some(_) => Err("it holds several tables, and which one is meant cannot be told".to_owned()),
        None => Err("it holds no table, or none that is called as tables of vectors are".to_owned()),
    }
}

fn whole_numbers(view: &TensorView<'_>) -> Result<Vec<u32>, String> {
    let numbers: Vec<i64> = match view.dtype() {
        Dtype::I64 => view.data().as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect(),
        Dtype::I32 => view.data().as_chunks().0.iter().map(|bytes| i32::from_le_bytes(*bytes).into()).collect(),
        other => return Err(format!("its mapping is of {other:?} instead of I32 or I64")),
    };
    (numbers.into_iter().map(u32::try_from).collect::<Result<_, _>>())
        .map_err(|_| "its mapping holds numbers that are no rows".to_owned())
}

fn fractions(view: &TensorView<'_>) -> Result<Vec<f32>, String> {
    Ok(match view.dtype() {
        Dtype::F64 => view.data().as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32).collect(),
        Dtype::F32 => view.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        Dtype::F16 => view.data().as_chunks().0.iter().map(|bytes| half::f16::from_le_bytes(*bytes).to_f32()).collect(),
        other => return Err(format!("its weights are of {other:?} instead of F16, F32 or F64")),
    })
}
