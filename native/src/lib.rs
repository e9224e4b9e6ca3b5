//! The Rust core of Obsidian Librarian: everything that touches all of a vault's text.
//!
//! It knows text and files, not Python, models or sockets. The Python boundary is the module `python`, behind the
//! feature of that name, so that tests and benches of the core need no Python.

pub mod batch;
pub mod canvas;
pub mod compare;
pub mod count;
pub mod embed;
pub mod exclusion;
pub mod lexical;
pub mod links;
pub mod meaning;
pub mod mentions;
pub mod near;
pub mod note;
pub mod offsets;
pub mod pass;
pub mod passage;
pub mod query;
pub mod read;
pub mod scan;
pub mod split;
pub mod tokens;
pub mod vectors;

#[cfg(feature = "python")]
mod python;
