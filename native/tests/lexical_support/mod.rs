//! A small vault with its index, in a temporary folder.
#![allow(dead_code)]

use std::fs;
use std::path::PathBuf;

use librarian_native::lexical::{Answer, Document, Entry, FileStat, Kind, Lexical, Page};

pub struct Vault {
    pub folder: tempfile::TempDir,
    pub lexical: Lexical,
}

#[derive(Default, Clone)]
pub struct Note {
    pub path: String,
    pub text: String,
    pub aliases: Vec<&'static str>,
    pub tags: Vec<&'static str>,
    pub properties: Vec<(&'static str, String)>,
    pub mtime_ns: i64,
    pub skipped: Option<String>,
}

pub fn note(path: &str, text: &str) -> Note {
    Note { path: path.to_owned(), text: text.to_owned(), ..Note::default() }
}

impl Vault {
    pub fn new(notes: &[Note]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lexical = Lexical::open(&folder.path().join("index")).unwrap();
        let vault = Self { folder, lexical };
        vault.put(notes);
        vault
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    pub fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    /// Write the notes to disk and index them in one commit.
    pub fn put(&self, notes: &[Note]) {
        let writer = self.lexical.begin(16 << 20, 1).unwrap();
        for note in notes {
            let file = self.root().join(&note.path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &note.text).unwrap();
            with_document(note, |document| writer.put(document).unwrap());
        }
        writer.commit("").unwrap();
    }

    pub fn remove(&self, path: &str) {
        let writer = self.lexical.begin(16 << 20, 1).unwrap();
        writer.remove(path);
        writer.commit("").unwrap();
    }

    pub fn search(&self, query: &str) -> Answer {
        self.lexical.search(&self.root(), query, Page { limit: 100, offset: 0 }).unwrap()
    }

    pub fn paths(&self, query: &str) -> Vec<String> {
        self.search(query).hits.into_iter().map(|hit| hit.path).collect()
    }

    /// The matching paths, sorted.
    pub fn set(&self, query: &str) -> Vec<String> {
        let mut paths = self.paths(query);
        paths.sort();
        paths
    }
}

pub fn with_document<T>(note: &Note, work: impl FnOnce(&Document<'_>) -> T) -> T {
    let entry = Entry {
        stat: FileStat {
            path: note.path.clone(),
            kind: kind_of(&note.path),
            size: note.text.len() as u64,
            mtime_ns: note.mtime_ns,
            created_ns: note.mtime_ns,
            inode: 7,
        },
        digest: [3; 32],
        skipped: note.skipped.clone(),
    };
    let name = note.path.rsplit('/').next().unwrap();
    let headings: Vec<&str> = note
        .text
        .lines()
        .filter_map(|line| line.strip_prefix('#').and_then(|rest| rest.trim_start_matches('#').strip_prefix(' ')))
        .collect();
    let prose = 0..note.text.len();
    work(&Document {
        entry: &entry,
        title: name.rsplit_once('.').map_or(name, |(title, _)| title),
        aliases: note.aliases.clone(),
        headings,
        tags: note.tags.clone(),
        properties: note.properties.clone(),
        text: &note.text,
        prose: std::slice::from_ref(&prose),
    })
}

fn kind_of(path: &str) -> Kind {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("md") => Kind::Note,
        Some("canvas") => Kind::Canvas,
        Some("base") => Kind::Base,
        _ => Kind::Attachment,
    }
}
