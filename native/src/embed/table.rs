//! The table of vectors: a safetensors file, mapped, so that only what is used comes into memory.

use std::fmt;
use std::fs::File;
use std::path::Path;

use half::slice::HalfFloatSliceExt;
use memmap2::Mmap;
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

/// Half-precision numbers that are widened at once.
const BLOCK: usize = 256;
/// Vectors of more numbers are no static embeddings.
const MOST_DIMENSIONS: usize = 4096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    F32,
    F16,
}

/// One vector a token.
pub(super) struct Table {
    file: Mmap,
    /// Where the numbers begin in the file.
    at: usize,
    rows: usize,
    dimensions: usize,
    number: Number,
}

impl Table {
    pub fn open(path: &Path) -> Result<Self, ModelInvalid> {
        let invalid =
            |why: &dyn fmt::Display| ModelInvalid(format!("{} is not a table of vectors: {why}.", path.display()));
        let file = File::open(path).map_err(|error| invalid(&error))?;
        // SAFETY: a mapped file must not shrink while it is mapped; models are written whole and renamed into place.
        let file = unsafe { Mmap::map(&file) }.map_err(|error| invalid(&error))?;
        let tensors = SafeTensors::deserialize(&file).map_err(|error| invalid(&error))?;
        let tables: Vec<_> = tensors.tensors().into_iter().filter(|(_, view)| view.shape().len() == 2).collect();
        let [(_, view)] = &tables[..] else {
            return Err(invalid(&format_args!("it has {} tensors of two dimensions instead of one", tables.len())));
        };
        let number = match view.dtype() {
            Dtype::F32 => Number::F32,
            Dtype::F16 => Number::F16,
            other => return Err(invalid(&format_args!("its numbers are {other:?} instead of F32 or F16"))),
        };
        let (rows, dimensions) = (view.shape()[0], view.shape()[1]);
        if rows == 0 || dimensions == 0 || dimensions > MOST_DIMENSIONS {
            return Err(invalid(&format_args!("its shape is {rows} × {dimensions}")));
        }
        let at = view.data().as_ptr() as usize - file.as_ptr() as usize;
        let table = Self { at, rows, dimensions, number, file };
        let mut row = vec![0.0; dimensions];
        for id in 0..rows {
            row.fill(0.0);
            table.add(id as u32, &mut row);
            if !row.iter().all(|number| number.is_finite()) {
                return Err(ModelInvalid(format!(
                    "{}: vector {id} holds numbers that are not finite.",
                    path.display()
                )));
            }
        }
        Ok(table)
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    pub fn bytes(&self) -> &[u8] {
        let width = match self.number {
            Number::F32 => 4,
            Number::F16 => 2,
        };
        &self.file[self.at..self.at + self.rows * self.dimensions * width]
    }

    /// Add the vector of a token to `sum`. Ids beyond the table add nothing.
    pub fn add(&self, id: u32, sum: &mut [f32]) {
        let id = id as usize;
        if id >= self.rows {
            return;
        }
        match self.number {
            Number::F32 => {
                let from = self.at + id * self.dimensions * 4;
                let row = self.file[from..from + self.dimensions * 4].chunks_exact(4);
                for (sum, number) in sum.iter_mut().zip(row) {
                    *sum += f32::from_le_bytes([number[0], number[1], number[2], number[3]]);
                }
            }
            Number::F16 => {
                let from = self.at + id * self.dimensions * 2;
                let bytes = &self.file[from..from + self.dimensions * 2];
                let (mut halves, mut singles) = ([half::f16::ZERO; BLOCK], [0.0; BLOCK]);
                for (sums, bytes) in sum.chunks_mut(BLOCK).zip(bytes.chunks(BLOCK * 2)) {
                    for (half, bytes) in halves.iter_mut().zip(bytes.chunks_exact(2)) {
                        *half = half::f16::from_le_bytes([bytes[0], bytes[1]]);
                    }
                    halves[..sums.len()].convert_to_f32_slice(&mut singles[..sums.len()]);
                    sums.iter_mut().zip(&singles).for_each(|(sum, number)| *sum += number);
                }
            }
        }
    }
}
