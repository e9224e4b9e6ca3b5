//! The Rust core of Obsidian Librarian.

pub mod canvas;
pub mod lexical;
pub mod note;
pub mod offsets;
pub mod tokens;
