//! Writing: documents in, one atomic commit out.

use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::{IndexWriter, TantivyDocument, Term};

use super::error::guarded;
use super::schema::BODY;
use super::store::remove_leftovers;
use super::tokenizer::{marked, name_key, property_key};
use super::{Document, Lexical, LexicalError};
use crate::tokens::{fold, language_of};

/// tantivy refuses smaller heaps.
const MIN_HEAP: usize = 16 << 20;

/// Segments above this number are merged at the next commit, small ones first.
const MAX_SEGMENTS: usize = 12;
/// The most documents a merge inside a commit may move, so that saving a note stays quick.
const QUICK_MERGE_DOCS: u32 = 4_000;
/// A segment with more than this share of removed documents is rewritten by [`Lexical::tidy`].
const MAX_REMOVED: f64 = 0.3;

/// Collects changes; dropped without [`Writer::commit`] it leaves the index as it was.
pub struct Writer<'a> {
    lexical: &'a Lexical,
    writer: IndexWriter,
}

impl Lexical {
    /// Start writing. `heap_bytes` is shared by the threads that build segments; one writer at a time.
    pub fn begin(&self, heap_bytes: usize, threads: usize) -> Result<Writer<'_>, LexicalError> {
        let threads = threads.max(1);
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread((heap_bytes / threads).max(MIN_HEAP))
            .num_worker_threads(threads)
            .num_merge_threads(1)
            .build();
        guarded(|| {
            let writer: IndexWriter = self.index.writer_with_options(options)?;
            // Merging is ours: a writer lives for one commit and would abandon what tantivy starts in the background.
            writer.set_merge_policy(Box::new(NoMergePolicy));
            remove_leftovers(&self.index, &self.folder)?;
            Ok(Writer { lexical: self, writer })
        })
    }

    /// Merge segments that are many, and rewrite those that hold many removed documents. For quiet moments: takes
    /// seconds on a large vault. Says whether there was anything to do.
    pub fn tidy(&self) -> Result<bool, LexicalError> {
        let groups = self.untidy()?;
        let mut writer = self.begin(MIN_HEAP, 1)?;
        for group in &groups {
            guarded(|| Ok(writer.writer.merge(group).wait().map(drop)?))?;
        }
        if !groups.is_empty() {
            guarded(|| Ok(writer.writer.garbage_collect_files().wait().map(drop)?))?;
            guarded(|| self.renew())?;
        }
        Ok(!groups.is_empty())
    }

    fn untidy(&self) -> Result<Vec<Vec<SegmentId>>, LexicalError> {
        let metas = guarded(|| Ok(self.index.searchable_segment_metas()?))?;
        if metas.len() > MAX_SEGMENTS / 2 {
            return Ok(vec![metas.iter().map(|meta| meta.id()).collect()]);
        }
        let worn =
            metas.iter().filter(|meta| f64::from(meta.num_deleted_docs()) > MAX_REMOVED * f64::from(meta.max_doc()));
        Ok(worn.map(|meta| vec![meta.id()]).collect())
    }
}

