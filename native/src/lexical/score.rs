//! BM25F: one score a word over the weighted union of its forms in all fields (Robertson and Zaragoza 2009).

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::{Postings, TermInfo};
use tantivy::schema::{IndexRecordOption, Term};
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED};

use super::LexicalError;
use super::answer::MatchKind;
use super::docs::Docs;
use super::expand::Form;
use super::plan::{Phrase, PhraseTerm};
use super::schema::{Fields, HEADINGS, PROSE_FIELDS};

/// Saturation of term frequency.
const K1: f32 = 1.2;
/// Weight and length normalisation of each text field, in the order of `TEXT_FIELDS`. Title, aliases and headings are
/// part of what a note is about; tags, properties and path have no length worth normalising by.
const FIELD_WEIGHT: [f32; 7] = [4.0, 4.0, 2.0, 2.0, 1.0, 1.0, 1.0];
const FIELD_B: [f32; 7] = [0.4, 0.4, 0.4, 0.0, 0.0, 0.0, 0.75];

/// A text counts as at most so many times the average: a word deep in a handbook is still about something.
const MAX_LENGTH: f32 = 5.0;

/// What the whole collection says, for scoring one segment.
pub(super) struct Collection {
    docs: f32,
    /// For each field, `weight / (1 - b + b * length / average)` by field-norm id.
    norms: [[f32; 256]; 7],
}

/// The mean length in words of each field, of those that have a length.
pub(super) type Averages = [f32; 7];

/// Over the living documents only, and by the rounded lengths that they are scored with: however an index came to hold its
/// documents, they are scored alike.
pub(super) fn average_lengths(searcher: &Searcher, fields: &Fields) -> Result<Averages, LexicalError> {
    let mut averages = [1.0; 7];
    for (at, &field) in fields.text.iter().enumerate().filter(|&(at, _)| FIELD_B[at] > 0.0) {
        let mut words = 0;
        for segment in searcher.segment_readers() {
            let norms = segment.get_fieldnorms_reader(field)?;
            words += segment.doc_ids_alive().map(|doc| u64::from(norms.fieldnorm(doc))).sum::<u64>();
        }
        averages[at] = (words as f32 / searcher.num_docs().max(1) as f32).max(1.0);
    }
    Ok(averages)
}

impl Collection {
    pub fn of(searcher: &Searcher, averages: &Averages) -> Self {
        let mut norms = [[0.0; 256]; 7];
        for (at, average) in averages.iter().enumerate() {
            for (id, norm) in norms[at].iter_mut().enumerate() {
                let length = (FieldNormReader::id_to_fieldnorm(id as u8) as f32).min(MAX_LENGTH * average);
                *norm = FIELD_WEIGHT[at] / (1.0 - FIELD_B[at] + FIELD_B[at] * length / average);
            }
        }
        Self { docs: searcher.num_docs() as f32, norms }
    }

    pub fn idf(&self, docs_with_word: usize) -> f32 {
        let found = docs_with_word as f32;
        (1.0 + (self.docs - found + 0.5).max(0.0) / (found + 0.5)).ln()
    }
}

/// The documents of one segment with a word: `strong` for exact forms and stems, `weak` for guesses.
pub(super) struct Found {
    /// Which forms the segment has, in which fields.
    pub sources: Vec<Source>,
    pub docs: Docs,
    /// Of a phrase: the documents of each field that has it.
    pub by_field: Vec<(usize, Docs)>,
    /// In the order of `docs`.
    pub frequencies: Vec<(f32, f32)>,
    pub strong: usize,
}

/// A form of a word in a field of a segment.
pub(super) struct Source {
    pub field: usize,
    pub form: usize,
    pub info: TermInfo,
}

/// Scratch for one segment, reused from word to word.
pub(super) struct Scorer<'a> {
    segment: &'a SegmentReader,
    collection: &'a Collection,
    inverted: Vec<std::sync::Arc<InvertedIndexReader>>,
    norms: Vec<Option<FieldNormReader>>,
    fields: &'a Fields,
    touched: Docs,
    strong: Vec<f32>,
    weak: Vec<f32>,
    exact: Vec<u32>,
}

impl<'a> Scorer<'a> {
    pub fn new(
        segment: &'a SegmentReader,
        fields: &'a Fields,
        collection: &'a Collection,
    ) -> Result<Self, LexicalError> {
        let mut inverted = Vec::with_capacity(fields.text.len());
        let mut norms = Vec::with_capacity(fields.text.len());
        for (at, &field) in fields.text.iter().enumerate() {
            inverted.push(segment.inverted_index(field)?);
            norms.push(if FIELD_B[at] > 0.0 { Some(segment.get_fieldnorms_reader(field)?) } else { None });
        }
        let size = segment.max_doc() as usize;
        Ok(Self {
            segment,
            collection,
            inverted,
            norms,
            fields,
            touched: Docs::none(segment.max_doc()),
            strong: vec![0.0; size],
            weak: vec![0.0; size],
            exact: vec![0; size],
        })
    }

