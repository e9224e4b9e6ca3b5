//! Answering a query: which documents match, in which order, and why.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use tantivy::schema::{Field, IndexRecordOption, Term};
use tantivy::{DocId, DocSet, Searcher, SegmentReader};

use super::allowed::SegmentKeys;
use super::answer::{Answer, Hit, MatchKind, Page, Why};
use super::clauses::matching;
use super::docs::Docs;
use super::entries::Columns;
use super::error::guarded;
use super::expand::{Form, Names, forms, names_beginning, names_mistyped};
use super::near;
use super::plan::{Clause, Phrase, Plan, Quotes};
use super::schema::{BODY, Fields, TEXT_FIELDS};
use super::score::{Averages, Collection, Scorer, Source, saturate};
use super::select::{best, merit};
use super::{Kind, Lexical, LexicalError};
use crate::passage::{Passage, Wanted, read};
use crate::query;

/// How far a guessed form saturates, against 1: less than what the exact word scores in all but the longest notes.
const GUESS: f32 = 0.4;
/// Extra for the note whose whole title or alias was typed, as a share of what a perfect match of all words scores.
const NAME: f32 = 1.0;
/// The same for the note with a heading that has all words in order; less than for a name.
const HEADING: f32 = 0.6;
/// Closeness of a heading that has other forms of the words, against 1.
const LOOSE_HEADING: f32 = 0.6;
/// So many of the best notes are looked at for words near each other.
const NEAR_CANDIDATES: usize = 50;
/// Closeness on top where the note has few other headings.
const HEADING_SHARE: f32 = 0.1;

impl Lexical {
    /// Answer a query in the language of [`crate::query`]. Where no note has what is quoted, its words are looked for, and
    /// [`Why`] then names words, not the phrase. Passages are read from the files below `vault`.
    pub fn search(&self, vault: &Path, text: &str, page: Page) -> Result<Answer, LexicalError> {
        let ranking = self.scored(text)?;
        guarded(|| ranking.answer(vault, page))
    }

    /// Score all documents for a query; nothing is read from the vault. What is ranked stays as the index was at this moment.
    pub fn rank(&self, text: &str) -> Result<Ranking, LexicalError> {
        let mut ranking = self.scored(text)?;
        ranking.keys = guarded(|| self.keys(&ranking.searcher))?;
        Ok(ranking)
    }

    fn scored(&self, text: &str) -> Result<Ranking, LexicalError> {
        let query = query::parse(text);
        let score = || {
            let plan = Plan::of(&query, Quotes::Required);
            let is_loosable = plan.requires_phrases();
            let ranking = self.run(plan)?;
            if ranking.total() > 0 || !is_loosable {
                return Ok(ranking);
            }
            self.run(Plan::of(&query, Quotes::Loosened))
        };
        // On a thread of the pool, where each of many small steps can be shared out without waiting for one to wake up.
        guarded(|| rayon::scope(|_| score()))
    }

    fn run(&self, plan: Plan) -> Result<Ranking, LexicalError> {
        Ranking::run(self.searcher(), self.fields, plan, &self.averages())
    }
}

/// A query after scoring.
pub struct Ranking {
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    pub(super) plan: Plan,
    /// By word.
    forms: Vec<Vec<Form>>,
    idf: Vec<f32>,
    /// By segment.
    pub(super) segments: Vec<Scored>,
    /// By segment; empty where nobody asks for notes by path.
    pub(super) keys: Vec<Arc<SegmentKeys>>,
}

/// What is known of one segment's documents.
pub(super) struct Scored {
    pub columns: Columns,
    /// Matching documents.
    matching: Docs,
    pub(super) scores: Vec<f32>,
    /// By word and by phrase: the documents that have it.
    pub words: Vec<Docs>,
    pub phrases: Vec<Docs>,
    /// By phrase: the documents of each field that has it.
    phrase_fields: Vec<Vec<(usize, Docs)>>,
    /// By word.
    sources: Vec<Vec<Source>>,
}

impl Scored {
    fn nothing(segment: &SegmentReader) -> Result<Self, LexicalError> {
        Ok(Self {
            columns: Columns::of(segment)?,
            matching: Docs::none(segment.max_doc()),
            scores: vec![0.0; segment.max_doc() as usize],
            words: Vec::new(),
            phrases: Vec::new(),
            phrase_fields: Vec::new(),
            sources: Vec::new(),
        })
    }

    /// The score of a document, if it matches.
    pub(super) fn score_of(&self, doc: DocId) -> Option<f32> {
        self.matching.contains(doc).then(|| self.scores[doc as usize])
    }
}

