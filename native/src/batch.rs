//! Parsed notes as Arrow record batches, a table each, for the catalog; no object per note ever reaches Python.

use std::sync::Arc;

use arrow_array::builder::{
    ArrayBuilder, BinaryBuilder, BooleanBuilder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
    UInt8Builder, UInt32Builder,
};
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::count::count_words;
use crate::lexical::{Entry, Kind};
use crate::links::{Resolver, key_of};
use crate::note::{LinkKind, Note, Value};
use crate::offsets::Offsets;

/// The catalog's tables, in the order of [`Rows::finish`].
pub const TABLES: [&str; 7] = ["notes", "headings", "links", "tags", "properties", "blocks", "aliases"];

/// Builders for one batch of every table.
#[derive(Default)]
pub struct Rows {
    notes: Notes,
    headings: Headings,
    links: Links,
    tags: Tags,
    properties: Properties,
    blocks: Blocks,
    aliases: Aliases,
    len: usize,
}

#[derive(Default)]
struct Notes {
    path: StringBuilder,
    title: StringBuilder,
    kind: StringBuilder,
    folder: StringBuilder,
    size: Int64Builder,
    created: TimestampMicrosecondBuilder,
    modified: TimestampMicrosecondBuilder,
    digest: BinaryBuilder,
    words: UInt32Builder,
    characters: UInt32Builder,
    tasks_open: UInt32Builder,
    tasks_done: UInt32Builder,
    skipped: StringBuilder,
}

#[derive(Default)]
struct Headings {
    path: Paths,
    position: UInt32Builder,
    level: UInt8Builder,
    text: StringBuilder,
    line: UInt32Builder,
}

#[derive(Default)]
struct Links {
    path: Paths,
    position: UInt32Builder,
    kind: StringBuilder,
    target: StringBuilder,
    subpath: StringBuilder,
    display: StringBuilder,
    external: BooleanBuilder,
    line: UInt32Builder,
    key: StringBuilder,
    resolved: StringBuilder,
}

#[derive(Default)]
struct Tags {
    path: Paths,
    tag: StringBuilder,
    key: StringBuilder,
    inline: BooleanBuilder,
    line: UInt32Builder,
}

#[derive(Default)]
struct Properties {
    path: Paths,
    key: StringBuilder,
    kind: StringBuilder,
    value: StringBuilder,
}

#[derive(Default)]
struct Blocks {
    path: Paths,
    id: StringBuilder,
    line: UInt32Builder,
}

#[derive(Default)]
struct Aliases {
    path: Paths,
    alias: StringBuilder,
    key: StringBuilder,
}

/// A column of paths, each kept once however many rows of its file follow each other: half of a batch's bytes otherwise.
#[derive(Default)]
struct Paths {
    keys: Vec<i32>,
    values: StringBuilder,
    file: usize,
}

impl Paths {
    /// Add a row of the file with this number (from 1).
    fn push(&mut self, file: usize, path: &str) {
        if self.file != file {
            self.file = file;
            self.values.append_value(path);
        }
        self.keys.push(i32::try_from(self.values.len()).unwrap_or(i32::MAX) - 1);
    }

    fn finish(mut self) -> DictionaryArray<Int32Type> {
        DictionaryArray::new(Int32Array::from(self.keys), shelved(self.values.finish()))
    }
}

/// An array without the room its builder had left over, since batches wait for the catalog.
fn shelved<A: Array + 'static>(mut array: A) -> ArrayRef {
    array.shrink_to_fit();
    Arc::new(array)
}

impl Rows {
    /// Number of files in this batch.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Add one file; `note` is None where its text was not read.
    pub fn push(&mut self, entry: &Entry, read: Option<(&Note, &str)>, resolver: &Resolver) {
        self.len += 1;
        let path = entry.stat.path.as_str();
        self.push_note(entry, read);
        let Some((note, text)) = read else { return };
        let lines = Offsets::new(text);
        let line = |offset: usize| narrow(lines.line(offset));
        for (position, heading) in note.headings.iter().enumerate() {
            self.headings.path.push(self.len, path);
            self.headings.position.append_value(narrow(position));
            self.headings.level.append_value(heading.level);
            self.headings.text.append_value(&heading.text);
            self.headings.line.append_value(line(heading.range.start));
        }
        self.push_links(path, note, resolver, &line);
        self.push_tags(path, note, &line);
        for property in &note.properties {
            self.properties.path.push(self.len, path);
            self.properties.key.append_value(&property.key);
            self.properties.kind.append_value(kind_of(&property.value));
            self.properties.value.append_value(json(&property.value).to_string());
        }
        for block in &note.blocks {
            self.blocks.path.push(self.len, path);
            self.blocks.id.append_value(&block.id);
            self.blocks.line.append_value(line(block.range.start));
        }
        for alias in note.aliases() {
            self.aliases.path.push(self.len, path);
            self.aliases.alias.append_value(alias);
            self.aliases.key.append_value(alias.to_lowercase());
        }
    }