    fn norm(&self, field: usize, doc: DocId) -> f32 {
        let id = self.norms[field].as_ref().map_or(0, |norms| norms.fieldnorm_id(doc));
        self.collection.norms[field][id as usize]
    }

    /// Weighted frequencies of a word's forms.
    pub fn word(&mut self, forms: &[Form]) -> Result<Found, LexicalError> {
        let has_stems = forms.iter().any(|form| form.kind == MatchKind::Stem);
        let mut sources = Vec::new();
        for field in 0..self.inverted.len() {
            for (at, form) in forms.iter().enumerate() {
                let term = Term::from_field_text(self.fields.text[field], &form.term);
                if let Some(info) = self.inverted[field].get_term_info(&term)? {
                    self.form(field, form, &info, has_stems)?;
                    sources.push(Source { field, form: at, info });
                }
            }
            if has_stems {
                self.forget_exact(field, forms)?;
            }
        }
        let mut found = self.take();
        found.sources = sources;
        Ok(found)
    }

    fn form(&mut self, field: usize, form: &Form, info: &TermInfo, has_stems: bool) -> Result<(), LexicalError> {
        let inverted = &self.inverted[field];
        let mut postings = inverted.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
        let marked = form.term.starts_with(crate::tokens::STEM_MARK);
        while !postings.docs().is_empty() {
            for (&doc, &frequency) in postings.docs().iter().zip(postings.freqs()) {
                if self.segment.is_deleted(doc) {
                    continue;
                }
                let mut count = frequency;
                if has_stems && form.kind == MatchKind::Exact {
                    self.exact[doc as usize] += frequency;
                } else if marked {
                    // Stem and exact form of one occurrence stand at one position: count it once, as exact.
                    count = count.saturating_sub(self.exact[doc as usize]);
                }
                if count > 0 {
                    let value = form.weight * count as f32 * self.norm(field, doc);
                    self.touch(doc, form.kind, value);
                }
            }
            postings.advance();
        }
        Ok(())
    }

    fn touch(&mut self, doc: DocId, kind: MatchKind, value: f32) {
        self.touched.insert(doc);
        match kind {
            MatchKind::Exact | MatchKind::Stem => self.strong[doc as usize] += value,
            MatchKind::Prefix | MatchKind::Typo => self.weak[doc as usize] += value,
        }
    }

    fn forget_exact(&mut self, field: usize, forms: &[Form]) -> Result<(), LexicalError> {
        for form in forms.iter().filter(|form| form.kind == MatchKind::Exact) {
            let term = Term::from_field_text(self.fields.text[field], &form.term);
            let Some(mut postings) = self.inverted[field].read_block_postings(&term, IndexRecordOption::Basic)? else {
                continue;
            };
            while !postings.docs().is_empty() {
                postings.docs().iter().for_each(|&doc| self.exact[doc as usize] = 0);
                postings.advance();
            }
        }
        Ok(())
    }

    /// Collect what was touched and clear the scratch.
    fn take(&mut self) -> Found {
        let docs = self.touched.clone();
        let mut strong = 0;
        let mut frequencies = Vec::with_capacity(docs.len());
        for doc in docs.iter() {
            let pair = (std::mem::take(&mut self.strong[doc as usize]), std::mem::take(&mut self.weak[doc as usize]));
            strong += usize::from(pair.0 > 0.0);
            frequencies.push(pair);
        }
        self.touched.clear();
        Found { sources: Vec::new(), docs, by_field: Vec::new(), frequencies, strong }
    }

    /// Weighted frequencies of a phrase, in the fields that keep positions.
    pub fn phrase(&mut self, phrase: &Phrase) -> Result<Found, LexicalError> {
        let mut by_field = Vec::new();
        for field in (0..self.inverted.len()).filter(|&field| PROSE_FIELDS[field] || phrase.terms.len() == 1) {
            let found = self.phrase_in(field, phrase)?;
            if found.is_empty() {
                continue;
            }
            let mut docs = Docs::none(self.segment.max_doc());
            for (doc, count) in found {
                docs.insert(doc);
                let value = count as f32 * self.norm(field, doc);
                self.touch(doc, MatchKind::Exact, value);
            }
            by_field.push((field, docs));
        }
        Ok(Found { by_field, ..self.take() })
    }

