//! One note's text: its structure, its decoding.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::batch::{json, title_of};
use crate::pass::understand;
use crate::scan::kind_of;

/// The structure of a note's text, shaped as `notes.outline` answers, without path and title.
#[pyfunction]
pub(super) fn outline<'py>(py: Python<'py>, path: &str, text: String) -> PyResult<Bound<'py, PyDict>> {
    let kind = kind_of(path);
    let (note, text) = understand(kind, text).map_err(PyValueError::new_err)?;
    let lines = crate::offsets::Offsets::new(&text);
    let dict = PyDict::new(py);
    dict.set_item("title", title_of(path, kind))?;
    dict.set_item("aliases", note.aliases())?;
    dict.set_item("tags", note.all_tags())?;
    let properties = note.properties.iter().map(|property| (property.key.clone(), json(&property.value)));
    dict.set_item("properties", properties.collect::<serde_json::Map<_, _>>().into_py_json(py)?)?;
    let headings = PyList::empty(py);
    for heading in &note.headings {
        let row = PyDict::new(py);
        row.set_item("level", heading.level)?;
        row.set_item("text", &heading.text)?;
        row.set_item("line", lines.line(heading.range.start))?;
        headings.append(row)?;
    }
    dict.set_item("headings", headings)?;
    let tasks = PyList::empty(py);
    for item in &note.list_items {
        let Some(status) = item.task else { continue };
        let row = PyDict::new(py);
        row.set_item("status", status)?;
        row.set_item("text", task_text(&text[item.range.clone()]))?;
        row.set_item("line", lines.line(item.range.start))?;
        tasks.append(row)?;
    }
    dict.set_item("tasks", tasks)?;
    let words: usize = note.prose.iter().map(|range| crate::count::count_words(&text[range.clone()]).0).sum();
    dict.set_item("words", words)?;
    dict.set_item("frontmatter_error", note.frontmatter_error)?;
    Ok(dict)
}

/// A file's text as the core reads it: any encoding, no byte-order mark.
#[pyfunction]
pub(super) fn decode(bytes: &[u8]) -> String {
    crate::read::decode(bytes).into_owned()
}

pub(super) trait IntoPyJson {
    fn into_py_json<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;
}

impl<T: Into<serde_json::Value>> IntoPyJson for T {
    fn into_py_json<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        use serde_json::Value;
        Ok(match self.into() {
            Value::Null => py.None().into_bound(py),
            Value::Bool(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => whole.into_pyobject(py)?.into_any(),
                None => number.as_f64().into_pyobject(py)?.into_any(),
            },
            Value::String(text) => text.into_pyobject(py)?.into_any(),
            Value::Array(items) => {
                let list = PyList::empty(py);
                for item in items {
                    list.append(item.into_py_json(py)?)?;
                }
                list.into_any()
            }
            Value::Object(pairs) => {
                let dict = PyDict::new(py);
                for (key, value) in pairs {
                    dict.set_item(key, value.into_py_json(py)?)?;
                }
                dict.into_any()
            }
        })
    }
}

fn task_text(item: &str) -> &str {
    let first = item.lines().next().unwrap_or("");
    first.split_once(']').map_or(first, |(_, rest)| rest).trim()
}
