//! The Rust core of Obsidian Librarian.

pub mod lexical;
pub mod note;
pub mod passage;
pub mod query;
pub mod tokens;
