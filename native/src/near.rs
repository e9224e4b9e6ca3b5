//! Near-duplicates: texts as sets of shingles, candidates by samples of them, and what two texts share exactly.

mod ascending;
mod beside;
mod compare;
mod corpus;
mod crowds;
mod few;
mod files;
mod fingerprint;
mod mould;
mod overlap;
mod pairs;
mod passage;
mod shingles;
mod sketch;
mod template;

pub use compare::{Common, Place};
pub use corpus::{Beside, Corpus, Duplicates, LEAST_SHINGLES, LEAST_WORDS, Limits, Note, Pair, body};
pub use files::{Files, SameFiles};
pub use fingerprint::{Fingerprint, resemblance};
pub use overlap::{Overlap, Shingled};
pub use pairs::{Candidate, Postings};
pub use passage::Passage;
pub use shingles::{WORDS, Word, distinct, shingles, words};
pub use sketch::Sketch;