    /// Documents and how often the phrase begins in this field of theirs.
    fn phrase_in(&self, field: usize, phrase: &Phrase) -> Result<Vec<(DocId, u32)>, LexicalError> {
        let mut lists = Vec::with_capacity(phrase.terms.len());
        for term in &phrase.terms {
            let Some(list) = self.occurrences(field, term)? else { return Ok(Vec::new()) };
            lists.push(list);
        }
        Ok(self.intersect(field, lists))
    }

    /// Documents with a heading that says the phrase, and the share of their headings that it is. `forms` gives the
    /// spellings of each term.
    pub fn headings(&self, phrase: &Phrase, forms: &[Vec<String>]) -> Result<Vec<(DocId, f32)>, LexicalError> {
        let mut lists = Vec::with_capacity(phrase.terms.len());
        for (term, spellings) in phrase.terms.iter().zip(forms) {
            let Some(list) = self.spelled(HEADINGS, term.offset, spellings)? else { return Ok(Vec::new()) };
            lists.push(list);
        }
        let length = phrase.terms.last().map_or(0, |last| last.offset + 1) as f32;
        let said = |doc| {
            let all = self.norms[HEADINGS].as_ref().map_or(0, |norms| norms.fieldnorm(doc)).max(1);
            (doc, (length / all as f32).min(1.0))
        };
        Ok(self.intersect(HEADINGS, lists).into_iter().map(|(doc, _)| said(doc)).collect())
    }

    /// Postings of a phrase's term, or of all terms that begin so; `None` when the field has none.
    fn occurrences(&self, field: usize, term: &PhraseTerm) -> Result<Option<Occurrences>, LexicalError> {
        let mut spellings = Vec::new();
        if term.prefix {
            super::expand::with_prefix(self.inverted[field].terms(), &term.term, |found, _| {
                spellings.push(found.to_owned());
                std::ops::ControlFlow::Continue(())
            })?;
        } else {
            spellings.push(term.term.clone());
        }
        self.spelled(field, term.offset, &spellings)
    }

    fn spelled(&self, field: usize, offset: u32, spellings: &[String]) -> Result<Option<Occurrences>, LexicalError> {
        let mut postings = Vec::with_capacity(spellings.len());
        for found in spellings {
            let term = Term::from_field_text(self.fields.text[field], found);
            postings.extend(self.inverted[field].read_postings(&term, IndexRecordOption::WithFreqsAndPositions)?);
        }
        Ok((!postings.is_empty()).then_some(Occurrences { offset, postings }))
    }

    fn intersect(&self, field: usize, mut lists: Vec<Occurrences>) -> Vec<(DocId, u32)> {
        let mut found = Vec::new();
        let mut target = 0;
        let (mut starts, mut others) = (Vec::new(), Vec::new());
        'docs: loop {
            let mut at = 0;
            while at < lists.len() {
                match lists[at].seek(target) {
                    TERMINATED => break 'docs,
                    doc if doc > target => (target, at) = (doc, 0),
                    _ => at += 1,
                }
            }
            if !self.segment.is_deleted(target) {
                starts.clear();
                for (at, list) in lists.iter_mut().enumerate() {
                    if !PROSE_FIELDS[field] {
                        starts.push(0);
                        continue;
                    }
                    if at == 0 {
                        list.starts(target, &mut starts);
                        continue;
                    }
                    list.starts(target, &mut others);
                    starts.retain(|start| others.binary_search(start).is_ok());
                }
                if !starts.is_empty() {
                    found.push((target, starts.len() as u32));
                }
            }
            target += 1;
        }
        found
    }
}

/// Where a term of a phrase stands.
struct Occurrences {
    offset: u32,
    postings: Vec<tantivy::postings::SegmentPostings>,
}

impl Occurrences {
    /// The first document from `target` on.
    fn seek(&mut self, target: DocId) -> DocId {
        let docs = self
            .postings
            .iter_mut()
            .map(|postings| if postings.doc() < target { postings.seek(target) } else { postings.doc() });
        docs.min().unwrap_or(TERMINATED)
    }

    /// Where a phrase would have to begin in `doc` for this term to be in its place, ascending. Fields without
    /// positions have none.
    fn starts(&mut self, doc: DocId, starts: &mut Vec<u32>) {
        starts.clear();
        let mut positions = Vec::new();
        for postings in self.postings.iter_mut().filter(|postings| postings.doc() == doc) {
            postings.positions(&mut positions);
            starts.extend(positions.iter().filter_map(|position| position.checked_sub(self.offset)));
        }
        starts.sort_unstable();
        starts.dedup();
    }
}

/// The part of a word in a document's score, before its idf: below 1.
pub(super) fn saturate(frequency: f32) -> f32 {
    frequency / (K1 + frequency)
}
