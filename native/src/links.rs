//! Where a link leads: Obsidian's rule, by file name first, then the shortest path.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// All files of a vault, ready to resolve links against.
#[derive(Debug, Default)]
pub struct Resolver {
    /// Files by folded name, each list in the order of preference: the shortest path first.
    by_name: FxHashMap<Box<str>, Vec<File>>,
}

#[derive(Debug)]
struct File {
    path: Box<str>,
    /// Where it differs from `path`.
    folded: Option<Box<str>>,
}

impl File {
    fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.path)
    }

    fn rank(&self) -> (usize, &str) {
        (self.folded().len(), &self.path)
    }
}

impl Resolver {
    pub fn new(paths: impl IntoIterator<Item = String>) -> Self {
        let mut resolver = Self::default();
        for path in paths {
            let (name, file) = entry(path);
            resolver.by_name.entry(name).or_default().push(file);
        }
        for files in resolver.by_name.values_mut().filter(|files| files.len() > 1) {
            files.sort_unstable_by(|a, b| a.rank().cmp(&b.rank()));
        }
        resolver
    }

    /// Add a file that is not there yet.
    pub fn insert(&mut self, path: String) {
        let (name, file) = entry(path);
        let files = self.by_name.entry(name).or_default();
        let place = files.partition_point(|other| other.rank() < file.rank());
        files.insert(place, file);
    }

    /// Take a file out; false when it is not there.
    pub fn remove(&mut self, path: &str) -> bool {
        let name = fold(name_of(path));
        let Some(files) = self.by_name.get_mut(&*name) else { return false };
        let before = files.len();
        files.retain(|file| *file.path != *path);
        let removed = files.len() < before;
        if files.is_empty() {
            self.by_name.remove(&*name);
        }
        removed
    }

    /// The file that a link in `source` leads to. An empty target is the source itself.
    ///
    /// A target without folder or extension is a note's name; with folders it is the end of a path; one that starts
    /// with `./` or `../` is relative to the source. Of several candidates a whole path wins, then one in the
    /// source's folder or below, then the shortest path, then alphabetical order.
    pub fn resolve(&self, source: &str, target: &str) -> Option<&str> {
        let target = target.trim();
        let source = fold(source);
        let folder = source.rsplit_once('/').map_or("", |(folder, _)| folder);
        if target.is_empty() {
            return self.whole(&source);
        }
        let target = fold(target);
        if target.starts_with("./") || target.starts_with("../") {
            return with_extensions(&join(folder, &target)?, |target| self.whole(target));
        }
        if let Some(absolute) = target.strip_prefix('/') {
            return with_extensions(absolute, |target| self.whole(target));
        }
        with_extensions(&target, |target| self.best(target, folder))
    }

    fn whole(&self, target: &str) -> Option<&str> {
        self.files(target).iter().find(|file| file.folded() == target).map(|file| &*file.path)
    }

    fn best(&self, target: &str, folder: &str) -> Option<&str> {
        // In the order of preference, so the first that fits is the one, unless a later one lies beside the source.
        let mut first = None;
        for file in self.files(target).iter().filter(|file| ends_with_path(file.folded(), target)) {
            if file.folded().len() == target.len() || is_beside(file.folded(), folder) {
                return Some(&file.path);
            }
            first = first.or(Some(&*file.path));
        }
        first
    }

    fn files(&self, target: &str) -> &[File] {
        self.by_name.get(name_of(target)).map_or(&[], Vec::as_slice)
    }
}

fn entry(path: String) -> (Box<str>, File) {
    let folded = fold(&path);
    let name = name_of(&folded).into();
    let folded = (*folded != *path).then(|| folded.into());
    (name, File { path: path.into(), folded })
}

/// The target as it is, else as the name of a note.
fn with_extensions<'a>(target: &str, find: impl Fn(&str) -> Option<&'a str>) -> Option<&'a str> {
    find(target).or_else(|| find(&format!("{target}.md")))
}

/// The name under which a link's target is looked up: folded, without folders and the extension of notes.
pub fn key_of(target: &str) -> String {
    let folded = fold(target.trim());
    let name = name_of(&folded);
    name.strip_suffix(".md").unwrap_or(name).to_owned()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return text.to_ascii_lowercase().into();
        }
        return text.into();
    }
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.to_lowercase().into(),
        _ => text.nfc().collect::<String>().to_lowercase().into(),
    }
}

fn is_beside(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn ends_with_path(path: &str, target: &str) -> bool {
    path.strip_suffix(target).is_some_and(|head| head.is_empty() || head.ends_with('/'))
}

fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolver() -> Resolver {
        Resolver::new(
            ["Note.md", "a/Note.md", "a/b/Deep.md", "c/Deep.md", "c/image.png", "c/v1.2.md", "Caf\u{e9}.md"]
                .map(str::to_owned),
        )
    }

    #[test]
    fn a_name_finds_its_note_in_any_folder_and_case() {
        let resolver = resolver();
        assert_eq!(resolver.resolve("x.md", "deep"), Some("c/Deep.md"));
        assert_eq!(resolver.resolve("x.md", "image.png"), Some("c/image.png"));
        assert_eq!(resolver.resolve("x.md", "v1.2"), Some("c/v1.2.md"));
        assert_eq!(resolver.resolve("x.md", "Cafe\u{301}"), Some("Caf\u{e9}.md"));
        assert_eq!(resolver.resolve("x.md", "nowhere"), None);
    }

    #[test]
    fn a_whole_path_wins_then_the_own_folder_then_the_shortest() {
        let resolver = resolver();
        assert_eq!(resolver.resolve("a/b/x.md", "Note"), Some("Note.md"));
        assert_eq!(resolver.resolve("a/x.md", "Deep"), Some("a/b/Deep.md"));
        assert_eq!(resolver.resolve("x.md", "a/Note"), Some("a/Note.md"));
        assert_eq!(resolver.resolve("x.md", "b/Deep"), Some("a/b/Deep.md"));
        assert_eq!(resolver.resolve("x.md", "eep"), None);
    }

    #[test]
    fn relative_and_absolute_targets_are_whole_paths() {
        let resolver = resolver();
        assert_eq!(resolver.resolve("a/b/x.md", "../Note"), Some("a/Note.md"));
        assert_eq!(resolver.resolve("a/b/x.md", "./Deep.md"), Some("a/b/Deep.md"));
        assert_eq!(resolver.resolve("x.md", "../Note"), None);
        assert_eq!(resolver.resolve("a/x.md", "/Note"), Some("Note.md"));
        assert_eq!(resolver.resolve("a/Note.md", ""), Some("a/Note.md"));
    }

    #[test]
    fn a_file_taken_out_is_no_longer_found() {
        let mut resolver = resolver();
        assert!(resolver.remove("c/Deep.md"));
        assert!(!resolver.remove("c/Deep.md"));
        assert_eq!(resolver.resolve("x.md", "deep"), Some("a/b/Deep.md"));
        resolver.insert("Deep.md".to_owned());
        assert_eq!(resolver.resolve("x.md", "deep"), Some("Deep.md"));
    }

    #[test]
    fn a_key_is_the_folded_name_of_a_note() {
        assert_eq!(key_of("a/b/Deep.MD"), "deep");
        assert_eq!(key_of("Image.PNG"), "image.png");
    }
}
