//! Near-duplicates: texts as sets of shingles, candidates by samples of them, and what two texts share exactly.

mod fingerprint;
mod notes;
mod overlap;
mod pairs;
mod shingles;
mod sketch;

pub use fingerprint::{Fingerprint, resemblance};
pub use notes::{Duplicates, LEAST_SHINGLES, Pair, Sampled, body, duplicates};
pub use overlap::Overlap;
pub use pairs::{Candidate, Postings};
pub use shingles::{Shingle, WORDS, distinct, shingles};
pub use sketch::Sketch;
