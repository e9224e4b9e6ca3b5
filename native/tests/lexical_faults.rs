//! A damaged, foreign or full folder gives an error that says so, never a wrong answer or a panic.

mod lexical_support;

use std::fs;
use std::path::{Path, PathBuf};

use lexical_support::{Note, Vault, note};
use librarian_native::lexical::{Answer, Lexical, LexicalError, Page};

fn filled() -> Vault {
    let notes: Vec<Note> = (0..40)
        .map(|at| Note {
            tags: vec!["kept"],
            aliases: vec!["other name"],
            ..note(&format!("folder/note {at}.md"), &format!("# Heading\nword{at} and common words"))
        })
        .collect();
    let vault = Vault::new(&notes[..30]);
    vault.put(&notes[20..]);
    vault.remove("folder/note 3.md");
    vault
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_none_or(|extension| extension != "lock"));
    files.sort();
    files
}

/// Everything an index can be asked, as one comparable text.
fn answers(folder: &Path) -> Result<String, LexicalError> {
    let lexical = Lexical::open(folder)?;
    let mut entries = lexical.entries()?;
    entries.sort_by(|left, right| left.stat.path.cmp(&right.stat.path));
    let page = Page { limit: 50, offset: 0 };
    let ask = |query: &str| lexical.search(Path::new("/nowhere"), query, page);
    let told: Vec<Answer> = ["common", "word7", "wrod11 ", "\"common words\"", "tag:kept", "path:note", "other name"]
        .into_iter()
        .map(ask)
        .collect::<Result<_, _>>()?;
    Ok(format!("{:?} {entries:?} {told:?}", lexical.counts()))
}

fn is_damage(error: &LexicalError) -> bool {
    matches!(error, LexicalError::Corrupt(_) | LexicalError::TooNew { .. } | LexicalError::TooOld { .. })
}

#[test]
fn every_file_that_is_missing_or_short_is_told() {
    let vault = filled();
    let sound = answers(&vault.index()).unwrap();
    for file in files(&vault.index()) {
        let name = file.file_name().unwrap().to_owned();
        for keep in [None, Some(0), Some(1), Some(fs::metadata(&file).unwrap().len() / 2)] {
            let folder = tempfile::tempdir().unwrap();
            copy(&vault.index(), folder.path());
            match keep {
                None => fs::remove_file(folder.path().join(&name)).unwrap(),
                Some(length) => {
                    fs::OpenOptions::new().write(true).open(folder.path().join(&name)).unwrap().set_len(length).unwrap()
                }
            }
            match answers(folder.path()) {
                Err(error) => assert!(is_damage(&error), "{name:?} {keep:?}: {error}"),
                Ok(told) => assert_eq!(told, sound, "{name:?} cut to {keep:?} changed the answers"),
            }
        }
    }
}

#[test]
fn a_flipped_byte_anywhere_is_told_or_harmless() {
    let vault = filled();
    let sound = answers(&vault.index()).unwrap();
    for file in files(&vault.index()) {
        let name = file.file_name().unwrap().to_owned();
        let bytes = fs::read(&file).unwrap();
        for at in (0..bytes.len()).step_by((bytes.len() / 40).max(1)) {
            let folder = tempfile::tempdir().unwrap();
            copy(&vault.index(), folder.path());
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x11;
            fs::write(folder.path().join(&name), flipped).unwrap();
            match answers(folder.path()) {
                Err(error) => assert!(is_damage(&error), "{name:?} at {at}: {error}"),
                Ok(told) => assert_eq!(told, sound, "{name:?} flipped at {at} changed the answers"),
            }
        }
    }
}

#[test]
fn a_newer_schema_is_refused_and_an_older_one_is_named() {
    let vault = filled();
    fs::write(vault.index().join("schema-version"), "4000\n").unwrap();
    assert!(matches!(Lexical::open(&vault.index()), Err(LexicalError::TooNew { found: 4000, .. })));
    fs::write(vault.index().join("schema-version"), "0\n").unwrap();
    assert!(matches!(Lexical::open(&vault.index()), Err(LexicalError::TooOld { found: 0, .. })));
}

#[test]
fn a_second_writer_is_told_that_one_is_at_work() {
    let vault = filled();
    let _writer = vault.lexical.begin(0, 1).unwrap();
    assert!(matches!(vault.lexical.begin(0, 1), Err(LexicalError::Busy)));
}

#[test]
fn reopening_gives_the_same_answers_and_payload() {
    let vault = filled();
    let before = answers(&vault.index()).unwrap();
    vault.lexical.begin(0, 1).unwrap().commit("complete").unwrap();
    let again = Lexical::open(&vault.index()).unwrap();
    assert_eq!(again.payload().as_deref(), Some("complete"));
    assert_eq!(answers(&vault.index()).unwrap(), before);
}

#[test]
fn many_small_commits_stay_few_segments_and_few_files() {
    let vault = filled();
    let before = answers(&vault.index()).unwrap();
    for _ in 0..60 {
        vault.put(&[note("folder/busy.md", "saved again and again")]);
    }
    vault.remove("folder/busy.md");
    assert_eq!(answers(&vault.index()).unwrap().len(), before.len());
    assert!(files(&vault.index()).len() < 110, "{} files", files(&vault.index()).len());
    vault.lexical.tidy().unwrap();
    assert!(files(&vault.index()).len() < 16, "{} files", files(&vault.index()).len());
    assert!(!vault.lexical.tidy().unwrap());
}
