//! A set of documents of one segment, one bit each.

use tantivy::DocId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Docs {
    words: Vec<u64>,
    max_doc: u32,
}

impl Docs {
    pub fn none(max_doc: u32) -> Self {
        Self { words: vec![0; (max_doc as usize).div_ceil(64)], max_doc }
    }

    pub fn all(max_doc: u32) -> Self {
        let mut docs = Self { words: vec![u64::MAX; (max_doc as usize).div_ceil(64)], max_doc };
        if !max_doc.is_multiple_of(64)
            && let Some(last) = docs.words.last_mut()
        {
            *last = (1 << (max_doc % 64)) - 1;
        }
        docs
    }

    pub fn insert(&mut self, doc: DocId) {
        self.words[doc as usize / 64] |= 1 << (doc % 64);
    }

    pub fn contains(&self, doc: DocId) -> bool {
        self.words[doc as usize / 64] & (1 << (doc % 64)) != 0
    }

    pub fn add(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, other)| *mine |= other);
    }

    pub fn keep(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, other)| *mine &= other);
    }

    pub fn remove(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(mine, other)| *mine &= !other);
    }

    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Ascending.
    pub fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut word = word;
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros();
                (word != 0).then(|| {
                    word &= word - 1;
                    at as u32 * 64 + bit
                })
            })
        })
    }
}
