//! Static embeddings: a text is the mean of its tokens' vectors, made unit length.
//!
//! The model is a table of vectors and a tokenizer, as model2vec and wordllama keep them (safetensors and `tokenizer.json`). What
//! a token means does not depend on its neighbours, so words are tokenised one by one, and a vault of 200 MB is embedded in seconds.
//!
//! White space parts words and means nothing else; a text whose words are parted by single spaces has exactly the tokens that the
//! tokenizer gives for the whole of it (without special tokens).

mod definition;
mod pairs;
mod pieces;
mod subwords;
mod table;
mod words;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

pub use table::ModelInvalid;

use subwords::Subwords;
use table::Table;
use words::Memory;

/// Texts that one thread embeds before it looks for more work.
const CHUNK: usize = 64;

/// A static embedding model.
pub struct StaticModel {
    table: Table,
    subwords: Subwords,
    digest: String,
    /// What threads remembered of words, for the next that come.
    memories: Mutex<Vec<Memory>>,
}

impl StaticModel {
    /// Open a model of these two files: a safetensors file with a table of vectors (f32 or f16), and a `tokenizer.json`.
    ///
    /// Only the first `dimensions` numbers of each vector are used, if told: models trained for that (Matryoshka
    /// representation learning) lose little. Vectors are of unit length whatever a model's own configuration says.
    pub fn open(weights: &Path, tokenizer: &Path, dimensions: Option<usize>) -> Result<Self, ModelInvalid> {
        let table = Table::open(weights, dimensions)?;
        let (subwords, bytes) = Subwords::open(tokenizer, table.tokens())?;
        let mut hasher = blake3::Hasher::new();
        table.hash(&mut hasher);
        hasher.update(&bytes);
        Ok(Self { table, subwords, digest: hasher.finalize().to_hex().to_string(), memories: Mutex::default() })
    }

    /// Numbers in a vector.
    pub fn dimensions(&self) -> usize {
        self.table.dimensions()
    }

    /// BLAKE3 of all that vectors depend on, hexadecimal: vectors of models with one digest may be compared.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The vectors of `texts`, one after another, on all threads of the pool it is called in; zeros for a text without any known token.
    pub fn embed<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<f32> {
        let mut vectors = vec![0.0; texts.len() * self.dimensions()];
        let chunks = vectors.par_chunks_mut(CHUNK * self.dimensions()).zip(texts.par_chunks(CHUNK));
        chunks.for_each(|(vectors, chunk)| {
            // What fits into one chunk is a query or a saved note: too little to remember anything of.
            let mut memory = match texts.len() > CHUNK {
                true => self.memories().pop().unwrap_or_else(Memory::of_words),
                false => Memory::default(),
            };
            for (vector, text) in vectors.chunks_exact_mut(self.dimensions()).zip(chunk) {
                memory.embed(&self.subwords, &self.table, text.as_ref(), vector);
            }
            if texts.len() > CHUNK {
                self.memories().push(memory);
            }
        });
        vectors
    }

    /// Forget what was remembered of words, 2 MB a thread, until many texts come again.
    pub fn rest(&self) {
        self.memories().clear();
    }

    fn memories(&self) -> MutexGuard<'_, Vec<Memory>> {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The share of a text's letters and digits that the model knows in pieces larger than bytes, 0 to 1: how far its vector can be trusted.
    pub fn known_share(&self, text: &str) -> f32 {
        self.subwords.known_share(text)
    }

    /// Ids of the tokens of `text`, for comparing with other implementations.
    pub fn tokens(&self, text: &str) -> Vec<u32> {
        let mut memory = self.memories().pop().unwrap_or_else(Memory::of_words);
        let tokens = memory.tokens(&self.subwords, text).to_vec();
        self.memories().push(memory);
        tokens
    }
}
