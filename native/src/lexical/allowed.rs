//! Which notes the filters of a query admit, in a form that other stores can look paths up in.

use std::hash::Hasher;
use std::sync::{Arc, PoisonError};

use rustc_hash::{FxHashSet, FxHasher};
use tantivy::{Searcher, SegmentReader};

use super::clauses::matching;
use super::docs::Docs;
use super::entries::Columns;
use super::error::guarded;
use super::plan::Clause;
use super::{Lexical, LexicalError, Ranking};

/// Keys of all paths, by segment and document.
pub(super) type Keys = Arc<Vec<Vec<u64>>>;

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
            let all: usize = keys.iter().map(Vec::len).sum();
            let denied = admitted.iter().map(Docs::len).sum::<usize>() > all / 2;
            let mut allowed = Allowed { keys: FxHashSet::default(), denied };
            for ((docs, keys), segment) in admitted.iter().zip(keys.iter()).zip(ranking.searcher.segment_readers()) {
                // A document that was replaced must not speak for the one in its place.
                let listed = segment.doc_ids_alive().filter(|&doc| docs.contains(doc) != denied);
                allowed.keys.extend(listed.map(|doc| keys[doc as usize]));
            }
            Ok(Some(allowed))
        })
    }

    fn keys(&self, searcher: &Searcher) -> Result<Keys, LexicalError> {
        let generation = searcher.generation().generation_id();
        let mut kept = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, keys)) = &*kept
            && *of == generation
        {
            return Ok(keys.clone());
        }
        let keys = searcher.segment_readers().iter().map(keys_of).collect::<Result<Vec<_>, _>>()?;
        let keys = Arc::new(keys);
        *kept = Some((generation, keys.clone()));
        Ok(keys)
    }
}

fn keys_of(segment: &SegmentReader) -> Result<Vec<u64>, LexicalError> {
    let columns = Columns::of(segment)?;
    let mut by_rank = Vec::with_capacity(columns.path.num_terms());
    let mut stream = columns.path.dictionary().stream()?;
    while stream.advance() {
        by_rank.push(path_key(&String::from_utf8_lossy(stream.key())));
    }
    let key = |doc| by_rank.get(columns.path_rank(doc) as usize).copied().unwrap_or_default();
    Ok((0..segment.max_doc()).map(key).collect())
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
