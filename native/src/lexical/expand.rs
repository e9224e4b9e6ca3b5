//! From a typed word to the forms of it that the index holds: exact, stems, what it may be the beginning of, and what it
//! may be a mistyping of.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use tantivy::schema::{Field, Term};
use tantivy::termdict::TermDictionary;
use tantivy::{Searcher, SegmentReader};
use tantivy_fst::Automaton;

use super::LexicalError;
use super::answer::MatchKind;
use super::plan::Word;
use super::schema::{BODY, Fields};
use crate::tokens::STEM_MARK;

/// What a form counts for, against 1 for the exact one.
pub(super) const STEM_WEIGHT: f32 = 0.8;
const PREFIX_WEIGHT: f32 = 0.5;
const TYPO_WEIGHT: [f32; 3] = [0.0, 0.2, 0.1];

/// The most forms of one kind, the most frequent ones.
const MAX_PREFIXES: usize = 48;
const MAX_TYPOS: usize = 12;
/// Dictionary entries looked at for one prefix.
const MAX_SCANNED: usize = 1_024;
/// A word in more documents than this is taken as meant.
const RARE_DOCS: u64 = 2;
/// Shorter words are not completed: nearly everything begins so.
const MIN_PREFIX_CHARS: usize = 2;

/// One form of a word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Form {
    pub term: String,
    pub weight: f32,
    pub kind: MatchKind,
}

static ONE_EDIT: LazyLock<LevenshteinAutomatonBuilder> = LazyLock::new(|| LevenshteinAutomatonBuilder::new(1, true));
static TWO_EDITS: LazyLock<LevenshteinAutomatonBuilder> = LazyLock::new(|| LevenshteinAutomatonBuilder::new(2, true));

