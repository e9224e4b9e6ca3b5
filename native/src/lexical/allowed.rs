//! Which notes the filters of a query admit, in a form that other stores can look paths up in.

use std::hash::Hasher;
use std::sync::{Arc, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use tantivy::index::SegmentId;
use tantivy::{DocId, Searcher, SegmentReader};

use super::clauses::matching;
use super::docs::Docs;
use super::entries::Columns;
use super::error::guarded;
use super::plan::Clause;
use super::{Lexical, LexicalError, Ranking};

/// The keys of one segment's paths.
#[derive(Debug)]
pub(super) struct SegmentKeys {
    /// By document.
    keys: Vec<u64>,
    /// By key: the last document with that path, which is the living one if any is.
    docs: FxHashMap<u64, DocId>,
}

impl SegmentKeys {
    pub fn doc(&self, key: u64) -> Option<DocId> {
        self.docs.get(&key).copied()
    }
}

/// Of the segments that were asked about last. A segment never changes, so that a saved note costs only its own new one.
pub(super) type KnownKeys = FxHashMap<SegmentId, Arc<SegmentKeys>>;

/// A path as a number, the same in every store.
pub fn path_key(path: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(path.as_bytes());
    hasher.finish()
}

/// The notes that are admitted, or (whichever are fewer) those that are not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Allowed {
    keys: FxHashSet<u64>,
    /// `keys` are those that are not admitted.
    denied: bool,
}

impl Allowed {
    /// Is the note with this [`path_key`] admitted?
    pub fn admits(&self, key: u64) -> bool {
        self.keys.contains(&key) != self.denied
    }
}

impl Lexical {
    /// What the filters, exclusions and required phrases of a ranked query admit; `None` when it has none. Plain words bind nobody.
    pub fn allowed(&self, ranking: &Ranking) -> Result<Option<Allowed>, LexicalError> {
        let Some(clause) = binding(&ranking.plan.root) else { return Ok(None) };
        guarded(|| {
            let keys = self.keys(&ranking.searcher)?;
            let mut admitted = Vec::new();
            for (segment, scored) in ranking.searcher.segment_readers().iter().zip(&ranking.segments) {
                admitted.push(matching(&clause, segment, &ranking.fields, scored)?);
            }
            let all: usize = keys.iter().map(|keys| keys.keys.len()).sum();
            let denied = admitted.iter().map(Docs::len).sum::<usize>() > all / 2;
            let mut allowed = Allowed { keys: FxHashSet::default(), denied };
            for ((docs, keys), segment) in admitted.iter().zip(keys.iter()).zip(ranking.searcher.segment_readers()) {
                // A document that was replaced must not speak for the one in its place.
                let listed = segment.doc_ids_alive().filter(|&doc| docs.contains(doc) != denied);
                allowed.keys.extend(listed.map(|doc| keys.keys[doc as usize]));
            }
            Ok(Some(allowed))
        })
    }

    /// Of every segment, in the searcher's order.
    pub(super) fn keys(&self, searcher: &Searcher) -> Result<Vec<Arc<SegmentKeys>>, LexicalError> {
        let mut known = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let mut fresh = KnownKeys::default();
        let mut keys = Vec::with_capacity(searcher.segment_readers().len());
        for segment in searcher.segment_readers() {
            let of_segment = match known.get(&segment.segment_id()) {
                Some(of_segment) => of_segment.clone(),
                None => Arc::new(keys_of(segment)?),
            };
            fresh.insert(segment.segment_id(), of_segment.clone());
            keys.push(of_segment);
        }
        *known = fresh;
        Ok(keys)
    }
}

fn keys_of(segment: &SegmentReader) -> Result<SegmentKeys, LexicalError> {
    let columns = Columns::of(segment)?;
    let mut by_rank = Vec::with_capacity(columns.path.num_terms());
    let mut stream = columns.path.dictionary().stream()?;
    while stream.advance() {
        by_rank.push(path_key(&String::from_utf8_lossy(stream.key())));
    }
    let key = |doc| by_rank.get(columns.path_rank(doc) as usize).copied().unwrap_or_default();
    let keys: Vec<u64> = (0..segment.max_doc()).map(key).collect();
    let docs = (0..segment.max_doc()).map(|doc| (keys[doc as usize], doc)).collect();
    Ok(SegmentKeys { keys, docs })
}

/// The clause without its plain words; `None` when nothing is left that binds.
fn binding(clause: &Clause) -> Option<Clause> {
    match clause {
        Clause::Words(_) | Clause::Silent => None,
        Clause::All(clauses) => {
            let mut left: Vec<Clause> = clauses.iter().filter_map(binding).collect();
            if left.len() > 1 { Some(Clause::All(left)) } else { left.pop() }
        }
        // One side that admits everything admits everything.
        Clause::Any(clauses) => clauses.iter().map(binding).collect::<Option<Vec<_>>>().map(Clause::Any),
        other => Some(other.clone()),
    }
}
