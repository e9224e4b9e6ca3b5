//! Megabytes of notes tokenised a second on one core, stems included: prints `tokens MB/s VALUE` lines.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use librarian_native::tokens::{Language, Tokenizer, language_of};

/// Every so many-th note of the corpus is read.
const STRIDE: usize = 8;
const ROUNDS: usize = 5;

fn main() {
    let Some(home) = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")) else {
        println!("tokens skipped: no home folder, so no unpacked corpora");
        return;
    };
    let root = Path::new(&home).join(".cache/vault-librarian-corpora/vault-100k");
    let mut paths = Vec::new();
    list(&root, &mut paths);
    if paths.is_empty() {
        println!("tokens skipped: {} holds no notes", root.display());
        return;
    }
    paths.sort();
    let texts: Vec<String> = paths
        .iter()
        .step_by(STRIDE)
        .filter_map(|path| fs::read(path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    report("tokens", &texts);
    for (name, folder) in [("tokens-latin", "ms-vba-docs"), ("tokens-mixed", "doocs-leetcode"), ("tokens-tldr", "tldr")]
    {
        let texts: Vec<String> = paths
            .iter()
            .filter(|path| path.starts_with(root.join(folder)))
            .step_by(STRIDE)
            .filter_map(|path| fs::read_to_string(path).ok())
            .collect();
        report(name, &texts);
    }
}

fn report(name: &str, texts: &[String]) {
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{name} MB/s {:.0}", rate(texts, bytes, language_of));
    println!("{name}-unstemmed MB/s {:.0}", rate(texts, bytes, |_| Language::Unknown));
}

/// The best of some rounds, in MB/s.
fn rate(texts: &[String], bytes: usize, language: impl Fn(&str) -> Language) -> f64 {
    let mut tokenizer = Tokenizer::new();
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let mut words = 0_usize;
        for text in texts {
            tokenizer.index_words(text, language(text), &mut |word| words += word.term.len());
        }
        black_box(words);
        best = best.min(begin.elapsed().as_secs_f64());
    }
    bytes as f64 / 1e6 / best
}

fn list(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            list(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
}
