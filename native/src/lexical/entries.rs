//! The record of what was indexed, read from the index's columns.

use tantivy::columnar::{BytesColumn, StrColumn};
use tantivy::fastfield::Column;
use tantivy::{DocId, SegmentReader};

use super::error::guarded;
use super::schema::column;
use super::{Entry, FileStat, Kind, Lexical, LexicalError};

/// The columns of one segment.
pub(super) struct Columns {
    pub path: StrColumn,
    kind: Column<u64>,
    size: Column<u64>,
    pub mtime: Column<i64>,
    created: Column<i64>,
    inode: Column<u64>,
    digest: Option<BytesColumn>,
    skipped: Option<StrColumn>,
}

fn missing(what: &str) -> LexicalError {
    LexicalError::Corrupt(format!("a document has no {what}"))
}

impl Columns {
    pub fn of(segment: &SegmentReader) -> Result<Self, LexicalError> {
        let fast = segment.fast_fields();
        let columns = Self {
            path: fast.str(column::PATH)?.ok_or_else(|| missing(column::PATH))?,
            kind: fast.u64(column::KIND)?,
            size: fast.u64(column::SIZE)?,
            mtime: fast.i64(column::MTIME)?,
            created: fast.i64(column::CREATED)?,
            inode: fast.u64(column::INODE)?,
            digest: fast.bytes(column::DIGEST)?,
            skipped: fast.str(column::SKIPPED)?,
        };
        if columns.kind.num_docs() != segment.max_doc() {
            return Err(LexicalError::Corrupt(
                "meta.json and the columns disagree on the number of documents".to_owned(),
            ));
        }
        Ok(columns)
    }

    pub fn kind(&self, doc: DocId) -> Result<Kind, LexicalError> {
        match self.kind.first(doc) {
            Some(0) => Ok(Kind::Note),
            Some(1) => Ok(Kind::Canvas),
            Some(2) => Ok(Kind::Base),
            Some(3) => Ok(Kind::Attachment),
            _ => Err(missing(column::KIND)),
        }
    }

    pub fn is_skipped(&self, doc: DocId) -> bool {
        self.skipped.as_ref().is_some_and(|column| column.ords().first(doc).is_some())
    }

    pub fn modified(&self, doc: DocId) -> i64 {
        self.mtime.first(doc).unwrap_or(i64::MIN)
    }

    /// Rank of the document's path among those of the segment, in byte order.
    pub fn path_rank(&self, doc: DocId) -> u64 {
        self.path.ords().first(doc).unwrap_or(u64::MAX)
    }

    pub fn path(&self, doc: DocId) -> Result<String, LexicalError> {
        let mut path = String::new();
        let rank = self.path.ords().first(doc).ok_or_else(|| missing(column::PATH))?;
        self.path.ord_to_str(rank, &mut path)?;
        Ok(path)
    }

    fn digest(&self, doc: DocId) -> Result<[u8; 32], LexicalError> {
        let column = self.digest.as_ref().ok_or_else(|| missing(column::DIGEST))?;
        let rank = column.ords().first(doc).ok_or_else(|| missing(column::DIGEST))?;
        let mut bytes = Vec::with_capacity(32);
        column.ord_to_bytes(rank, &mut bytes)?;
        bytes.try_into().map_err(|_| missing(column::DIGEST))
    }

    fn skipped(&self, doc: DocId) -> Result<Option<String>, LexicalError> {
        let Some(column) = &self.skipped else { return Ok(None) };
        let Some(rank) = column.ords().first(doc) else { return Ok(None) };
        let mut reason = String::new();
        column.ord_to_str(rank, &mut reason)?;
        Ok(Some(reason))
    }
}

/// All values of a dictionary column, by rank.
fn dictionary(column: &StrColumn) -> Result<Vec<String>, LexicalError> {
    let mut values = Vec::with_capacity(column.num_rows() as usize);
    let mut stream = column.dictionary().stream()?;
    while stream.advance() {
        let value = std::str::from_utf8(stream.key()).map_err(|error| LexicalError::Corrupt(error.to_string()))?;
        values.push(value.to_owned());
    }
    Ok(values)
}

