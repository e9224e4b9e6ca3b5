//! From the tree of a query to what is looked up: words, phrases and a tree of clauses over them.

use rustc_hash::FxHashMap;

use super::tokenizer::{name_key, property_key};
use crate::query::{Node, Query};
use crate::tokens::{QueryWord, fold, query_words};

/// Distinct words of a query that count; more than a person types, few enough to answer in time.
pub const MAX_WORDS: usize = 64;
/// Phrases that count; later ones are read as plain words.
pub const MAX_PHRASES: usize = 16;
/// Words of a phrase that count.
const MAX_PHRASE_TERMS: usize = 64;
/// Longer queries are no headings.
const MAX_HEADING_TERMS: usize = 24;

/// One thing to look up and score.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Folded.
    pub exact: String,
    pub stems: Vec<String>,
    /// How often it was typed.
    pub boost: f32,
    /// May be the beginning of a word: typed last, or a lone character of a script written without spaces.
    pub prefix: bool,
    /// Mistyping is worth looking into: a whole word, not a piece of one.
    pub whole: bool,
}

/// Terms that stand at given distances from the first one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Phrase {
    /// Folded, as typed otherwise.
    pub text: String,
    pub terms: Vec<PhraseTerm>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct PhraseTerm {
    pub term: String,
    pub offset: u32,
    /// Any term that begins so will do (a lone character of a script written without spaces).
    pub prefix: bool,
}

impl Phrase {
    fn of(text: &str) -> Self {
        let mut terms = Vec::new();
        let mut offset = 0;
        for word in query_words(text) {
            let lone = is_lone_character(&word);
            if word.parts.is_empty() {
                terms.push(PhraseTerm { term: word.exact, offset, prefix: lone });
                offset += 1;
                continue;
            }
            // A run of characters has one position more than it has pairs.
            let positions = word.parts.len() as u32 + u32::from(!is_compound(&word));
            for (at, part) in word.parts.into_iter().enumerate() {
                terms.push(PhraseTerm { term: part, offset: offset + at as u32, prefix: false });
            }
            offset += positions;
        }
        terms.truncate(MAX_PHRASE_TERMS);
        Self { text: fold(text.trim()), terms }
    }
}

/// Which documents match.
#[derive(Debug, Clone)]
pub(super) enum Clause {
    /// Any of these words (indices into [`Plan::words`]).
    Words(Vec<usize>),
    Phrase(usize),
    /// Folded part of a path.
    Path(String),
    Tag(String),
    /// Folded key, folded part of the value.
    Property(String, Option<String>),
    Before(i64),
    After(i64),
    Not(Box<Clause>),
    All(Vec<Clause>),
    Any(Vec<Clause>),
    /// Text without a single word says nothing about documents.
    Silent,
}

#[derive(Debug)]
pub(super) struct Plan {
    pub words: Vec<Word>,
    pub phrases: Vec<(Phrase, bool)>,
    pub root: Clause,
    /// Key of the whole text, when it is words only: it may be somebody's title.
    pub name: Option<String>,
    /// The whole text in order, when it is several words and nothing else: it may be a heading.
    pub heading: Option<Phrase>,
}

/// What quotation marks ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    Required,
    /// No note has what was required: their words will do. What is excluded stays excluded.
    Loosened,
}

impl Plan {
    pub fn of(query: &Query, quotes: Quotes) -> Self {
        let mut plan = Self { words: Vec::new(), phrases: Vec::new(), root: Clause::Silent, name: None, heading: None };
        let mut builder = Builder { plan: &mut plan, known: FxHashMap::default(), quotes };
        let root = builder.clause(&query.root, true);
        plan.root = root;
        if query.typing {
            plan.mark_last(&query.root);
        }
        if let Node::Words(text) | Node::Phrase(text) = &query.root {
            plan.name = Some(name_key(text)).filter(|key| !key.is_empty());
            let phrase = Phrase::of(text);
            plan.heading = Some(phrase).filter(|phrase| (2..=MAX_HEADING_TERMS).contains(&phrase.terms.len()));
        }
        plan
    }

    /// Does the query ask for a phrase that a note must have?
    pub fn requires_phrases(&self) -> bool {
        self.phrases.iter().any(|(_, scored)| *scored)
    }

    /// The word under the cursor, the last one typed, may be unfinished.
    fn mark_last(&mut self, root: &Node) {
        let Some(text) = last_words(root) else { return };
        let Some(last) = query_words(text).pop() else { return };
        let exact = last.parts.last().unwrap_or(&last.exact);
        for word in self.words.iter_mut().filter(|word| word.exact == *exact || word.exact == last.exact) {
            word.prefix = true;
        }
    }
}

