//! A set of a few hashes that says at once of nearly all others that they are not in it (Bloom's filter, with one hash).

/// The set.
pub struct Few {
    bits: Box<[u64; Few::WORDS]>,
}

impl Few {
    const WORDS: usize = 4096;

    pub fn of(hashes: impl IntoIterator<Item = u32>) -> Self {
        let mut bits = Box::new([0; Self::WORDS]);
        for hash in hashes {
            let (word, bit) = Self::place(hash);
            bits[word] |= bit;
        }
        Self { bits }
    }

    /// False of a hash that is not in it, nearly always.
    #[inline]
    pub fn may_have(&self, hash: u32) -> bool {
        let (word, bit) = Self::place(hash);
        self.bits[word] & bit != 0
    }

    /// By the lower bits: samples are of those whose upper ones are small.
    #[inline]
    fn place(hash: u32) -> (usize, u64) {
        (hash as usize / 64 % Self::WORDS, 1 << (hash % 64))
    }
}
