//! The names of all notes, for finding where a text mentions one (see [`crate::mentions`]).

use std::sync::{Arc, PoisonError};

use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, Term};

use super::entries::Columns;
use super::error::guarded;
use super::schema::BODY;
use super::{Kind, Lexical, LexicalError};
use crate::mentions::Names;

/// A name of one word that so many notes hold is a word, not a name.
const COMMON_SHARE: f64 = 0.02;
const COMMON_NOTES: u64 = 50;

impl Lexical {
    /// Every title and alias that is worth looking for; kept until the index changes.
    pub fn names(&self) -> Result<Arc<Names>, LexicalError> {
        guarded(|| {
            let searcher = self.searcher();
            let generation = searcher.generation().generation_id();
            let mut kept = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((of, names)) = &*kept
                && *of == generation
            {
                return Ok(names.clone());
            }
            let names = Arc::new(self.collect_names(&searcher)?);
            *kept = Some((generation, names.clone()));
            Ok(names)
        })
    }

    fn collect_names(&self, searcher: &Searcher) -> Result<Names, LexicalError> {
        let common = COMMON_NOTES.max((COMMON_SHARE * searcher.num_docs() as f64) as u64);
        let mut names = Names::default();
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(self.fields.name)?;
            let mut stream = inverted.terms().stream()?;
            while stream.advance() {
                let Ok(key) = std::str::from_utf8(stream.key()) else { continue };
                let is_word = !key.contains(' ');
                if is_word && searcher.doc_freq(&Term::from_field_text(self.fields.text[BODY], key))? > common {
                    continue;
                }
                names.add(key);
            }
        }
        Ok(names)
    }

    /// The notes that have this name (see [`super::name_key`]) as their title or an alias, shortest path first.
    pub fn named(&self, key: &str) -> Result<Vec<String>, LexicalError> {
        guarded(|| {
            let term = Term::from_field_text(self.fields.name, key);
            let mut paths = Vec::new();
            for segment in self.searcher().segment_readers() {
                let inverted = segment.inverted_index(self.fields.name)?;
                let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else { continue };
                let columns = Columns::of(segment)?;
                while postings.doc() != tantivy::TERMINATED {
                    let doc = postings.doc();
                    if !segment.is_deleted(doc) && columns.kind(doc)? == Kind::Note {
                        paths.push(columns.path(doc)?);
                    }
                    postings.advance();
                }
            }
            paths.sort_unstable_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
            Ok(paths)
        })
    }
}
