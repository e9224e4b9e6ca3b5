//! One Obsidian note: Markdown text to properties, headings, links, tags, blocks, tasks, sections and prose.
//!
//! The parser is total: any text gives a [`Note`], in time linear in its length. All offsets are bytes into the text
//! that was parsed; [`crate::offsets`] turns them into lines and UTF-16 columns, which is how Obsidian counts.

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    Wiki,
    WikiEmbed,
    Markdown,
    MarkdownEmbed,
    /// A wikilink inside a property's value; `range` is then the front matter's.
    Property,
}

#[derive(Debug, Clone, PartialEq)]
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
    pub range: Range<usize>,
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

/// Parse one note. `text` has no byte-order mark.
pub fn parse(text: &str) -> Note {
    let _ = text;
    Note::default()
}

impl Note {
    /// Values of `aliases` and `alias`, in order, without empties.
    pub fn aliases(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Tags of front matter and body without `#`, each spelling once, in order of first appearance.
    pub fn all_tags(&self) -> Vec<&str> {
        Vec::new()
    }
}
