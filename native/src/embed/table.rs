//! The table of vectors: a safetensors file, mapped, so that only what is used comes into memory.
//!
//! A file of model2vec may hold fewer vectors than there are tokens: `mapping` then says which vector a token has, and
//! `weights` how much a token counts.

use std::fmt;
use std::fs::File;
use std::path::Path;

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
            Number::F16 => add_halves(bytes, weight, sum),
        }
    }
}

/// Add half-precision numbers.
fn add_halves(bytes: &[u8], weight: f32, sum: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx") && is_x86_feature_detected!("f16c") {
        // SAFETY: the processor has both.
        return unsafe { add_halves_f16c(bytes, weight, sum) };
    }
    add_halves_anywhere(bytes, weight, sum);
}

/// Eight at a time; the same sums to the last bit.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx,f16c")]
fn add_halves_f16c(bytes: &[u8], weight: f32, sum: &mut [f32]) {
    use std::arch::x86_64::{
        __m128i, _mm_loadu_si128, _mm256_add_ps, _mm256_cvtph_ps, _mm256_loadu_ps, _mm256_mul_ps, _mm256_set1_ps,
        _mm256_storeu_ps,
    };
    const STEP: usize = 8;
    let weights = _mm256_set1_ps(weight);
    let whole = sum.len() / STEP * STEP;
    for (sums, bytes) in sum.chunks_exact_mut(STEP).zip(bytes.chunks_exact(2 * STEP)) {
        // SAFETY: eight numbers have 16 and 32 bytes.
        unsafe {
            let numbers = _mm256_cvtph_ps(_mm_loadu_si128(bytes.as_ptr().cast::<__m128i>()));
            let added = _mm256_add_ps(_mm256_loadu_ps(sums.as_ptr()), _mm256_mul_ps(weights, numbers));
            _mm256_storeu_ps(sums.as_mut_ptr(), added);
        }
    }
    add_halves_anywhere(&bytes[2 * whole..], weight, &mut sum[whole..]);
}

fn add_halves_anywhere(bytes: &[u8], weight: f32, sum: &mut [f32]) {
    for (sum, number) in sum.iter_mut().zip(bytes.as_chunks().0) {
        *sum += weight * half::f16::from_le_bytes(*number).to_f32();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_add_agree_to_the_last_bit() {
        arbtest::arbtest(|u| {
            let width = u.int_in_range(0..=50)?;
            let bytes: Vec<u8> = (0..width)
                .flat_map(|_| half::f16::from_f32(f32::from(u.arbitrary::<i8>().unwrap_or(1)) / 7.0).to_le_bytes())
                .collect();
            let weight = f32::from(u.arbitrary::<u8>()?) / 50.0;
            let (mut one, mut other) = (vec![0.3; width], vec![0.3; width]);
            add_halves(&bytes, weight, &mut one);
            add_halves_anywhere(&bytes, weight, &mut other);
            assert_eq!(one, other);
            Ok(())
        });
    }
}
