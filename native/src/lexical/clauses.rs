//! Which documents satisfy the clauses of a query.

use tantivy::SegmentReader;
use tantivy::schema::{IndexRecordOption, Term};

use super::LexicalError;
use super::docs::Docs;
use super::entries::Columns;
use super::expand::with_prefix;
use super::plan::Clause;
use super::schema::Fields;
use super::search::Scored;
use crate::tokens::fold;

/// The documents of a segment that satisfy a clause.
pub(super) fn matching(
    clause: &Clause,
    segment: &SegmentReader,
    fields: &Fields,
    scored: &Scored,
) -> Result<Docs, LexicalError> {
    let none = || Docs::none(segment.max_doc());
    Ok(match clause {
        Clause::Words(words) => words.iter().fold(none(), |mut docs, &word| {
            docs.add(&scored.words[word]);
            docs
        }),
        Clause::Phrase(phrase) => scored.phrases[*phrase].clone(),
        Clause::Path(part) => with_path(&scored.columns, segment, part)?,
        Clause::Tag(tag) => with_terms(segment, fields.tag, tag, |term| term == tag)?,
        Clause::Property(key, None) => with_terms(segment, fields.property, key, |term| term == key)?,
        Clause::Property(key, Some(value)) => with_terms(segment, fields.property, &format!("{key}\0"), |term| {
            term.split_once('\0').is_some_and(|(_, found)| found.contains(value.as_str()))
        })?,
        Clause::Before(instant) => with_date(&scored.columns, segment, |modified| modified < *instant),
        Clause::After(instant) => with_date(&scored.columns, segment, |modified| modified >= *instant),
        Clause::Not(inner) => {
            let mut docs = Docs::all(segment.max_doc());
            docs.remove(&matching(inner, segment, fields, scored)?);
            docs
        }
        Clause::All(clauses) => {
            let mut docs = Docs::all(segment.max_doc());
            let mut words = None::<Docs>;
            for clause in clauses {
                let found = matching(clause, segment, fields, scored)?;
                match (clause, &mut words) {
                    (Clause::Words(_), Some(words)) => words.add(&found),
                    (Clause::Words(_), None) => words = Some(found),
                    _ => docs.keep(&found),
                }
            }
            if let Some(words) = words {
                docs.keep(&words);
            }
            docs
        }
        Clause::Any(clauses) => {
            let mut docs = none();
            for clause in clauses {
                docs.add(&matching(clause, segment, fields, scored)?);
            }
            docs
        }
        Clause::Silent => none(),
    })
}

/// Documents with a term of `field` that begins with `prefix` and passes.
fn with_terms(
    segment: &SegmentReader,
    field: tantivy::schema::Field,
    prefix: &str,
    passes: impl Fn(&str) -> bool,
) -> Result<Docs, LexicalError> {
    let inverted = segment.inverted_index(field)?;
    let mut terms = Vec::new();
    with_prefix(inverted.terms(), prefix, |term, _| {
        if passes(term) {
            terms.push(term.to_owned());
        }
        std::ops::ControlFlow::Continue(())
    })?;
    let mut docs = Docs::none(segment.max_doc());
    for term in terms {
        let term = Term::from_field_text(field, &term);
        let Some(mut postings) = inverted.read_block_postings(&term, IndexRecordOption::Basic)? else { continue };
        while !postings.docs().is_empty() {
            postings.docs().iter().for_each(|&doc| docs.insert(doc));
            postings.advance();
        }
    }
    Ok(docs)
}

fn with_path(columns: &Columns, segment: &SegmentReader, part: &str) -> Result<Docs, LexicalError> {
    let mut ranks = vec![false; columns.path.num_terms()];
    let finder = memchr::memmem::Finder::new(part);
    let mut lower = Vec::new();
    let mut stream = columns.path.dictionary().stream()?;
    let mut rank = 0;
    while stream.advance() {
        ranks[rank] = if stream.key().is_ascii() {
            // Folding plain letters is lowering them; nearly all paths are plain.
            lower.clear();
            lower.extend(stream.key().iter().map(u8::to_ascii_lowercase));
            finder.find(&lower).is_some()
        } else {
            fold(&String::from_utf8_lossy(stream.key())).contains(part)
        };
        rank += 1;
    }
    let mut docs = Docs::none(segment.max_doc());
    for doc in 0..segment.max_doc() {
        if ranks.get(columns.path_rank(doc) as usize).copied().unwrap_or(false) {
            docs.insert(doc);
        }
    }
    Ok(docs)
}

fn with_date(columns: &Columns, segment: &SegmentReader, passes: impl Fn(i64) -> bool) -> Docs {
    let mut docs = Docs::none(segment.max_doc());
    (0..segment.max_doc()).filter(|&doc| passes(columns.modified(doc))).for_each(|doc| docs.insert(doc));
    docs
}
