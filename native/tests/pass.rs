//! The pass over a vault, on real files in temporary folders.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use librarian_native::batch::TABLES;
use librarian_native::exclusion::Exclusion;
use librarian_native::lexical::{Lexical, Page};
use librarian_native::links::Resolver;
use librarian_native::pass::{PassError, PassOptions, Report, apply, describe, refresh, resolve};
use librarian_native::scan::ScanOptions;
use tempfile::TempDir;

struct Desk {
    vault: TempDir,
    index: Lexical,
    resolver: Mutex<Option<Resolver>>,
    options: PassOptions,
    _data: TempDir,
}

impl Desk {
    fn new(files: &[(&str, &str)]) -> Self {
        let (vault, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let index = Lexical::open(data.path()).unwrap();
        let scan = ScanOptions {
            excluded: Exclusion::new(&["Private"], &[] as &[&str]).into(),
            max_note_bytes: 10_000,
            threads: 2,
        };
        let desk = Self {
            vault,
            index,
            resolver: Mutex::default(),
            options: PassOptions { scan, heap_bytes: 64 << 20 },
            _data: data,
        };
        for (path, text) in files {
            desk.write(path, text);
        }
        desk
    }

    fn root(&self) -> &Path {
        self.vault.path()
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.root().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    fn refresh(&self) -> Result<Report, PassError> {
        refresh(&self.index, &self.resolver, self.root(), &self.options, false, &|_, _, _| true)
    }

    fn apply(&self, paths: &[&str]) -> Report {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        apply(&self.index, &self.resolver, self.root(), &self.options, &paths).unwrap()
    }

    fn found(&self, query: &str) -> Vec<String> {
        let answer = self.index.search(self.root(), query, Page { limit: 20, offset: 0 }).unwrap();
        let mut paths: Vec<String> = answer.hits.into_iter().map(|hit| hit.path).collect();
        paths.sort();
        paths
    }
}

fn rows(report: &Report, table: &str) -> usize {
    let place = TABLES.iter().position(|name| *name == table).unwrap();
    report.batches.iter().map(|tables| tables[place].num_rows()).sum()
}

#[test]
fn a_new_vault_is_understood_in_one_pass() {
    let desk = Desk::new(&[
        ("a.md", "---\ntags: [sea]\naliases: Ay\n---\n# Shore\nSee [[b]] and [[nowhere]]. #tide"),
        ("sub/b.md", "- [ ] limpet survey\n"),
        (
            "plan.canvas",
            r#"{"nodes":[{"id":"1","type":"text","text":"barnacle","x":0,"y":0,"width":1,"height":1}],"edges":[]}"#,
        ),
        ("photo.png", "not read"),
        (".obsidian/app.json", "{}"),
        (".trash/old.md", "limpet"),
        ("Private/diary.md", "limpet"),
    ]);
    let report = desk.refresh().unwrap();
    assert_eq!(report.touched.len(), 5);
    assert_eq!(
        (rows(&report, "notes"), rows(&report, "links"), rows(&report, "tags"), rows(&report, "aliases")),
        (5, 2, 2, 1)
    );
    let counts = desk.index.counts();
    assert_eq!((counts.notes, counts.searched, counts.skipped, counts.canvases, counts.attachments), (3, 2, 1, 1, 1));
    assert_eq!(desk.found("limpet"), ["sub/b.md"]);
    assert_eq!(desk.found("barnacle"), ["plan.canvas"]);
    let targets = resolve(
        &desk.index,
        &desk.resolver,
        &[("a.md".to_owned(), "b".to_owned()), ("a.md".to_owned(), "nowhere".to_owned())],
    )
    .unwrap();
    assert_eq!(targets, [Some("sub/b.md".to_owned()), None]);
}

#[test]
fn a_second_pass_reads_only_what_changed() {
    let desk = Desk::new(&[("a.md", "alpha"), ("b.md", "beta"), ("c.md", "gamma")]);
    desk.refresh().unwrap();
    desk.write("b.md", "delta delta");
    fs::remove_file(desk.root().join("c.md")).unwrap();
    let report = desk.refresh().unwrap();
    assert_eq!(
        (report.unchanged, report.touched, report.removed),
        (1, vec!["b.md".to_owned()], vec!["c.md".to_owned()])
    );
    assert_eq!(desk.found("delta"), ["b.md"]);
    assert!(desk.found("beta").is_empty() && desk.found("gamma").is_empty());
    assert_eq!(desk.refresh().unwrap().unchanged, 2);
}

#[test]
fn named_paths_are_looked_at_without_a_walk() {
    let desk = Desk::new(&[("a.md", "alpha"), ("b.md", "beta")]);
    desk.refresh().unwrap();
    desk.write("new/c.md", "gamma");
    fs::remove_file(desk.root().join("b.md")).unwrap();
    let report = desk.apply(&["new/c.md", "b.md", ".obsidian/app.json"]);
    assert_eq!((report.added, report.removed.as_slice(), report.needs_refresh), (1, &["b.md".to_owned()][..], false));
    assert_eq!(desk.found("gamma"), ["new/c.md"]);
    assert!(desk.apply(&["new"]).needs_refresh, "a folder needs a whole look");
    assert!(desk.apply(&["new/c.md"]).touched.is_empty(), "an unchanged file is not read again");
}

#[test]
fn a_renamed_file_is_told_as_moved() {
    let desk = Desk::new(&[("a.md", "alpha"), ("b.md", "beta")]);
    desk.refresh().unwrap();
    fs::rename(desk.root().join("a.md"), desk.root().join("z.md")).unwrap();
    let report = desk.apply(&["a.md", "z.md"]);
    assert_eq!(report.moved, [("a.md".to_owned(), "z.md".to_owned())]);
    assert_eq!(desk.found("alpha"), ["z.md"]);
}

#[test]
fn a_vault_that_went_away_deletes_nothing() {
    let desk = Desk::new(&[("a.md", "alpha")]);
    desk.refresh().unwrap();
    let away = desk.root().with_extension("away");
    fs::rename(desk.root(), &away).unwrap();
    assert!(matches!(desk.refresh(), Err(PassError::Unavailable(_))));
    fs::create_dir(desk.root()).unwrap();
    assert!(matches!(desk.refresh(), Err(PassError::Unavailable(_))), "an empty mount point");
    assert_eq!(desk.found("alpha"), ["a.md"]);
    fs::remove_dir(desk.root()).unwrap();
    fs::rename(&away, desk.root()).unwrap();
    assert_eq!(desk.refresh().unwrap().unchanged, 1);
}

#[test]
fn a_cancelled_pass_leaves_the_index_as_it_was() {
    let desk = Desk::new(&[("a.md", "alpha")]);
    desk.refresh().unwrap();
    desk.write("b.md", "beta");
    let stopped =
        refresh(&desk.index, &desk.resolver, desk.root(), &desk.options, false, &|phase, _, _| phase != "committing");
    assert!(matches!(stopped, Err(PassError::Cancelled)));
    assert!(desk.found("beta").is_empty());
    desk.refresh().unwrap();
    assert_eq!(desk.found("beta"), ["b.md"]);
}

#[cfg(unix)]
#[test]
fn what_must_not_be_read_is_listed_with_a_reason() {
    let desk = Desk::new(&[("big.md", &"x".repeat(10_001)), ("ok.md", "fine")]);
    std::os::unix::fs::symlink("/etc/passwd", desk.root().join("link.md")).unwrap();
    std::os::unix::fs::symlink("..", desk.root().join("loop")).unwrap();
    let pipe = std::ffi::CString::new(desk.root().join("pipe.md").to_str().unwrap()).unwrap();
    assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
    fs::create_dir(desk.root().join("folder.md")).unwrap();
    desk.refresh().unwrap();
    let mut skipped: Vec<(String, String)> =
        desk.index.entries().unwrap().into_iter().filter_map(|entry| Some((entry.stat.path, entry.skipped?))).collect();
    skipped.sort();
    let paths: Vec<&str> = skipped.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["big.md", "link.md", "loop", "pipe.md"]);
    assert_eq!(desk.index.counts().skipped, 3);
    assert!(desk.found("root").is_empty());
}

#[test]
fn files_can_be_described_without_touching_the_index() {
    let desk = Desk::new(&[("a.md", "# One\n# Two")]);
    desk.refresh().unwrap();
    let report = describe(
        &desk.index,
        &desk.resolver,
        desk.root(),
        &desk.options.scan,
        &["a.md".to_owned(), "gone.md".to_owned()],
    )
    .unwrap();
    assert_eq!((rows(&report, "notes"), rows(&report, "headings")), (1, 2));
}
