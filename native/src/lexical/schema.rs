//! The fields of the index.

use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing, TextOptions,
};

use super::LexicalError;

/// Counts changes of fields, of what is written into them, and of how text becomes words.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// The fields that words are looked up in, in the order of [`Fields::text`].
pub(super) const TEXT_FIELDS: [&str; 7] = ["title", "aliases", "headings", "tags", "properties", "path", "body"];
/// Those that keep positions (for phrases) and lengths.
pub(super) const PROSE_FIELDS: [bool; 7] = [true, true, true, false, false, false, true];
pub(super) const HEADINGS: usize = 2;
pub(super) const BODY: usize = 6;

/// Name of our tokenizer in the schema.
pub(super) const TOKENIZER: &str = "librarian";

/// Handles of all fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub text: [Field; 7],
    /// Whole titles and aliases, see [`super::tokenizer::name_key`].
    pub name: Field,
    /// Folded tags with all their ancestors.
    pub tag: Field,
    /// Folded `key` and `key NUL value`.
    pub property: Field,
    /// The path itself: key of the document, and a column.
    pub path: Field,
    pub kind: Field,
    pub size: Field,
    pub mtime: Field,
    pub created: Field,
    pub inode: Field,
    pub digest: Field,
    pub skipped: Field,
}

/// Columns by name, as the fast-field reader wants them.
pub(super) mod column {
    pub const PATH: &str = "file";
    pub const KIND: &str = "kind";
    pub const SIZE: &str = "size";
    pub const MTIME: &str = "mtime";
    pub const CREATED: &str = "created";
    pub const INODE: &str = "inode";
    pub const DIGEST: &str = "digest";
    pub const SKIPPED: &str = "skipped";
}

pub(super) fn build() -> Schema {
    let mut builder = Schema::builder();
    for (name, prose) in TEXT_FIELDS.iter().zip(PROSE_FIELDS) {
        let record = if prose { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs };
        let indexing =
            TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(record).set_fieldnorms(prose);
        builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing));
    }
    let raw = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    let terms = TextOptions::default().set_indexing_options(raw);
    for name in ["name", "tag", "property"] {
        builder.add_text_field(name, terms.clone());
    }
    builder.add_text_field(column::PATH, STRING | TextOptions::default().set_fast("raw"));
    for name in [column::KIND, column::SIZE, column::INODE] {
        builder.add_u64_field(name, NumericOptions::default().set_fast());
    }
    for name in [column::MTIME, column::CREATED] {
        builder.add_i64_field(name, NumericOptions::default().set_fast());
    }
    builder.add_bytes_field(column::DIGEST, BytesOptions::default().set_fast());
    builder.add_text_field(column::SKIPPED, TextOptions::default().set_fast("raw"));
    builder.build()
}

impl Fields {
    pub fn of(schema: &Schema) -> Result<Self, LexicalError> {
        let field = |name: &str| schema.get_field(name).map_err(LexicalError::from);
        let mut text = [field("title")?; 7];
        for (slot, name) in text.iter_mut().zip(TEXT_FIELDS) {
            *slot = field(name)?;
        }
        Ok(Self {
            text,
            name: field("name")?,
            tag: field("tag")?,
            property: field("property")?,
            path: field(column::PATH)?,
            kind: field(column::KIND)?,
            size: field(column::SIZE)?,
            mtime: field(column::MTIME)?,
            created: field(column::CREATED)?,
            inode: field(column::INODE)?,
            digest: field(column::DIGEST)?,
            skipped: field(column::SKIPPED)?,
        })
    }
}
