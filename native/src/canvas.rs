//! Files that are not plain notes: JSON Canvas, Bases and Excalidraw drawings, reduced to what can be searched and linked.

use std::ops::Range;

use serde::Deserialize;

use crate::note::{Link, LinkKind, Note, Value, parse, parse_yaml};

/// A file's searchable text and the note whose ranges refer to it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Readable {
    pub text: String,
    pub note: Note,
}

#[derive(Deserialize)]
struct Drawing {
    #[serde(default)]
    nodes: Vec<Node>,
    #[serde(default)]
    edges: Vec<Edge>,
}

/// The fields of all node types that say something in words.
#[derive(Deserialize)]
struct Node {
    text: Option<String>,
    label: Option<String>,
    file: Option<String>,
    subpath: Option<String>,
    url: Option<String>,
    background: Option<String>,
}

#[derive(Deserialize)]
struct Edge {
    label: Option<String>,
}

/// Read a JSON Canvas (jsoncanvas.org, 1.0): cards as Markdown, labels, files and addresses as links. The error is the
/// reason why it cannot be read.
pub fn canvas(text: &str) -> Result<Readable, String> {
    if text.trim().is_empty() {
        return Ok(Readable::default());
    }
    let drawing: Drawing = serde_json::from_str(text).map_err(|error| format!("not a JSON Canvas: {error}"))?;
    let mut readable = Readable::default();
    for node in drawing.nodes {
        if let Some(text) = node.text {
            readable.markdown(&text);
        }
        if let Some(label) = node.label {
            readable.line(&label);
        }
        if let Some(file) = node.file {
            readable.link(&file, node.subpath.as_deref(), false);
        }
        if let Some(background) = node.background {
            readable.link(&background, None, false);
        }
        if let Some(url) = node.url {
            readable.link(&url, None, true);
        }
    }
    for label in drawing.edges.into_iter().filter_map(|edge| edge.label) {
        readable.line(&label);
    }
    Ok(readable)
}

/// Read a Base: the names, filters and formulas of its YAML, one a line. The error is the reason why it cannot be read.
pub fn base(text: &str) -> Result<Readable, String> {
    let (root, error) = parse_yaml(text);
    if let Some(error) = error {
        return Err(format!("not a Base: {error}"));
    }
    let mut readable = Readable::default();
    match root {
        Value::Map(_) | Value::Null => readable.value(&root),
        _ => return Err("not a Base: not a mapping".to_owned()),
    }
    Ok(readable)
}

/// Whether a note is a drawing of the Excalidraw plugin.
pub fn is_excalidraw(note: &Note) -> bool {
    note.properties.iter().any(|property| property.key == "excalidraw-plugin")
}

/// Headings that the Excalidraw plugin writes into every drawing.
const EXCALIDRAW_HEADINGS: [&str; 5] =
    ["Excalidraw Data", "Text Elements", "Element Links", "Embedded Files", "Drawing"];
const ELEMENT_ID: usize = 8;

/// Read an Excalidraw drawing saved as Markdown: only its text elements are prose, and its links stay.
pub fn excalidraw(text: &str) -> Result<Readable, String> {
    let mut note = parse(text);
    if !is_excalidraw(&note) {
        return Err("not an Excalidraw drawing: no excalidraw-plugin property".to_owned());
    }
    note.headings.retain(|heading| !EXCALIDRAW_HEADINGS.contains(&heading.text.as_str()));
    note.prose = element_lines(text);
    Ok(Readable { text: text.to_owned(), note })
}

/// The lines of the section `Text Elements`, without the element ids at their ends.
fn element_lines(text: &str) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut inside = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        let heading = bare.trim_start_matches('#').trim();
        if bare.starts_with('#') && EXCALIDRAW_HEADINGS.contains(&heading) || bare.starts_with("%%") {
            inside = heading == "Text Elements";
        } else if inside {
            let words = without_element_id(bare);
            if !words.trim().is_empty() {
                lines.push(start..start + words.len());
            }
        }
        start += line.len();
    }
    lines
}

fn without_element_id(line: &str) -> &str {
    match line.rsplit_once(" ^") {
        Some((words, id)) if id.len() == ELEMENT_ID && id.is_ascii() => words,
        _ => line,
    }
}

impl Readable {
    /// Add a paragraph; its range in the text.
    fn line(&mut self, words: &str) -> Range<usize> {
        let range = self.text.len()..self.text.len() + words.len();
        self.text.push_str(words);
        self.text.push_str("\n\n");
        if !range.is_empty() {
            self.note.prose.push(range.clone());
        }
        range
    }

    fn link(&mut self, target: &str, subpath: Option<&str>, external: bool) {
        let range = self.line(target);
        let subpath =
            subpath.map(|subpath| subpath.trim_start_matches('#').to_owned()).filter(|subpath| !subpath.is_empty());
        let kind = if external { LinkKind::Markdown } else { LinkKind::WikiEmbed };
        let written = range.clone();
        self.note.links.push(Link {
            kind,
            target: target.to_owned(),
            subpath,
            external,
            range,
            written,
            ..Link::default()
        });
    }

    /// Add a card's Markdown, parsed by itself so that an unclosed fence in one card does not swallow the next.
    fn markdown(&mut self, markdown: &str) {
        let base = self.text.len();
        let mut card = parse(markdown);
        self.text.push_str(markdown);
        self.text.push_str("\n\n");
        let shift = |range: &mut Range<usize>| *range = range.start + base..range.end + base;
        card.headings.iter_mut().for_each(|one| shift(&mut one.range));
        card.links.iter_mut().for_each(|one| {
            shift(&mut one.range);
            shift(&mut one.written);
        });
        card.tags.iter_mut().for_each(|one| shift(&mut one.range));
        card.blocks.iter_mut().for_each(|one| {
            shift(&mut one.range);
            shift(&mut one.mark);
        });
        card.sections.iter_mut().for_each(|one| shift(&mut one.range));
        card.prose.iter_mut().for_each(shift);
        self.note.headings.append(&mut card.headings);
        self.note.links.append(&mut card.links);
        self.note.tags.append(&mut card.tags);
        self.note.blocks.append(&mut card.blocks);
        self.note.sections.append(&mut card.sections);
        self.note.prose.append(&mut card.prose);
        self.items(card.list_items, base, markdown);
    }

    /// Add a card's list items; their parents are lines, which move by the lines before the card.
    fn items(&mut self, items: Vec<crate::note::ListItem>, base: usize, markdown: &str) {
        let lines_before = self.text[..base].bytes().filter(|byte| *byte == b'\n').count() as i64;
        let first_line_root = |parent: i64| parent == -1 && markdown.starts_with(|first: char| !first.is_whitespace());
        self.note.list_items.extend(items.into_iter().map(|mut item| {
            item.range = item.range.start + base..item.range.end + base;
            item.parent = match item.parent {
                parent if parent >= 0 => parent + lines_before,
                parent if first_line_root(parent) => -lines_before.max(1),
                parent => parent - lines_before,
            };
            item
        }));
    }

    /// Add the words of a YAML value: `key: text` or an item a line.
    fn value(&mut self, value: &Value) {
        match value {
            Value::Text(text) => {
                self.line(text);
            }
            Value::Number(number) => {
                self.line(&number.to_string());
            }
            Value::Bool(_) | Value::Null => {}
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Map(pairs) => {
                for (key, value) in pairs {
                    self.line(key);
                    self.value(value);
                }
            }
        }
    }
}
