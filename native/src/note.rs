//! One Obsidian note: Markdown text to properties, headings, links, tags, blocks, tasks, sections and prose.
//!
//! The parser is total: any text gives a [`Note`], in time linear in its length. All offsets are bytes into the text
//! that was parsed; [`crate::offsets`] turns them into lines and UTF-16 columns, which is how Obsidian counts.

mod blocks;
mod inline;
mod lines;
mod link;
mod list;
mod properties;
mod prose;
mod simple;
mod starts;
mod text_blocks;
mod yaml;

use std::ops::Range;

/// What one note says about itself. Lists are in the order of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Note {
    /// The front matter with both fences, when the text starts with one.
    pub frontmatter: Option<Range<usize>>,
    /// Why the front matter is not valid YAML; its body is indexed all the same.
    pub frontmatter_error: Option<String>,
    pub properties: Vec<Property>,
    pub headings: Vec<Heading>,
    /// Wikilinks, Markdown links and embeds of the body, and wikilinks in properties.
    pub links: Vec<Link>,
    /// Tags in the body, as Obsidian counts them; those of the front matter are in `properties` (see [`Note::all_tags`]).
    pub tags: Vec<Tag>,
    pub blocks: Vec<Block>,
    pub footnotes: Vec<Footnote>,
    pub sections: Vec<Section>,
    pub list_items: Vec<ListItem>,
    /// The pieces of the text that are worth finding words in (no front matter, no compressed drawings or data URIs),
    /// ascending and disjoint.
    pub prose: Vec<Range<usize>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    pub key: String,
    pub value: Value,
}

/// A property's value after YAML, reduced to what Obsidian's properties can hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(f64),
    /// Text and dates, as written.
    Text(String),
    List(Vec<Value>),
    /// Nested mappings, which Obsidian shows as raw text.
    Map(Vec<(String, Value)>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// As Obsidian's metadata gives it: inline markup kept, trailing hashes and block id removed.
    pub text: String,
    pub range: Range<usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LinkKind {
    #[default]
    Wiki,
    WikiEmbed,
    Markdown,
    MarkdownEmbed,
    /// A wikilink inside a property's value; `range` is then the front matter's.
    Property,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Link {
    pub kind: LinkKind,
    /// The path part, percent-decoded for Markdown links; empty for a link inside the same note; a whole address when `external`.
    pub target: String,
    /// What follows `#` (headings joined by `#`, or `^block-id`), without the first `#`.
    pub subpath: Option<String>,
    /// The shown text when the link gives one.
    pub display: Option<String>,
    /// Has a scheme (`https:`, `mailto:`, `obsidian:` …).
    pub external: bool,
    /// In a table, where a pipe has to be escaped.
    pub in_cell: bool,
    pub range: Range<usize>,
    /// Where target and subpath stand, as written; empty for a link in a property.
    pub written: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    /// Without `#`, spelled as written: `project/Alpha`.
    pub name: String,
    pub range: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Without `^`.
    pub id: String,
    /// The block that carries the id.
    pub range: Range<usize>,
    /// Where `^id` stands.
    pub mark: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Footnote {
    /// Without `^`.
    pub label: String,
    /// Where `[^label]` stands.
    pub range: Range<usize>,
    /// Whether the footnote's text follows; else it is a place that the footnote belongs to.
    pub defines: bool,
}

/// A top-level block, named as in Obsidian's `CachedMetadata.sections` (`heading`, `paragraph`, `list`, `code`, `callout`, …).
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub kind: &'static str,
    pub id: Option<String>,
    pub range: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ListItem {
    /// The character between the brackets of a task, `None` for a plain item.
    pub task: Option<char>,
    /// As in Obsidian: the line of the parent item, or minus the line of the list's first item at the root.
    pub parent: i64,
    pub id: Option<String>,
    pub range: Range<usize>,
}

/// Texts above this size are indexed as prose only, because line tables hold 32-bit offsets.
const LARGEST_PARSED: usize = u32::MAX as usize;

/// Parse one note. `text` has no byte-order mark.
pub fn parse(text: &str) -> Note {
    let mut note = Note::default();
    if text.len() >= LARGEST_PARSED {
        note.prose.push(0..text.len());
        return note;
    }
    let mut body = 0;
    if let Some(front) = properties::frontmatter(text) {
        note.sections.push(Section { kind: "yaml", id: None, range: front.whole.clone() });
        let (found, error) = properties::parse(&text[front.yaml]);
        note.properties = found;
        note.frontmatter_error = error;
        properties::links(&note.properties, &front.whole, &mut note.links);
        body = front.body;
        note.frontmatter = Some(front.whole);
    }
    let mut note = blocks::scan(text, body, note);
    note.prose = prose::pieces(text, body);
    note
}

/// One YAML document within the bounds set for front matter; on an error, what came before it and the reason.
pub fn parse_yaml(text: &str) -> (Value, Option<String>) {
    yaml::parse(text)
}

/// Where the front matter of a text stands, when there is one: with both fences, its YAML, and where the body starts.
pub fn frontmatter(text: &str) -> Option<(Range<usize>, Range<usize>, usize)> {
    properties::frontmatter(text).map(|front| (front.whole, front.yaml, front.body))
}

/// Every wikilink in a text that is no Markdown.
pub fn wikilinks(text: &str) -> Vec<Link> {
    link::wikilinks(text).collect()
}

/// A piece of a YAML document as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct YamlPiece {
    /// `scalar`, `list`, `map`, `end` of either, or `alias`.
    pub kind: &'static str,
    /// How a scalar is quoted: `plain`, `single`, `double`, `literal` or `folded`; `flow` or `block` for lists and maps.
    pub style: &'static str,
    pub value: Option<Value>,
    /// Whether an anchor or a tag belongs to it.
    pub marked: bool,
    /// In characters of the text.
    pub range: Range<usize>,
}

/// The pieces of one YAML document in order, and on an error the reason and the line from 0.
pub fn yaml_pieces(text: &str) -> (Vec<YamlPiece>, Option<(String, usize)>) {
    yaml::pieces(text)
}

impl Note {
    /// Values of `aliases` and `alias`, in order, without empties.
    pub fn aliases(&self) -> Vec<&str> {
        self.texts(&["aliases", "alias"])
    }

    /// Tags of front matter and body without `#`, each spelling once, in order of first appearance.
    pub fn all_tags(&self) -> Vec<&str> {
        let mut seen = rustc_hash::FxHashSet::default();
        let listed = self.texts(&["tags", "tag"]).into_iter().map(|tag| tag.trim_start_matches('#'));
        let inline = self.tags.iter().map(|tag| tag.name.as_str());
        listed.filter(|tag| inline::is_tag_name(tag)).chain(inline).filter(|tag| seen.insert(*tag)).collect()
    }

    /// Every property as (key, value as text), one pair a list element; a nested mapping gives pairs under its top key.
    pub fn properties_text(&self) -> Vec<(&str, String)> {
        let mut pairs = Vec::new();
        for property in &self.properties {
            properties::flatten(&property.key, &property.value, &mut pairs);
        }
        pairs
    }

    /// When the note says it was created (`created`, `date`, `created_at` …), in nanoseconds since 1970; local times count as UTC.
    pub fn created(&self) -> Option<i64> {
        properties::created(&self.properties)
    }

    /// The text values of the properties with one of these names; like Obsidian, `TAGS` is not `tags`.
    fn texts(&self, names: &[&str]) -> Vec<&str> {
        let mut found = Vec::new();
        for property in &self.properties {
            if names.contains(&property.key.as_str()) {
                properties::collect_texts(&property.value, &mut found);
            }
        }
        found
    }
}