    fn push_note(&mut self, entry: &Entry, read: Option<(&Note, &str)>) {
        let (stat, notes) = (&entry.stat, &mut self.notes);
        let (folder, title) = (folder_of(&stat.path), title_of(&stat.path, stat.kind));
        notes.path.append_value(&stat.path);
        notes.title.append_value(title);
        notes.kind.append_value(kind_name(stat.kind));
        notes.folder.append_value(folder);
        notes.size.append_value(i64::try_from(stat.size).unwrap_or(i64::MAX));
        let created_ns = read.and_then(|(note, _)| note.created()).unwrap_or(stat.created_ns.min(stat.mtime_ns));
        notes.created.append_value(created_ns / 1000);
        notes.modified.append_value(stat.mtime_ns / 1000);
        notes.digest.append_value(entry.digest);
        let (mut words, mut characters, mut open, mut done) = (0, 0, 0, 0);
        if let Some((note, text)) = read {
            for range in &note.prose {
                let (in_words, in_characters) = count_words(&text[range.clone()]);
                words += in_words;
                characters += in_characters;
            }
            for task in note.list_items.iter().filter_map(|item| item.task) {
                *if task == ' ' { &mut open } else { &mut done } += 1;
            }
        }
        notes.words.append_value(narrow(words));
        notes.characters.append_value(narrow(characters));
        notes.tasks_open.append_value(open);
        notes.tasks_done.append_value(done);
        notes.skipped.append_option(entry.skipped.as_deref());
    }

    fn push_links(&mut self, path: &str, note: &Note, resolver: &Resolver, line: &dyn Fn(usize) -> u32) {
        let links = &mut self.links;
        for (position, link) in note.links.iter().enumerate() {
            links.path.push(self.len, path);
            links.position.append_value(narrow(position));
            links.kind.append_value(link_kind_name(link.kind));
            links.target.append_value(&link.target);
            links.subpath.append_option(link.subpath.as_deref());
            links.display.append_option(link.display.as_deref());
            links.external.append_value(link.external);
            links.line.append_value(line(link.range.start));
            links.key.append_option((!link.external).then(|| key_of(&link.target)));
            links.resolved.append_option(if link.external { None } else { resolver.resolve(path, &link.target) });
        }
    }

    fn push_tags(&mut self, path: &str, note: &Note, line: &dyn Fn(usize) -> u32) {
        let mut push = |name: &str, inline: bool, line: u32| {
            self.tags.path.push(self.len, path);
            self.tags.tag.append_value(name);
            self.tags.key.append_value(name.to_lowercase());
            self.tags.inline.append_value(inline);
            self.tags.line.append_value(line);
        };
        // A tag that stands in the body too is told where it stands there.
        for name in note.all_tags().into_iter().filter(|name| note.tags.iter().all(|tag| tag.name != *name)) {
            push(name, false, 0);
        }
        for tag in &note.tags {
            push(&tag.name, true, line(tag.range.start));
        }
    }