impl Writer<'_> {
    /// Add a document, in place of the one with the same path.
    pub fn put(&self, document: &Document<'_>) -> Result<(), LexicalError> {
        self.remove(&document.entry.stat.path);
        self.put_new(document)
    }

    /// Add a document whose path is not in the index yet.
    pub fn put_new(&self, document: &Document<'_>) -> Result<(), LexicalError> {
        let row = self.row(document);
        guarded(|| Ok(self.writer.add_document(row).map(drop)?))
    }

    /// Remove the document of a path, if there is one.
    pub fn remove(&self, path: &str) {
        self.writer.delete_term(Term::from_field_text(self.lexical.fields.path, path));
    }

    /// Make everything since [`Lexical::begin`] durable and visible, at once. `payload` is kept for [`Lexical::payload`].
    pub fn commit(mut self, payload: &str) -> Result<(), LexicalError> {
        guarded(|| {
            let mut prepared = self.writer.prepare_commit()?;
            prepared.set_payload(payload);
            prepared.commit()?;
            self.merge_small()?;
            self.lexical.renew()
        })
    }

    /// Keep the number of segments bounded: when there are too many, make one of the smallest.
    fn merge_small(&mut self) -> Result<(), LexicalError> {
        let mut metas = self.lexical.index.searchable_segment_metas()?;
        if metas.len() <= MAX_SEGMENTS {
            return Ok(());
        }
        metas.sort_by_key(|meta| (meta.num_docs(), meta.id()));
        let mut moved = 0;
        let small: Vec<SegmentId> = metas
            .iter()
            .take_while(|meta| {
                moved += meta.num_docs();
                moved <= QUICK_MERGE_DOCS
            })
            .map(|meta| meta.id())
            .collect();
        if small.len() > 1 {
            self.writer.merge(&small).wait()?;
            self.writer.garbage_collect_files().wait()?;
        }
        Ok(())
    }

    fn row(&self, document: &Document<'_>) -> TantivyDocument {
        let fields = &self.lexical.fields;
        let prose = || document.prose.iter().filter_map(|range| document.text.get(range.clone()));
        let language = prose().next().map_or(crate::tokens::Language::Unknown, language_of);
        let mut row = TantivyDocument::new();
        let [title, aliases, headings, tags, properties, path, body] = fields.text;
        debug_assert_eq!(body, fields.text[BODY]);
        row.add_text(title, marked(language, std::iter::once(document.title)));
        row.add_text(fields.name, name_key(document.title));
        for alias in &document.aliases {
            row.add_text(aliases, marked(language, std::iter::once(*alias)));
            row.add_text(fields.name, name_key(alias));
        }
        for heading in &document.headings {
            row.add_text(headings, marked(language, std::iter::once(*heading)));
        }
        for tag in &document.tags {
            row.add_text(tags, marked(language, std::iter::once(*tag)));
        }
        for term in tag_terms(&document.tags) {
            row.add_text(fields.tag, term);
        }
        self.add_properties(&mut row, properties, document, language);
        row.add_text(path, marked(language, std::iter::once(path_words(document))));
        row.add_text(body, marked(language, prose()));
        self.add_record(&mut row, document);
        row
    }

    fn add_properties(
        &self,
        row: &mut TantivyDocument,
        words: tantivy::schema::Field,
        document: &Document<'_>,
        language: crate::tokens::Language,
    ) {
        let mut terms = Vec::with_capacity(document.properties.len() * 2);
        for (key, value) in &document.properties {
            row.add_text(words, marked(language, [*key, value.as_str()].into_iter()));
            terms.push(property_key(key, None));
            terms.push(property_key(key, Some(value)));
        }
        terms.sort_unstable();
        terms.dedup();
        for term in terms {
            row.add_text(self.lexical.fields.property, term);
        }
    }

    fn add_record(&self, row: &mut TantivyDocument, document: &Document<'_>) {
        let (fields, stat) = (&self.lexical.fields, &document.entry.stat);
        row.add_text(fields.path, &stat.path);
        row.add_u64(fields.kind, stat.kind as u64);
        row.add_u64(fields.size, stat.size);
        row.add_i64(fields.mtime, stat.mtime_ns);
        row.add_i64(fields.created, stat.created_ns);
        row.add_u64(fields.inode, stat.inode);
        row.add_bytes(fields.digest, &document.entry.digest);
        if let Some(reason) = &document.entry.skipped {
            row.add_text(fields.skipped, reason);
        }
    }
}

/// Folders, and the extension of what is no note; the file's name is in the title.
fn path_words<'a>(document: &'a Document<'_>) -> &'a str {
    let path = document.entry.stat.path.as_str();
    match document.entry.stat.kind {
        super::Kind::Note => path.rsplit_once('/').map_or("", |(folders, _)| folders),
        _ => path,
    }
}

/// Every tag with its ancestors, folded, each once.
fn tag_terms(tags: &[&str]) -> Vec<String> {
    let mut terms = Vec::with_capacity(tags.len());
    for tag in tags {
        let folded = fold(tag);
        terms.extend(folded.match_indices('/').map(|(at, _)| folded[..at].to_owned()));
        terms.push(folded);
    }
    terms.sort_unstable();
    terms.dedup();
    terms
}