fn last_words(node: &Node) -> Option<&str> {
    match node {
        Node::Words(text) => Some(text),
        Node::All(nodes) | Node::Any(nodes) => nodes.last().and_then(last_words),
        _ => None,
    }
}

/// Joined in the index as one word as well as in pieces (`node.js`), unlike a run of characters.
fn is_compound(word: &QueryWord) -> bool {
    word.parts.len() > 1 && word.exact.starts_with(&word.parts.concat())
}

fn is_lone_character(word: &QueryWord) -> bool {
    let mut chars = word.exact.chars();
    chars.next().is_some_and(is_dense) && chars.next().is_none()
}

/// Scripts whose words are indexed as pairs of characters.
fn is_dense(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3040..=0x30FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

struct Builder<'a> {
    plan: &'a mut Plan,
    known: FxHashMap<(String, bool), usize>,
    quotes: Quotes,
}

impl Builder<'_> {
    fn clause(&mut self, node: &Node, scored: bool) -> Clause {
        match node {
            Node::Words(text) if scored => self.words(text),
            Node::Phrase(text) if scored && self.quotes == Quotes::Loosened => self.words(text),
            Node::Words(text) | Node::Phrase(text) => self.phrase(text, scored),
            Node::Path(text) => Clause::Path(fold(text)),
            Node::Tag(tag) => Clause::Tag(fold(tag)),
            Node::Property { key, value } => {
                Clause::Property(property_key(key, None), value.as_deref().map(|value| fold(value.trim())))
            }
            Node::Before(instant) => Clause::Before(*instant),
            Node::After(instant) => Clause::After(*instant),
            Node::Not(inner) => match self.clause(inner, false) {
                Clause::Silent => Clause::Silent,
                inner => Clause::Not(Box::new(inner)),
            },
            Node::All(nodes) => group(nodes.iter().map(|node| self.clause(node, scored)), Clause::All),
            Node::Any(nodes) => group(nodes.iter().map(|node| self.clause(node, scored)), Clause::Any),
        }
    }

    fn words(&mut self, text: &str) -> Clause {
        let mut indices = Vec::new();
        for word in query_words(text) {
            self.word(word, &mut indices);
        }
        indices.sort_unstable();
        indices.dedup();
        if indices.is_empty() { Clause::Silent } else { Clause::Words(indices) }
    }

    fn word(&mut self, word: QueryWord, indices: &mut Vec<usize>) {
        let compound = is_compound(&word);
        let lone = is_lone_character(&word);
        if word.parts.is_empty() || compound {
            indices.extend(self.look_up(word.exact, word.stems, lone, true));
        }
        for part in word.parts {
            indices.extend(self.look_up(part, Vec::new(), false, compound));
        }
    }

    /// Index of the word, counted once more when it is known; `None` when there are too many.
    fn look_up(&mut self, exact: String, stems: Vec<String>, prefix: bool, whole: bool) -> Option<usize> {
        let words = &mut self.plan.words;
        if let Some(&at) = self.known.get(&(exact.clone(), whole)) {
            words[at].boost += 1.0;
            return Some(at);
        }
        if words.len() == MAX_WORDS {
            return None;
        }
        self.known.insert((exact.clone(), whole), words.len());
        words.push(Word { exact, stems, boost: 1.0, prefix, whole });
        Some(words.len() - 1)
    }

    fn phrase(&mut self, text: &str, scored: bool) -> Clause {
        let phrase = Phrase::of(text);
        if phrase.terms.is_empty() {
            return Clause::Silent;
        }
        if let Some(at) = self.plan.phrases.iter().position(|(known, positive)| *known == phrase && *positive == scored)
        {
            return Clause::Phrase(at);
        }
        if self.plan.phrases.len() == MAX_PHRASES {
            return if scored { self.words(text) } else { Clause::Silent };
        }
        self.plan.phrases.push((phrase, scored));
        Clause::Phrase(self.plan.phrases.len() - 1)
    }
}

fn group(clauses: impl Iterator<Item = Clause>, make: fn(Vec<Clause>) -> Clause) -> Clause {
    let mut clauses: Vec<Clause> = clauses.filter(|clause| !matches!(clause, Clause::Silent)).collect();
    match clauses.len() {
        0 => Clause::Silent,
        1 => clauses.remove(0),
        _ => make(clauses),
    }
}
