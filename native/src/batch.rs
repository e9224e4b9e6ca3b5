//! Parsed notes as Arrow record batches, a table each, for the catalog; no object per note ever reaches Python.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder, UInt8Builder,
    UInt32Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};

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
    path: StringBuilder,
    position: UInt32Builder,
    level: UInt8Builder,
    text: StringBuilder,
    line: UInt32Builder,
}

#[derive(Default)]
struct Links {
    path: StringBuilder,
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
    path: StringBuilder,
    tag: StringBuilder,
    key: StringBuilder,
    inline: BooleanBuilder,
    line: UInt32Builder,
}

#[derive(Default)]
struct Properties {
    path: StringBuilder,
    key: StringBuilder,
    kind: StringBuilder,
    value: StringBuilder,
}

#[derive(Default)]
struct Blocks {
    path: StringBuilder,
    id: StringBuilder,
    line: UInt32Builder,
}

#[derive(Default)]
struct Aliases {
    path: StringBuilder,
    alias: StringBuilder,
    key: StringBuilder,
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
            self.headings.path.append_value(path);
            self.headings.position.append_value(narrow(position));
            self.headings.level.append_value(heading.level);
            self.headings.text.append_value(&heading.text);
            self.headings.line.append_value(line(heading.range.start));
        }
        self.push_links(path, note, resolver, &line);
        self.push_tags(path, note, &line);
        for property in &note.properties {
            self.properties.path.append_value(path);
            self.properties.key.append_value(&property.key);
            self.properties.kind.append_value(kind_of(&property.value));
            self.properties.value.append_value(json(&property.value).to_string());
        }
        for block in &note.blocks {
            self.blocks.path.append_value(path);
            self.blocks.id.append_value(&block.id);
            self.blocks.line.append_value(line(block.range.start));
        }
        for alias in note.aliases() {
            self.aliases.path.append_value(path);
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
            links.path.append_value(path);
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
            self.tags.path.append_value(path);
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
                Arc::new(notes.path.finish()),
                Arc::new(notes.title.finish()),
                Arc::new(notes.kind.finish()),
                Arc::new(notes.folder.finish()),
                Arc::new(notes.size.finish()),
                Arc::new(notes.created.finish().with_timezone("UTC")),
                Arc::new(notes.modified.finish().with_timezone("UTC")),
                Arc::new(notes.digest.finish()),
                Arc::new(notes.words.finish()),
                Arc::new(notes.characters.finish()),
                Arc::new(notes.tasks_open.finish()),
                Arc::new(notes.tasks_done.finish()),
                Arc::new(notes.skipped.finish()),
            ],
            vec![
                Arc::new(headings.path.finish()),
                Arc::new(headings.position.finish()),
                Arc::new(headings.level.finish()),
                Arc::new(headings.text.finish()),
                Arc::new(headings.line.finish()),
            ],
            vec![
                Arc::new(links.path.finish()),
                Arc::new(links.position.finish()),
                Arc::new(links.kind.finish()),
                Arc::new(links.target.finish()),
                Arc::new(links.subpath.finish()),
                Arc::new(links.display.finish()),
                Arc::new(links.external.finish()),
                Arc::new(links.line.finish()),
                Arc::new(links.key.finish()),
                Arc::new(links.resolved.finish()),
            ],
            vec![
                Arc::new(tags.path.finish()),
                Arc::new(tags.tag.finish()),
                Arc::new(tags.key.finish()),
                Arc::new(tags.inline.finish()),
                Arc::new(tags.line.finish()),
            ],
            vec![
                Arc::new(properties.path.finish()),
                Arc::new(properties.key.finish()),
                Arc::new(properties.kind.finish()),
                Arc::new(properties.value.finish()),
            ],
            vec![Arc::new(blocks.path.finish()), Arc::new(blocks.id.finish()), Arc::new(blocks.line.finish())],
            vec![Arc::new(aliases.path.finish()), Arc::new(aliases.alias.finish()), Arc::new(aliases.key.finish())],
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
        vec![text("path"), count("position"), Field::new("level", DataType::UInt8, false), text("text"), count("line")],
        vec![
            text("path"),
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
        vec![text("path"), text("tag"), text("key"), flag("inline"), count("line")],
        vec![text("path"), text("key"), text("type"), text("value")],
        vec![text("path"), text("id"), count("line")],
        vec![text("path"), text("alias"), text("key")],
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

/// Words and characters as a person would count them: runs of letters and digits, and every Han or kana character.
pub fn count_words(text: &str) -> (usize, usize) {
    let (mut words, mut characters, mut inside) = (0, 0, false);
    for character in text.chars() {
        characters += 1;
        if matches!(character, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
        {
            words += 1;
            inside = false;
        } else {
            // An apostrophe inside a word does not end it.
            let letter =
                if character.is_ascii() { character.is_ascii_alphanumeric() } else { character.is_alphanumeric() };
            let within = letter || (inside && matches!(character, '\'' | '\u{2019}'));
            words += usize::from(within && !inside);
            inside = within;
        }
    }
    (words, characters)
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
    fn words_are_counted_as_people_do() {
        assert_eq!(count_words("Don\u{2019}t panic, it's 42."), (4, 21));
        assert_eq!(count_words("\u{77e5}\u{8b58} base"), (3, 7));
        assert_eq!(count_words("  "), (0, 2));
    }

    #[test]
    fn a_title_is_the_name_without_the_extension_of_a_note() {
        assert_eq!(title_of("a/b.c.md", Kind::Note), "b.c");
        assert_eq!(title_of("a/b.png", Kind::Attachment), "b.png");
    }
}
