//! One file of a pass: read, understood, and as the index is given it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::batch::title_of;
use crate::canvas;
use crate::lexical::{Document, Entry, Kind};
use crate::note::{self, Note};
use crate::read::{Unread, read};

/// A file's digest and structure, or the reason why it has none; None when the file is gone.
pub(super) fn read_and_understand(
    vault: &Path,
    mut entry: Entry,
    max_bytes: u64,
    buffer: &mut Vec<u8>,
) -> Option<(Entry, Option<(Note, String)>)> {
    if entry.skipped.is_some() || entry.stat.kind == Kind::Attachment {
        return Some((entry, None));
    }
    let text = match read(&vault.join(&entry.stat.path), max_bytes, buffer) {
        Ok(content) => {
            entry.digest = content.digest;
            content.text
        }
        Err(Unread::Gone) => return None,
        Err(Unread::Skipped(reason)) => {
            entry.skipped = Some(reason);
            return Some((entry, None));
        }
    };
    // The parsers are total; should one not be, a single note must not keep the others from being found.
    let parsed = catch_unwind(AssertUnwindSafe(|| understand(entry.stat.kind, text)));
    match parsed.unwrap_or_else(|_| Err("its text could not be understood".to_owned())) {
        Ok(parsed) => Some((entry, Some(parsed))),
        Err(reason) => {
            entry.skipped = Some(reason);
            Some((entry, None))
        }
    }
}

/// The structure of a file's text, with the text that its ranges refer to.
pub fn understand(kind: Kind, text: String) -> Result<(Note, String), String> {
    let readable = match kind {
        Kind::Canvas => canvas::canvas(&text)?,
        Kind::Base => canvas::base(&text)?,
        Kind::Note | Kind::Attachment => {
            let note = note::parse(&text);
            if !canvas::is_excalidraw(&note) {
                return Ok((note, text));
            }
            canvas::excalidraw(&text)?
        }
    };
    Ok((readable.note, readable.text))
}

pub(super) fn document<'a>(entry: &'a Entry, parsed: Option<&'a (Note, String)>) -> Document<'a> {
    let title = title_of(&entry.stat.path, entry.stat.kind);
    match parsed {
        None => Document {
            entry,
            title,
            aliases: vec![],
            headings: vec![],
            tags: vec![],
            properties: vec![],
            text: "",
            prose: &[],
        },
        Some((note, text)) => Document {
            entry,
            title,
            aliases: note.aliases(),
            headings: note.headings.iter().map(|heading| heading.text.as_str()).collect(),
            tags: note.all_tags(),
            properties: note.properties_text(),
            text,
            prose: &note.prose,
        },
    }
}