    /// The batches in the order of [`TABLES`], leaving this empty.
    pub fn finish(&mut self) -> Result<[RecordBatch; 7], ArrowError> {
        let rows = std::mem::take(self);
        let Self { mut notes, mut headings, mut links, mut tags, mut properties, mut blocks, mut aliases, .. } = rows;
        let schemas = schemas();
        let columns: [Vec<ArrayRef>; 7] = [
            vec![
                shelved(notes.path.finish()),
                shelved(notes.title.finish()),
                shelved(notes.kind.finish()),
                shelved(notes.folder.finish()),
                shelved(notes.size.finish()),
                shelved(notes.created.finish().with_timezone("UTC")),
                shelved(notes.modified.finish().with_timezone("UTC")),
                shelved(notes.digest.finish()),
                shelved(notes.words.finish()),
                shelved(notes.characters.finish()),
                shelved(notes.tasks_open.finish()),
                shelved(notes.tasks_done.finish()),
                shelved(notes.skipped.finish()),
            ],
            vec![
                shelved(headings.path.finish()),
                shelved(headings.position.finish()),
                shelved(headings.level.finish()),
                shelved(headings.text.finish()),
                shelved(headings.line.finish()),
            ],
            vec![
                shelved(links.path.finish()),
                shelved(links.position.finish()),
                shelved(links.kind.finish()),
                shelved(links.target.finish()),
                shelved(links.subpath.finish()),
                shelved(links.display.finish()),
                shelved(links.external.finish()),
                shelved(links.line.finish()),
                shelved(links.key.finish()),
                shelved(links.resolved.finish()),
            ],
            vec![
                shelved(tags.path.finish()),
                shelved(tags.tag.finish()),
                shelved(tags.key.finish()),
                shelved(tags.inline.finish()),
                shelved(tags.line.finish()),
            ],
            vec![
                shelved(properties.path.finish()),
                shelved(properties.key.finish()),
                shelved(properties.kind.finish()),
                shelved(properties.value.finish()),
            ],
            vec![shelved(blocks.path.finish()), shelved(blocks.id.finish()), shelved(blocks.line.finish())],
            vec![shelved(aliases.path.finish()), shelved(aliases.alias.finish()), shelved(aliases.key.finish())],
        ];
        let mut batches = Vec::with_capacity(7);
        for (schema, columns) in schemas.into_iter().zip(columns) {
            batches.push(RecordBatch::try_new(schema, columns)?);
        }
        batches.try_into().map_err(|_| ArrowError::ComputeError("a table is missing".to_owned()))
    }
}

/// The schemas of [`TABLES`].
pub fn schemas() -> [SchemaRef; 7] {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let path = || Field::new("path", DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into()), false);
    let maybe = |name: &str| Field::new(name, DataType::Utf8, true);
    let count = |name: &str| Field::new(name, DataType::UInt32, false);
    let flag = |name: &str| Field::new(name, DataType::Boolean, false);
    let time = |name: &str| Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false);
    [
        vec![
            text("path"),
            text("title"),
            text("kind"),
            text("folder"),
            Field::new("size", DataType::Int64, false),
            time("created"),
            time("modified"),
            Field::new("digest", DataType::Binary, false),
            count("words"),
            count("characters"),
            count("tasks_open"),
            count("tasks_done"),
            maybe("skipped"),
        ],
        vec![path(), count("position"), Field::new("level", DataType::UInt8, false), text("text"), count("line")],
        vec![
            path(),
            count("position"),
            text("kind"),
            text("target"),
            maybe("subpath"),
            maybe("display"),
            flag("external"),
            count("line"),
            maybe("key"),
            maybe("resolved"),
        ],
        vec![path(), text("tag"), text("key"), flag("inline"), count("line")],
        vec![path(), text("key"), text("type"), text("value")],
        vec![path(), text("id"), count("line")],
        vec![path(), text("alias"), text("key")],
    ]
    .map(|fields| Arc::new(Schema::new(fields)))
}

/// The name of a file without folders and, for notes, canvases and bases, without extension.
pub fn title_of(path: &str, kind: Kind) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    match kind {
        Kind::Attachment => name,
        _ => name.rsplit_once('.').map_or(name, |(stem, _)| stem),
    }
}

pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Note => "note",
        Kind::Canvas => "canvas",
        Kind::Base => "base",
        Kind::Attachment => "attachment",
    }
}

pub fn link_kind_name(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Wiki => "wiki",
        LinkKind::WikiEmbed => "wiki_embed",
        LinkKind::Markdown => "markdown",
        LinkKind::MarkdownEmbed => "markdown_embed",
        LinkKind::Property => "property",
    }
}

/// A property's value as JSON; numbers that JSON lacks become null.
pub fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => (*number as i64).into(),
        Value::Number(number) => serde_json::Number::from_f64(*number).map_or(serde_json::Value::Null, Into::into),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(pairs) => {
            pairs.iter().map(|(key, value)| (key.clone(), json(value))).collect::<serde_json::Map<_, _>>().into()
        }
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "checkbox",
        Value::Number(_) => "number",
        Value::Text(_) => "text",
        Value::List(_) => "list",
        Value::Map(_) => "map",
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_name_without_the_extension_of_a_note() {
        assert_eq!(title_of("a/b.c.md", Kind::Note), "b.c");
        assert_eq!(title_of("a/b.png", Kind::Attachment), "b.png");
    }
}