fn digests(column: &BytesColumn) -> Result<Vec<[u8; 32]>, LexicalError> {
    let mut values = Vec::with_capacity(column.num_rows() as usize);
    let mut stream = column.dictionary().stream()?;
    while stream.advance() {
        values.push(stream.key().try_into().map_err(|_| missing(column::DIGEST))?);
    }
    Ok(values)
}

fn segment_entries(segment: &SegmentReader, entries: &mut Vec<Entry>) -> Result<(), LexicalError> {
    let columns = Columns::of(segment)?;
    let mut paths = dictionary(&columns.path)?;
    let digest_column = columns.digest.as_ref().ok_or_else(|| missing(column::DIGEST))?;
    let digests = digests(digest_column)?;
    for doc in segment.doc_ids_alive() {
        let path = paths.get_mut(columns.path_rank(doc) as usize).ok_or_else(|| missing(column::PATH))?;
        let digest = digest_column.ords().first(doc).and_then(|rank| digests.get(rank as usize).copied());
        entries.push(Entry {
            stat: FileStat {
                // A path belongs to one living document, and the dead ones are not visited.
                path: std::mem::take(path),
                kind: columns.kind(doc)?,
                size: columns.size.first(doc).ok_or_else(|| missing(column::SIZE))?,
                mtime_ns: columns.mtime.first(doc).ok_or_else(|| missing(column::MTIME))?,
                created_ns: columns.created.first(doc).ok_or_else(|| missing(column::CREATED))?,
                inode: columns.inode.first(doc).ok_or_else(|| missing(column::INODE))?,
            },
            digest: digest.ok_or_else(|| missing(column::DIGEST))?,
            skipped: columns.skipped(doc)?,
        });
    }
    Ok(())
}

impl Lexical {
    /// What was indexed, as of the last commit, in no particular order.
    pub fn entries(&self) -> Result<Vec<Entry>, LexicalError> {
        guarded(|| {
            let searcher = self.searcher();
            let mut entries = Vec::with_capacity(searcher.num_docs() as usize);
            for segment in searcher.segment_readers() {
                segment_entries(segment, &mut entries)?;
            }
            Ok(entries)
        })
    }

    /// What was indexed of one file.
    pub fn entry(&self, path: &str) -> Result<Option<Entry>, LexicalError> {
        guarded(|| {
            let term = tantivy::Term::from_field_text(self.fields.path, path);
            for segment in self.searcher().segment_readers() {
                let inverted = segment.inverted_index(self.fields.path)?;
                let Some(mut postings) = inverted.read_postings(&term, tantivy::schema::IndexRecordOption::Basic)?
                else {
                    continue;
                };
                let mut doc = tantivy::DocSet::doc(&postings);
                while doc != tantivy::TERMINATED {
                    if !segment.is_deleted(doc) {
                        return Columns::of(segment)?.entry(doc).map(Some);
                    }
                    doc = tantivy::DocSet::advance(&mut postings);
                }
            }
            Ok(None)
        })
    }
}

impl Columns {
    fn entry(&self, doc: DocId) -> Result<Entry, LexicalError> {
        Ok(Entry {
            stat: FileStat {
                path: self.path(doc)?,
                kind: self.kind(doc)?,
                size: self.size.first(doc).ok_or_else(|| missing(column::SIZE))?,
                mtime_ns: self.mtime.first(doc).ok_or_else(|| missing(column::MTIME))?,
                created_ns: self.created.first(doc).ok_or_else(|| missing(column::CREATED))?,
                inode: self.inode.first(doc).ok_or_else(|| missing(column::INODE))?,
            },
            digest: self.digest(doc)?,
            skipped: self.skipped(doc)?,
        })
    }
}
