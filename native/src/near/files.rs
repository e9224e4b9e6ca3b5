//! Files that are no notes and have the same bytes.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::lexical::{Entry, FileStat, Kind};
use crate::pass::Progress;
use crate::read::digest;

/// What tells that a file is as it was: size, time of the last change, inode.
type Stamp = (u64, i64, u64);

/// Digests of files, so that none is read twice. Only files that have another of their size are read at all.
#[derive(Debug, Default)]
pub struct Files {
    digests: FxHashMap<String, (Stamp, [u8; 32])>,
}

/// Files with the same bytes, by path, and BLAKE3 of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameFiles {
    pub paths: Vec<String>,
    pub digest: [u8; 32],
}

impl Files {
    /// All groups of files with the same bytes; empty files are none. Of a file that cannot be read nothing is said. Ends early, with what
    /// it has, when `progress` says so.
    pub fn same(&mut self, vault: &Path, entries: &[Entry], progress: Progress<'_>) -> Vec<SameFiles> {
        let files = entries.iter().map(|entry| &entry.stat).filter(|stat| stat.kind != Kind::Note && stat.size > 0);
        let mut by_size: FxHashMap<u64, Vec<&FileStat>> = FxHashMap::default();
        files.for_each(|stat| by_size.entry(stat.size).or_default().push(stat));
        let candidates: Vec<&FileStat> = by_size.into_values().filter(|files| files.len() > 1).flatten().collect();
        let done = AtomicUsize::new(0);
        let digests: FxHashMap<String, (Stamp, [u8; 32])> = (candidates.par_iter())
            .filter_map(|stat| {
                let stamp = (stat.size, stat.mtime_ns, stat.inode);
                let known = self.digests.get(&stat.path).filter(|known| known.0 == stamp).map(|known| known.1);
                let goes_on = progress("reading files", done.fetch_add(1, Ordering::Relaxed), candidates.len());
                let digest = known.or_else(|| if goes_on { digest(&vault.join(&stat.path)).ok() } else { None })?;
                Some((stat.path.clone(), (stamp, digest)))
            })
            .collect();
        self.digests = digests;
        let mut groups: FxHashMap<[u8; 32], Vec<String>> = FxHashMap::default();
        self.digests.iter().for_each(|(path, (_, digest))| groups.entry(*digest).or_default().push(path.clone()));
        let mut same: Vec<SameFiles> = (groups.into_iter())
            .filter(|(_, paths)| paths.len() > 1)
            .map(|(digest, mut paths)| {
                paths.sort_unstable();
                SameFiles { paths, digest }
            })
            .collect();
        same.sort_unstable_by(|a, b| a.paths.cmp(&b.paths));
        same
    }
}