/// Edits allowed in a word of so many characters.
fn allowed_edits(chars: usize) -> u8 {
    match chars {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// All forms of `word`, the exact one first.
pub(super) fn forms(searcher: &Searcher, fields: &Fields, word: &Word) -> Result<Vec<Form>, LexicalError> {
    let mut forms = vec![Form { term: word.exact.clone(), weight: 1.0, kind: MatchKind::Exact }];
    for stem in &word.stems {
        forms.push(Form { term: format!("{STEM_MARK}{stem}"), weight: STEM_WEIGHT, kind: MatchKind::Stem });
        if *stem != word.exact {
            forms.push(Form { term: stem.clone(), weight: STEM_WEIGHT, kind: MatchKind::Stem });
        }
    }
    let chars = word.exact.chars().count();
    let lone = chars == 1 && !word.exact.is_ascii();
    if word.prefix && (chars >= MIN_PREFIX_CHARS || lone) {
        completions(searcher, fields, word, lone, &mut forms)?;
    }
    let completed = forms.iter().any(|form| form.kind == MatchKind::Prefix);
    if word.whole && !completed && allowed_edits(chars) > 0 && frequency(searcher, fields, &forms)? <= RARE_DOCS {
        mistypings(searcher, fields, word, allowed_edits(chars), &mut forms)?;
    }
    Ok(forms)
}

/// Documents with one of `forms`, at most (a document may be counted once a field).
fn frequency(searcher: &Searcher, fields: &Fields, forms: &[Form]) -> Result<u64, LexicalError> {
    let mut docs = 0;
    for segment in searcher.segment_readers() {
        for &field in &fields.text {
            let inverted = segment.inverted_index(field)?;
            for form in forms {
                docs += u64::from(inverted.doc_freq(&Term::from_field_text(field, &form.term))?);
            }
        }
    }
    Ok(docs)
}

/// Terms with the number of documents of each (a document is counted once a field).
type Terms = FxHashMap<String, u64>;

/// What `look` finds in the dictionaries of all segments, a segment a core.
fn found_in(
    searcher: &Searcher,
    fields: &[Field],
    look: impl Fn(&TermDictionary, &mut Terms) -> std::io::Result<()> + Sync,
) -> Result<Terms, LexicalError> {
    let of_segment = |segment: &SegmentReader| {
        let mut found = Terms::default();
        for &field in fields {
            look(segment.inverted_index(field)?.terms(), &mut found)?;
        }
        Ok::<_, LexicalError>(found)
    };
    searcher.segment_readers().par_iter().map(of_segment).try_reduce(Terms::default, |mut all, found| {
        found.into_iter().for_each(|(term, docs)| *all.entry(term).or_default() += docs);
        Ok(all)
    })
}

/// Call `visit` with the terms that begin with `prefix` and the number of documents of each, until it breaks.
pub(super) fn with_prefix(
    dictionary: &TermDictionary,
    prefix: &str,
    mut visit: impl FnMut(&str, u32) -> ControlFlow<()>,
) -> std::io::Result<()> {
    let mut stream = dictionary.range().ge(prefix.as_bytes()).into_stream()?;
    while let Some((key, info)) = stream.next() {
        let Ok(term) = std::str::from_utf8(key) else { continue };
        if !term.starts_with(prefix) || visit(term, info.doc_freq).is_break() {
            break;
        }
    }
    Ok(())
}

fn completions(
    searcher: &Searcher,
    fields: &Fields,
    word: &Word,
    lone: bool,
    forms: &mut Vec<Form>,
) -> Result<(), LexicalError> {
    let mut found = found_in(searcher, &fields.text, |dictionary, found| {
        let mut scanned = 0;
        with_prefix(dictionary, &word.exact, |term, docs| {
            scanned += 1;
            if let Some(known) = found.get_mut(term) {
                *known += u64::from(docs);
            } else if term.len() > word.exact.len() {
                found.insert(term.to_owned(), u64::from(docs));
            }
            if scanned < MAX_SCANNED { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    })?;
    found.retain(|term, _| !forms.iter().any(|form| form.term == *term));
    // A lone character begins pairs: those are the character itself.
    let (weight, kind) = if lone { (1.0, MatchKind::Exact) } else { (PREFIX_WEIGHT, MatchKind::Prefix) };
    let most = if lone { MAX_SCANNED } else { MAX_PREFIXES };
    forms.extend(most_frequent(found, most).map(|term| Form { term, weight, kind }));
    Ok(())
}

fn most_frequent(found: Terms, most: usize) -> impl Iterator<Item = String> {
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    found.sort_unstable_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    found.into_iter().take(most).map(|(term, _)| term)
}

/// Terms one edit away, or when there are none and the word is long, two edits away with the same first letter.
fn mistypings(
    searcher: &Searcher,
    fields: &Fields,
    word: &Word,
    edits: u8,
    forms: &mut Vec<Form>,
) -> Result<(), LexicalError> {
    for distance in 1..=edits {
        let builder = if distance > 1 { &*TWO_EDITS } else { &*ONE_EDIT };
        let (from, to) = neighbourhood(&word.exact, distance > 1);
        let automaton = Edits(builder.build_dfa(&word.exact));
        let found = found_in(searcher, &typo_fields(fields), |dictionary, found| {
            let mut stream = dictionary.search(&automaton).ge(&from).lt(&to).into_stream()?;
            while let Some((key, info)) = stream.next() {
                let Ok(term) = std::str::from_utf8(key) else { continue };
                if !term.starts_with(STEM_MARK) && !forms.iter().any(|form| form.term == term) {
                    *found.entry(term.to_owned()).or_default() += u64::from(info.doc_freq);
                }
            }
            Ok(())
        })?;
        if !found.is_empty() {
            let weight = TYPO_WEIGHT[distance as usize];
            forms.extend(most_frequent(found, MAX_TYPOS).map(|term| Form { term, weight, kind: MatchKind::Typo }));
            break;
        }
    }
    Ok(())
}

/// The range of terms in which mistypings of `word` are looked for: those whose first letter is of the same script, or
/// the same letter. Any letter of any script may be a mistyping of the first, and a dictionary with Chinese in it begins
/// in thousands of ways.
fn neighbourhood(word: &str, same_letter: bool) -> (String, String) {
    let first = word.chars().next().unwrap_or('a');
    if same_letter {
        return (first.to_string(), format!("{first}\u{10FFFF}"));
    }
    let (from, to) = match u32::from(first) {
        0..0x250 => ('0', '\u{250}'),
        code => {
            (char::from_u32(code & !0xFF).unwrap_or(first), char::from_u32((code | 0xFF) + 1).unwrap_or('\u{10FFFF}'))
        }
    };
    (from.to_string(), to.to_string())
}

/// Where the words of a vault are spelled out: headings are part of the body.
fn typo_fields(fields: &Fields) -> [Field; 3] {
    [fields.text[0], fields.text[1], fields.text[BODY]]
}

/// Names of one segment that may be meant: (term, closeness up to 1).
pub(super) type Names = Result<Vec<(String, f32)>, LexicalError>;

/// Whole names that are `name` or begin with it, in one segment.
pub(super) fn names_beginning(segment: &SegmentReader, field: Field, name: &str) -> Names {
    let length = name.chars().count();
    let mut found = Vec::new();
    if length < MIN_PREFIX_CHARS && name.is_ascii() {
        return Ok(found);
    }
    with_prefix(segment.inverted_index(field)?.terms(), name, |term, _| {
        let share = length as f32 / term.chars().count() as f32;
        found.push((term.to_owned(), if term.len() == name.len() { 1.0 } else { 0.5 + 0.4 * share }));
        if found.len() < MAX_NAMES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(found)
}

/// Whole names one edit away from `name`, in one segment, as [`names_beginning`]. Only worth asking where no segment has
/// a name that begins so: who typed the beginning of a name mistyped none.
pub(super) fn names_mistyped(segment: &SegmentReader, field: Field, name: &str) -> Names {
    let length = name.chars().count();
    let mut found = Vec::new();
    if allowed_edits(length) == 0 || length > MAX_FUZZY_NAME {
        return Ok(found);
    }
    let automaton = Edits(ONE_EDIT.build_dfa(name));
    let (from, to) = neighbourhood(name, false);
    let inverted = segment.inverted_index(field)?;
    let mut stream = inverted.terms().search(&automaton).ge(&from).lt(&to).into_stream()?;
    while let Some((key, _)) = stream.next() {
        if let (Ok(term), Distance::Exact(1)) = (std::str::from_utf8(key), automaton.0.eval(key)) {
            found.push((term.to_owned(), 0.5));
        }
    }
    Ok(found)
}

/// Names looked at that begin alike.
const MAX_NAMES: usize = 256;
/// Longer names are not searched for mistypings as a whole.
const MAX_FUZZY_NAME: usize = 80;

/// A Levenshtein automaton over the bytes of a dictionary.
struct Edits(DFA);

impl Automaton for Edits {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}