impl Ranking {
    fn run(searcher: Searcher, fields: Fields, plan: Plan, averages: &Averages) -> Result<Self, LexicalError> {
        let collection = Collection::of(&searcher, averages);
        let readers = searcher.clone();
        let begun = readers.segment_readers().par_iter();
        let begun = begun.map(|segment| Ok((Scorer::new(segment, &fields, &collection)?, Scored::nothing(segment)?)));
        let (mut scorers, segments): (Vec<_>, Vec<_>) =
            begun.collect::<Result<Vec<_>, LexicalError>>()?.into_iter().unzip();
        let mut search =
            Self { searcher, fields, plan, forms: Vec::new(), idf: Vec::new(), segments, keys: Vec::new() };
        for at in 0..search.plan.words.len() {
            search.score_word(at, &collection, &mut scorers)?;
        }
        for at in 0..search.plan.phrases.len() {
            search.score_phrase(at, &collection, &mut scorers)?;
        }
        search.match_clauses()?;
        search.favour_names()?;
        search.favour_headings(&scorers)?;
        search.favour_near()?;
        Ok(search)
    }

    fn score_word(
        &mut self,
        at: usize,
        collection: &Collection,
        scorers: &mut [Scorer<'_>],
    ) -> Result<(), LexicalError> {
        let word = &self.plan.words[at];
        let forms = forms(&self.searcher, &self.fields, word)?;
        let found = scorers.par_iter_mut().map(|scorer| scorer.word(&forms)).collect::<Result<Vec<_>, _>>()?;
        let strong: usize = found.iter().map(|found| found.strong).sum();
        let all: usize = found.iter().map(|found| found.frequencies.len()).sum();
        let guess_idf = collection.idf(all);
        let idf = if strong > 0 { collection.idf(strong) } else { guess_idf };
        self.segments.par_iter_mut().zip(found).for_each(|(segment, found)| {
            for (doc, (strong, weak)) in found.docs.iter().zip(&found.frequencies) {
                let score = if *strong > 0.0 { idf * saturate(*strong) } else { GUESS * guess_idf * saturate(*weak) };
                segment.scores[doc as usize] += word.boost * score;
            }
            segment.words.push(found.docs);
            segment.sources.push(found.sources);
        });
        self.idf.push(word.boost * idf);
        self.forms.push(forms);
        Ok(())
    }

    fn score_phrase(
        &mut self,
        at: usize,
        collection: &Collection,
        scorers: &mut [Scorer<'_>],
    ) -> Result<(), LexicalError> {
        let (phrase, scored) = &self.plan.phrases[at];
        let found = scorers.par_iter_mut().map(|scorer| scorer.phrase(phrase)).collect::<Result<Vec<_>, _>>()?;
        let idf = collection.idf(found.iter().map(|found| found.strong).sum());
        for (segment, found) in self.segments.iter_mut().zip(found) {
            if *scored {
                for (doc, (frequency, _)) in found.docs.iter().zip(&found.frequencies) {
                    segment.scores[doc as usize] += idf * phrase.terms.len() as f32 * saturate(*frequency);
                }
            }
            segment.phrases.push(found.docs);
            segment.phrase_fields.push(found.by_field);
        }
        Ok(())
    }

    fn match_clauses(&mut self) -> Result<(), LexicalError> {
        let Self { searcher, fields, plan, segments, .. } = self;
        searcher.segment_readers().par_iter().zip(segments).try_for_each(|(segment, scored)| {
            let mut matching = match &plan.root {
                Clause::Silent => Docs::none(segment.max_doc()),
                root => matching(root, segment, fields, scored)?,
            };
            if let Some(alive) = segment.alive_bitset() {
                let mut living = Docs::none(segment.max_doc());
                alive.iter_alive().for_each(|doc| living.insert(doc));
                matching.keep(&living);
            }
            scored.matching = matching;
            Ok(())
        })
    }

    /// The note somebody names comes first.
    fn favour_names(&mut self) -> Result<(), LexicalError> {
        let Some(name) = &self.plan.name else { return Ok(()) };
        let scale = NAME * self.idf.iter().sum::<f32>().max(1.0);
        let segments = self.searcher.segment_readers();
        let of_each = |find: fn(&SegmentReader, Field, &str) -> Names| {
            segments.par_iter().map(|segment| find(segment, self.fields.name, name)).collect::<Result<Vec<_>, _>>()
        };
        let mut named = of_each(names_beginning)?;
        if named.iter().all(Vec::is_empty) {
            named = of_each(names_mistyped)?;
        }
        for ((segment, scored), named) in segments.iter().zip(&mut self.segments).zip(named) {
            let mut bonus = rustc_hash::FxHashMap::<DocId, f32>::default();
            let inverted = segment.inverted_index(self.fields.name)?;
            for (term, closeness) in named {
                let term = Term::from_field_text(self.fields.name, &term);
                let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else { continue };
                while postings.doc() != tantivy::TERMINATED {
                    let best = bonus.entry(postings.doc()).or_default();
                    *best = best.max(closeness);
                    postings.advance();
                }
            }
            for (doc, closeness) in bonus {
                if !segment.is_deleted(doc) {
                    scored.scores[doc as usize] += scale * closeness;
                    scored.matching.insert(doc);
                }
            }
        }
        Ok(())
    }

    /// Then the one with a heading that reads so, whichever way its words were spelled.
    fn favour_headings(&mut self, scorers: &[Scorer<'_>]) -> Result<(), LexicalError> {
        let Some(phrase) = &self.plan.heading else { return Ok(()) };
        let scale = HEADING * self.idf.iter().sum::<f32>().max(1.0);
        let typed: Vec<Vec<String>> = phrase.terms.iter().map(|term| vec![term.term.clone()]).collect();
        let meant = self.spellings(phrase);
        scorers.par_iter().zip(&mut self.segments).try_for_each(|(scorer, scored)| {
            let mut bonus = rustc_hash::FxHashMap::<DocId, f32>::default();
            for (doc, share) in scorer.headings(phrase, &meant)? {
                bonus.insert(doc, LOOSE_HEADING + HEADING_SHARE * share);
            }
            for (doc, share) in scorer.headings(phrase, &typed)? {
                bonus.insert(doc, 1.0 + HEADING_SHARE * share);
            }
            for (doc, closeness) in bonus {
                scored.scores[doc as usize] += scale * closeness;
            }
            Ok(())
        })
    }

    /// Among the best, those come first in which words typed side by side stand side by side.
    fn favour_near(&mut self) -> Result<(), LexicalError> {
        let words = near::worth(&self.idf);
        if words.len() < 2 {
            return Ok(());
        }
        let mut candidates = self.candidates(NEAR_CANDIDATES)?;
        candidates.sort_unstable_by_key(|&(_, segment, doc)| (segment, doc));
        for of_segment in candidates.chunk_by(|left, right| left.1 == right.1) {
            let at = of_segment[0].1;
            let docs: Vec<DocId> = of_segment.iter().map(|candidate| candidate.2).collect();
            let reader = self.searcher.segment_reader(at as u32);
            let inverted = reader.inverted_index(self.fields.text[BODY])?;
            let rewards = near::rewards(
                &inverted,
                &docs,
                &words,
                &self.idf,
                |word, source: &Source| {
                    let kind = self.forms[word][source.form].kind;
                    source.field == BODY && matches!(kind, MatchKind::Exact | MatchKind::Stem)
                },
                &self.segments[at].sources,
            )?;
            for (doc, reward) in docs.into_iter().zip(rewards) {
                self.segments[at].scores[doc as usize] += reward;
            }
        }
        Ok(())
    }

    /// The `most` best documents of all segments with merit, segment and id, in the order of their merits. Equals are told
    /// apart by path, so that the choice does not depend on how notes are spread over segments.
    fn candidates(&self, most: usize) -> Result<Vec<(i64, usize, DocId)>, LexicalError> {
        let of_segment = |(at, segment): (usize, &Scored)| {
            let merits = segment.matching.iter().map(|doc| (self.merit(segment, doc), doc)).collect();
            let best = best(merits, most, |doc| segment.columns.path_rank(doc));
            best.into_iter().map(|rank| (rank.merit, at, rank.doc)).collect::<Vec<_>>()
        };
        let mut candidates: Vec<_> = self.segments.par_iter().enumerate().flat_map_iter(of_segment).collect();
        candidates.sort_unstable_by_key(|&(merit, _, _)| std::cmp::Reverse(merit));
        let Some(&(least, ..)) = candidates.get(most.wrapping_sub(1)) else { return Ok(candidates) };
        let better = candidates.partition_point(|(merit, ..)| *merit > least);
        let mut equals = Vec::new();
        for &(merit, segment, doc) in candidates[better..].iter().take_while(|(merit, ..)| *merit == least) {
            equals.push((self.segments[segment].columns.path(doc)?, (merit, segment, doc)));
        }
        equals.sort_unstable_by(|left, right| left.0.cmp(&right.0));
        candidates.truncate(better);
        candidates.extend(equals.into_iter().take(most - better).map(|(_, candidate)| candidate));
        Ok(candidates)
    }

    /// The forms of each term of a phrase, as far as it is a word of the query.
    fn spellings(&self, phrase: &Phrase) -> Vec<Vec<String>> {
        let forms_of = |term: &str| {
            let word = self.plan.words.iter().position(|word| word.exact == term);
            word.map_or_else(
                || vec![term.to_owned()],
                |at| self.forms[at].iter().map(|form| form.term.clone()).collect(),
            )
        };
        phrase.terms.iter().map(|term| forms_of(&term.term)).collect()
    }

    /// Does anything in the query say how well a note matches?
    pub(super) fn is_scored(&self) -> bool {
        !self.plan.words.is_empty() || self.plan.phrases.iter().any(|(_, scored)| *scored)
    }

    fn answer(&self, vault: &Path, page: Page) -> Result<Answer, LexicalError> {
        let total = self.total();
        let last = page.offset.saturating_add(page.limit).min(total);
        let mut ranked = self.best(last)?;
        let wanted = self.wanted();
        let page: Vec<_> = ranked.drain(page.offset.min(last)..).collect();
        let hits = page.into_par_iter().map(|(_, path, segment, doc)| self.hit(vault, &wanted, path, segment, doc));
        Ok(Answer { hits: hits.collect::<Result<_, _>>()?, total })
    }

    /// The `most` best documents with merit, path, segment and id, best first; equals by path.
    pub(super) fn best(&self, most: usize) -> Result<Vec<(i64, String, usize, DocId)>, LexicalError> {
        let named = |(merit, segment, doc): (i64, usize, DocId)| {
            Ok((merit, self.segments[segment].columns.path(doc)?, segment, doc))
        };
        let mut ranked = self.candidates(most)?.into_iter().map(named).collect::<Result<Vec<_>, LexicalError>>()?;
        ranked.sort_unstable_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
        Ok(ranked)
    }

    fn merit(&self, segment: &Scored, doc: DocId) -> i64 {
        if self.is_scored() { merit(segment.scores[doc as usize]) } else { segment.columns.modified(doc) }
    }

    pub(super) fn ideal_score(&self) -> f32 {
        self.idf.iter().sum()
    }

    /// Documents that match.
    pub fn total(&self) -> usize {
        self.segments.iter().map(|segment| segment.matching.len()).sum()
    }

    pub(super) fn hit(
        &self,
        vault: &Path,
        wanted: &Wanted,
        path: String,
        segment: usize,
        doc: DocId,
    ) -> Result<Hit, LexicalError> {
        let scored = &self.segments[segment];
        let kind = scored.columns.kind(doc)?;
        let readable = kind == Kind::Note && !scored.columns.is_skipped(doc);
        let passage = if readable { read(&vault.join(&path), wanted) } else { Passage::default() };
        let name = path.rsplit('/').next().unwrap_or(&path);
        let title = name.rsplit_once('.').map_or(name, |(title, _)| title).to_owned();
        let why = self.why(segment, doc)?;
        Ok(Hit { title, kind, score: scored.scores[doc as usize], passage, why, path })
    }

    /// For every word the document has: in which fields its best form stands.
    fn why(&self, segment: usize, doc: DocId) -> Result<Vec<Why>, LexicalError> {
        let reader = self.searcher.segment_reader(segment as u32);
        let scored = &self.segments[segment];
        let mut why: Vec<Why> = Vec::new();
        for (at, (phrase, is_scored)) in self.plan.phrases.iter().enumerate() {
            let fields = scored.phrase_fields[at].iter().filter(|(_, docs)| *is_scored && docs.contains(doc));
            why.extend(fields.map(|(field, _)| Why {
                field: TEXT_FIELDS[*field],
                term: phrase.text.clone(),
                kind: MatchKind::Exact,
            }));
        }
        for (at, forms) in self.forms.iter().enumerate() {
            if !scored.words[at].contains(doc) {
                continue;
            }
            let mut told = None;
            for source in &scored.sources[at] {
                if told == Some(source.field) {
                    continue;
                }
                let inverted = reader.inverted_index(self.fields.text[source.field])?;
                let mut postings = inverted.read_postings_from_terminfo(&source.info, IndexRecordOption::Basic)?;
                if postings.doc() == doc || postings.doc() < doc && postings.seek(doc) == doc {
                    let form = &forms[source.form];
                    let term = form.term.trim_start_matches(crate::tokens::STEM_MARK).to_owned();
                    why.push(Why { field: TEXT_FIELDS[source.field], term, kind: form.kind });
                    told = Some(source.field);
                }
            }
        }
        Ok(why)
    }

    /// What to look for in the text of a hit.
    pub(super) fn wanted(&self) -> Wanted {
        let mut wanted = Wanted::default();
        for (at, forms) in self.forms.iter().enumerate() {
            for form in forms {
                wanted.term(&form.term, at, self.idf[at] * form.weight);
            }
        }
        for (phrase, scored) in &self.plan.phrases {
            if *scored {
                wanted.phrase(phrase.terms.iter().map(|term| term.term.as_str()));
            }
        }
        wanted
    }
}
