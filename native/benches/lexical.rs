//! The lexical index over the scale corpus: build, open, query, update, size. Prints `lexical-… UNIT VALUE` lines.
//!
//! Set LIBRARIAN_BENCH_STRIDE=10 for every tenth note.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use librarian_native::lexical::{Document, Entry, FileStat, Kind, Lexical, Page, Writer};
use librarian_native::note;
use rayon::prelude::*;

const THREADS: usize = 2;
const HEAP: usize = 300 << 20;

fn main() {
    let Some(home) = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")) else {
        println!("lexical skipped: no home folder, so no unpacked corpora");
        return;
    };
    let vault = Path::new(&home).join(".cache/vault-librarian-corpora/vault-100k");
    let stride = std::env::var("LIBRARIAN_BENCH_STRIDE").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut paths = Vec::new();
    list(&vault, &vault, &mut paths);
    paths.sort();
    let paths: Vec<String> = paths.into_iter().step_by(stride).collect();
    if paths.is_empty() {
        println!("lexical skipped: {} holds no notes", vault.display());
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    build(&vault, folder.path(), &paths);
    let begin = Instant::now();
    let lexical = Lexical::open(folder.path()).expect("the index just built");
    println!("lexical-open ms {:.1}", ms(begin));
    let begin = Instant::now();
    let first = lexical.search(&vault, "first answer", Page { limit: 10, offset: 0 }).expect("an answer");
    println!("lexical-first-answer ms {:.1} ({} hits)", ms(begin), first.total);
    let begin = Instant::now();
    let entries = lexical.entries().expect("entries");
    println!("lexical-entries ms {:.1} ({})", ms(begin), entries.len());
    queries(&lexical, &vault, &paths);
    known_items(&lexical, &vault, &paths);
    updates(&lexical, &vault, &paths);
}

fn ms(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e3
}

fn build(vault: &Path, folder: &Path, paths: &[String]) {
    let lexical = Lexical::open(folder).expect("a new index");
    let begin = Instant::now();
    let writer = lexical.begin(HEAP, THREADS).expect("a writer");
    let bytes: usize = paths.par_iter().map(|path| put(&writer, vault, path, true)).sum();
    let fed = ms(begin);
    writer.commit("").expect("a commit");
    let took = begin.elapsed().as_secs_f64();
    println!(
        "lexical-build MB/s {:.1} ({} notes, {:.1} s, fed after {:.1} s)",
        bytes as f64 / 1e6 / took,
        paths.len(),
        took,
        fed / 1e3
    );
    let mut sizes: std::collections::BTreeMap<String, u64> = Default::default();
    for entry in fs::read_dir(folder).expect("the index's folder").flatten() {
        let path = entry.path();
        let extension = path.extension().map_or_else(String::new, |text| text.to_string_lossy().into_owned());
        *sizes.entry(extension).or_default() += entry.metadata().map_or(0, |meta| meta.len());
    }
    let size: u64 = sizes.values().sum();
    println!("lexical-size MB {:.1} ({:.2} of the text) {sizes:?}", size as f64 / 1e6, size as f64 / bytes as f64);
}

fn put(writer: &Writer<'_>, vault: &Path, path: &str, new: bool) -> usize {
    let Ok(bytes) = fs::read(vault.join(path)) else { return 0 };
    let text = String::from_utf8_lossy(&bytes);
    let parsed = note::parse(&text);
    let entry = Entry { stat: stat(path, bytes.len()), digest: *blake3::hash(&bytes).as_bytes(), skipped: None };
    let document = Document {
        entry: &entry,
        title: title(path),
        aliases: parsed.aliases(),
        headings: parsed.headings.iter().map(|heading| heading.text.as_str()).collect(),
        tags: parsed.all_tags(),
        properties: Vec::new(),
        text: &text,
        prose: &parsed.prose,
    };
    let outcome = if new { writer.put_new(&document) } else { writer.put(&document) };
    outcome.expect("room for the document");
    bytes.len()
}

fn stat(path: &str, size: usize) -> FileStat {
    FileStat { path: path.to_owned(), kind: Kind::Note, size: size as u64, mtime_ns: 0, created_ns: 0, inode: 0 }
}

fn title(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".md").unwrap_or(name)
}

