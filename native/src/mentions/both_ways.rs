//! Which notes a note mentions, and which mention it.

use std::path::Path;
use std::sync::Mutex;

use rustc_hash::FxHashMap;

use super::{Mention, Names, find};
use crate::batch::title_of;
use crate::lexical::{Kind, Lexical, name_key};
use crate::links::Resolver;
use crate::note::{self, Note};
use crate::pass::{self, PassError};
use crate::passage::{Passage, around};
use crate::read::{Unread, read};

/// Notes that are read to see whether they mention this one, at most.
const MOST_READ: usize = 500;

/// One note that mentions, or is mentioned: the first place, and how many there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Mentioned {
    /// The other note.
    pub path: String,
    pub title: String,
    /// As it is written there.
    pub name: String,
    /// Places in the note that mentions.
    pub count: usize,
    /// The note that mentions links to the other somewhere else.
    pub linked: bool,
    /// The first place, in the note that mentions.
    pub passage: Passage,
}

/// Both directions, most often first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mentions {
    pub incoming: Vec<Mentioned>,
    pub outgoing: Vec<Mentioned>,
}

/// A note as it is read for its mentions.
struct Reading {
    path: String,
    text: String,
    note: Note,
}

/// Where the note at `path` names other notes without a link, and where others name it; at most `limit` of each.
pub fn of_note(
    lexical: &Lexical,
    resolver: &Mutex<Option<Resolver>>,
    vault: &Path,
    path: &str,
    max_note_bytes: u64,
    limit: usize,
) -> Result<Mentions, PassError> {
    let Some(this) = open(vault, path, max_note_bytes) else { return Ok(Mentions::default()) };
    let seeker = Seeker { lexical, resolver, vault, max_note_bytes };
    let mut mentions = Mentions { incoming: seeker.incoming(&this)?, outgoing: seeker.outgoing(&this)? };
    for list in [&mut mentions.incoming, &mut mentions.outgoing] {
        list.sort_by(|a, b| (a.linked, b.count, &a.path).cmp(&(b.linked, a.count, &b.path)));
        list.truncate(limit);
    }
    Ok(mentions)
}

struct Seeker<'a> {
    lexical: &'a Lexical,
    resolver: &'a Mutex<Option<Resolver>>,
    vault: &'a Path,
    max_note_bytes: u64,
}

impl Seeker<'_> {
    fn outgoing(&self, this: &Reading) -> Result<Vec<Mentioned>, PassError> {
        let names = self.lexical.names()?;
        let mut by_key: FxHashMap<String, Vec<Mention>> = FxHashMap::default();
        for mention in find(&this.text, &this.note, &names) {
            by_key.entry(mention.key.clone()).or_default().push(mention);
        }
        let linked = self.linked(this)?;
        let mut by_path: FxHashMap<String, Mentioned> = FxHashMap::default();
        for (key, places) in by_key {
            let paths = self.lexical.named(&key)?;
            let Some(path) = paths.first().filter(|_| !paths.contains(&this.path)) else { continue };
            let found = self.mentioned(path, this, &places, linked.contains(path));
            by_path.entry(path.clone()).and_modify(|known| known.count += found.count).or_insert(found);
        }
        Ok(by_path.into_values().collect())
    }

    fn incoming(&self, this: &Reading) -> Result<Vec<Mentioned>, PassError> {
        let title = title_of(&this.path, Kind::Note);
        let mut names = Names::default();
        let mut phrases = Vec::new();
        for key in std::iter::once(title).chain(this.note.aliases()).map(name_key) {
            names.add(&key);
            phrases.push(format!("\"{key}\""));
        }
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for ranked in self.lexical.rank(&phrases.join(" OR "))?.top(MOST_READ)? {
            let path = &ranked.path;
            if *path == this.path || !path.ends_with(".md") {
                continue;
            }
            // A note that is gone is told by the next pass over the vault.
            let Some(other) = open(self.vault, path, self.max_note_bytes) else { continue };
            let places = find(&other.text, &other.note, &names);
            if !places.is_empty() {
                let linked = self.linked(&other)?.contains(&this.path);
                found.push(self.mentioned(path, &other, &places, linked));
            }
        }
        Ok(found)
    }

    /// `path` is the other note, `places` are in the note that mentions; at least one.
    fn mentioned(&self, path: &str, mentions: &Reading, places: &[Mention], linked: bool) -> Mentioned {
        let first = places[0].range.clone();
        Mentioned {
            path: path.to_owned(),
            title: title_of(path, Kind::Note).to_owned(),
            name: mentions.text[first.clone()].to_owned(),
            count: places.len(),
            linked,
            passage: around(&mentions.text, &mentions.note, first),
        }
    }

    /// The notes that a note links to.
    fn linked(&self, reading: &Reading) -> Result<Vec<String>, PassError> {
        let links: Vec<(String, String)> = (reading.note.links.iter())
            .filter(|link| !link.external)
            .map(|link| (reading.path.clone(), link.target.clone()))
            .collect();
        Ok(pass::resolve(self.lexical, self.resolver, &links)?.into_iter().flatten().collect())
    }
}

fn open(vault: &Path, path: &str, max_note_bytes: u64) -> Option<Reading> {
    let mut buffer = Vec::new();
    match read(&vault.join(path), max_note_bytes, &mut buffer) {
        Ok(content) => {
            let note = note::parse(&content.text);
            Some(Reading { path: path.to_owned(), text: content.text, note })
        }
        Err(Unread::Gone | Unread::Skipped(_)) => None,
    }
}
