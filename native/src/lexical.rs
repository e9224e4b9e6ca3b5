//! The lexical index (tantivy): one document a file, which is also the record of what was indexed (path, stat, digest).
//!
//! One atomic commit covers the words and the record, so a crash leaves the state of the last commit and nothing in
//! between. No text is stored: passages are read from the vault when they are shown (see [`crate::passage`]).

mod allowed;
mod answer;
mod clauses;
mod docs;
mod entries;
mod error;
mod expand;
mod names;
mod near;
mod plan;
mod ranking;
mod schema;
mod score;
mod search;
mod select;
mod store;
mod tokenizer;
mod writer;

use std::ops::Range;

pub use allowed::{Allowed, path_key};
pub use answer::{Answer, Hit, MatchKind, Page, Why};
pub use error::LexicalError;
pub use ranking::Ranked;
pub use search::Ranking;
pub use store::{Counts, Lexical};
pub use tokenizer::name_key;
pub use writer::Writer;

/// What kind of file a document stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    Note = 0,
    Canvas = 1,
    Base = 2,
    /// Known by path only.
    Attachment = 3,
}

/// What `stat` said of a file when it was read; equal stats mean an unchanged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStat {
    /// Relative to the vault, `/` between folders, spelled as on disk.
    pub path: String,
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    pub mtime_ns: i64,
    /// Birth time where the platform has one, else `mtime_ns`.
    pub created_ns: i64,
    /// 0 where the platform has none.
    pub inode: u64,
}

/// One file as the index remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub stat: FileStat,
    /// BLAKE3 of the bytes; zero when they were not read.
    pub digest: [u8; 32],
    /// Why the body is not indexed; the path still is.
    pub skipped: Option<String>,
}

/// What the index is told about one file.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    pub entry: &'a Entry,
    /// File name without extension.
    pub title: &'a str,
    pub aliases: Vec<&'a str>,
    pub headings: Vec<&'a str>,
    /// Without `#`.
    pub tags: Vec<&'a str>,
    /// (key, value as text), one pair a list element.
    pub properties: Vec<(&'a str, String)>,
    pub text: &'a str,
    pub prose: &'a [Range<usize>],
}