/// Words, prefixes, typos and phrases from the notes themselves, by a fixed rule.
fn queries(lexical: &Lexical, vault: &Path, paths: &[String]) {
    let mut times: [Vec<f64>; 4] = Default::default();
    let names = ["words", "prefix", "typo", "phrase"];
    let mut slowest = (0.0, String::new());
    for (at, path) in paths.iter().step_by((paths.len() / 300).max(1)).enumerate() {
        let Ok(text) = fs::read_to_string(vault.join(path)) else { continue };
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2).collect();
        if words.len() < 8 {
            continue;
        }
        let start = (at * 7) % (words.len() - 4);
        let picked = words[start..start + 1 + at % 4].join(" ");
        let kind = at % 4;
        let query = match kind {
            0 => format!("{picked} "),
            1 => picked.chars().take(picked.chars().count() * 2 / 3 + 1).collect(),
            2 => typo(&picked),
            _ => format!("\"{picked}\""),
        };
        let begin = Instant::now();
        lexical.search(vault, &query, Page { limit: 20, offset: 0 }).expect("an answer");
        let took = ms(begin);
        if took > slowest.0 {
            slowest = (took, query);
        }
        times[kind].push(took);
    }
    let mut all: Vec<f64> = times.iter().flatten().copied().collect();
    for (name, times) in names.iter().zip(&mut times) {
        println!("lexical-query-{name} p50/p95 ms {:.2} {:.2}", percentile(times, 50), percentile(times, 95));
    }
    println!(
        "lexical-query p50/p95 ms {:.2} {:.2} (slowest {:.1}: {})",
        percentile(&mut all, 50),
        percentile(&mut all, 95),
        slowest.0,
        slowest.1
    );
}

fn typo(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let at = chars.len() / 2;
    if chars.len() > 3 {
        chars.swap(at, at - 1);
    }
    chars.into_iter().collect()
}

fn percentile(times: &mut [f64], percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or(0.0)
}

/// How often the note meant comes first; a note of the same title counts.
fn known_items(lexical: &Lexical, vault: &Path, paths: &[String]) {
    let mut found = [0usize; 3];
    let mut asked = 0;
    let mut missed = Vec::new();
    for path in paths.iter().step_by((paths.len() / 400).max(1)) {
        let name = title(path);
        let length = name.chars().count();
        if length < 6 {
            continue;
        }
        asked += 1;
        let half: String = name.chars().take(length.div_ceil(2)).collect();
        for (at, query) in [name.to_owned(), half, typo(name)].into_iter().enumerate() {
            let answer = lexical.search(vault, &query, Page { limit: 1, offset: 0 }).expect("an answer");
            let hit = answer.hits.first().map(|hit| hit.title.as_str()).unwrap_or_default();
            let good = if at == 1 {
                hit.to_lowercase().starts_with(&query.trim().to_lowercase())
            } else {
                hit.to_lowercase() == name.to_lowercase()
            };
            found[at] += usize::from(good);
            if !good && missed.len() < 12 {
                missed.push(format!("{query} -> {hit}"));
            }
        }
    }
    for (name, found) in ["title", "half-title", "title-typo"].iter().zip(found) {
        println!("lexical-known-{name} share {:.3} of {asked}", found as f64 / asked as f64);
    }
    println!("lexical-known missed {missed:#?}");
}

fn updates(lexical: &Lexical, vault: &Path, paths: &[String]) {
    let mut times = Vec::new();
    for path in paths.iter().step_by((paths.len() / 60).max(1)) {
        let begin = Instant::now();
        let writer = lexical.begin(0, 1).expect("a writer");
        put(&writer, vault, path, false);
        writer.commit("").expect("a commit");
        times.push(ms(begin));
    }
    println!("lexical-update p50/p95 ms {:.1} {:.1}", percentile(&mut times, 50), percentile(&mut times, 95));
}

fn list(root: &Path, folder: &Path, paths: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path: PathBuf = entry.path();
        if path.is_dir() {
            list(root, &path, paths);
        } else if path.extension().is_some_and(|extension| extension == "md")
            && let Some(relative) = path.strip_prefix(root).ok().and_then(Path::to_str)
        {
            paths.push(relative.replace('\\', "/"));
        }
    }
}
