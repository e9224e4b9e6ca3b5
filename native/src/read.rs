//! One file's bytes as text: bounded, never a pipe or a link, any encoding that a note may arrive in.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What reasons for unreadable files start with; such files are tried again at every check.
pub const UNREADABLE: &str = "cannot be read";

/// Why a file has no text.
#[derive(Debug, PartialEq, Eq)]
pub enum Unread {
    /// It went away after it was listed.
    Gone,
    /// A reason for people.
    Skipped(String),
}

/// A file's text with the BLAKE3 of its bytes.
#[derive(Debug)]
pub struct Content {
    pub text: String,
    pub digest: [u8; 32],
}

/// Read at most `max_bytes` of the regular file at `path`.
pub fn read(path: &Path, max_bytes: u64, buffer: &mut Vec<u8>) -> Result<Content, Unread> {
    bytes(path, max_bytes, buffer)?;
    let digest = *blake3::hash(buffer).as_bytes();
    Ok(Content { text: decode(buffer).into_owned(), digest })
}

/// The same without its digest.
pub fn text(path: &Path, max_bytes: u64) -> Result<String, Unread> {
    let mut buffer = Vec::new();
    bytes(path, max_bytes, &mut buffer)?;
    Ok(decoded(buffer))
}

fn bytes(path: &Path, max_bytes: u64, buffer: &mut Vec<u8>) -> Result<(), Unread> {
    buffer.clear();
    let file = open(path).map_err(|error| unread(&error))?;
    let meta = file.metadata().map_err(|error| unread(&error))?;
    if !meta.is_file() {
        return Err(Unread::Skipped("not a regular file".to_owned()));
    }
    buffer.reserve(usize::try_from(meta.len().min(max_bytes)).unwrap_or(0) + 1);
    file.take(max_bytes + 1).read_to_end(buffer).map_err(|error| unread(&error))?;
    if buffer.len() as u64 > max_bytes {
        return Err(Unread::Skipped(format!("larger than {} MB", max_bytes / 1_000_000)));
    }
    Ok(())
}

/// BLAKE3 of the bytes of the regular file at `path`, however large it is.
pub fn digest(path: &Path) -> io::Result<[u8; 32]> {
    let file = open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
    Ok(*hasher.finalize().as_bytes())
}

/// The first `max_bytes` of the regular file at `path`, as text.
pub fn beginning(path: &Path, max_bytes: u64) -> io::Result<String> {
    let file = open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len().min(max_bytes)).unwrap_or(0) + 1);
    file.take(max_bytes).read_to_end(&mut bytes)?;
    Ok(decoded(bytes))
}

/// The same bytes as text where they can be.
fn decoded(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) if !text.starts_with('\u{feff}') => text,
        Ok(text) => decode(text.as_bytes()).into_owned(),
        Err(error) => decode(error.as_bytes()).into_owned(),
    }
}

/// Text without its byte-order mark. UTF-16 is recognised by its mark; bytes that are not UTF-8 become U+FFFD.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        _ => utf8(bytes),
    }
}

/// Nearly all files are whole UTF-8, which is told several times faster than where they are not.
fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn unread(error: &io::Error) -> Unread {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unread::Gone,
        kind => Unread::Skipped(format!("{UNREADABLE}: {kind}")),
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // A pipe put in a note's place must not block us, nor a link lead out of the vault.
    std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW | libc::O_CLOEXEC)
        .open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_not_text() {
        assert_eq!(decode(b"\xEF\xBB\xBFa"), "a");
        assert_eq!(decode(b"\xFF\xFEa\0\xe9\0"), "a\u{e9}");
        assert_eq!(decode(b"\xFE\xFF\0a\xd8\x3d\xde\0"), "a\u{1F600}");
    }

    #[test]
    fn bytes_that_are_no_text_become_replacement_characters() {
        assert_eq!(decode(b"a\xffb\0c"), "a\u{FFFD}b\0c");
        assert_eq!(decode(b"\xFF\xFE\x00\xd8"), "\u{FFFD}");
    }

    #[test]
    fn a_file_that_is_too_long_or_gone_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        std::fs::write(&path, "12345").unwrap();
        let mut buffer = Vec::new();
        assert_eq!(read(&path, 5, &mut buffer).unwrap().text, "12345");
        assert!(matches!(read(&path, 4, &mut buffer), Err(Unread::Skipped(_))));
        assert_eq!(read(&folder.path().join("b.md"), 5, &mut buffer).unwrap_err(), Unread::Gone);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_or_a_pipe_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.md"), "secret").unwrap();
        std::os::unix::fs::symlink("a.md", folder.path().join("b.md")).unwrap();
        let pipe = std::ffi::CString::new(folder.path().join("c.md").to_str().unwrap()).unwrap();
        assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
        let mut buffer = Vec::new();
        for name in ["b.md", "c.md"] {
            assert!(matches!(read(&folder.path().join(name), 100, &mut buffer), Err(Unread::Skipped(_))), "{name}");
        }
    }
}
