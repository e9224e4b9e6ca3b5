//! Exact places in a text: of links, blocks, ids, footnotes and properties. All count characters, as Python does.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::outline::IntoPyJson;
use crate::batch::{json, link_kind_name};
use crate::links::Resolver as Links;
use crate::note::{self, Note};

/// Turns byte offsets of a text into characters.
struct Characters(Option<Vec<u32>>);

impl Characters {
    fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self(None);
        }
        let mut before = Vec::with_capacity(text.len() + 1);
        let mut count = 0;
        for byte in text.as_bytes() {
            before.push(count);
            // The next byte that begins a character has one more before it.
            count += u32::from((*byte as i8) >= -0x40);
        }
        before.push(count);
        Self(Some(before))
    }

    fn at(&self, byte: usize) -> usize {
        self.0.as_ref().map_or(byte, |before| before[byte.min(before.len() - 1)] as usize)
    }

    fn range(&self, range: &std::ops::Range<usize>) -> (usize, usize) {
        (self.at(range.start), self.at(range.end))
    }
}

/// Where everything in a note stands; see the stub for the shape.
#[pyfunction]
pub(super) fn anatomy<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyDict>> {
    let note = note::parse(text);
    let places = Characters::new(text);
    let dict = PyDict::new(py);
    let front = note::frontmatter(text);
    let front = front.map(|(whole, yaml, body)| (places.range(&whole), places.range(&yaml), places.at(body)));
    dict.set_item("frontmatter", front)?;
    dict.set_item("frontmatter_error", &note.frontmatter_error)?;
    dict.set_item("links", links(py, &note, &places)?)?;
    let headings = note.headings.iter().map(|one| (one.level, one.text.as_str(), places.range(&one.range)));
    dict.set_item("headings", headings.collect::<Vec<_>>())?;
    let sections = note.sections.iter().filter(|one| one.kind != "yaml");
    dict.set_item("sections", sections.map(|one| (one.kind, places.range(&one.range))).collect::<Vec<_>>())?;
    let items = note.list_items.iter().map(|one| (one.parent, places.range(&one.range)));
    dict.set_item("items", items.collect::<Vec<_>>())?;
    let ids = note.blocks.iter().map(|one| (one.id.as_str(), places.range(&one.mark), places.range(&one.range)));
    dict.set_item("ids", ids.collect::<Vec<_>>())?;
    let footnotes = note.footnotes.iter().map(|one| (one.label.as_str(), places.range(&one.range), one.defines));
    dict.set_item("footnotes", footnotes.collect::<Vec<_>>())?;
    Ok(dict)
}

/// Links of the body, in order of their places.
fn links<'py>(py: Python<'py>, note: &Note, places: &Characters) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for link in note.links.iter().filter(|link| link.kind != note::LinkKind::Property) {
        let row = PyDict::new(py);
        row.set_item("kind", link_kind_name(link.kind))?;
        row.set_item("target", &link.target)?;
        row.set_item("subpath", &link.subpath)?;
        row.set_item("display", &link.display)?;
        row.set_item("external", link.external)?;
        row.set_item("in_cell", link.in_cell)?;
        row.set_item("range", places.range(&link.range))?;
        row.set_item("written", places.range(&link.written))?;
        list.append(row)?;
    }
    Ok(list)
}

/// The pieces of a YAML document, and on an error the reason and its line from 0.
#[pyfunction]
#[allow(clippy::type_complexity)]
pub(super) fn yaml_pieces<'py>(py: Python<'py>, text: &str) -> PyResult<(Bound<'py, PyList>, Option<(String, usize)>)> {
    let (pieces, error) = note::yaml_pieces(text);
    let list = PyList::empty(py);
    for piece in pieces {
        let value = piece.value.as_ref().map(|value| json(value).into_py_json(py)).transpose()?;
        list.append((piece.kind, piece.style, value, piece.marked, (piece.range.start, piece.range.end)))?;
    }
    Ok((list, error))
}

/// The wikilinks in a text that is no Markdown, such as a property's: (target, subpath, display, start, end of path and part).
#[pyfunction]
#[allow(clippy::type_complexity)]
pub(super) fn wikilinks(text: &str) -> Vec<(String, Option<String>, Option<String>, (usize, usize), (usize, usize))> {
    let places = Characters::new(text);
    note::wikilinks(text)
        .into_iter()
        .map(|link| (link.target, link.subpath, link.display, places.range(&link.range), places.range(&link.written)))
        .collect()
}

/// Where links lead among files with these paths.
#[pyclass(frozen, module = "librarian._native")]
pub(super) struct Resolver(Links);

#[pymethods]
impl Resolver {
    #[new]
    fn new(paths: Vec<String>) -> Self {
        Self(Links::new(paths))
    }

    /// The path that a link in `source` leads to, or None.
    fn resolve(&self, source: &str, target: &str) -> Option<&str> {
        self.0.resolve(source, target)
    }
}
