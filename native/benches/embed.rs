//! A whole vault cut and embedded, and its passages tokenised by us and by Hugging Face's tokenizers.
//!
//! `LIBRARIAN_BENCH_VAULT` names the vault, `LIBRARIAN_BENCH_WEIGHTS` and `LIBRARIAN_BENCH_TOKENIZER` the files of a model; without
//! them nothing is measured.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use librarian_native::embed::StaticModel;
use librarian_native::lexical::Kind;
use librarian_native::meaning::{Cut, cut_notes, rows};
use librarian_native::scan::{ScanOptions, kind_of, walk};
use tokenizers::Tokenizer;

/// Words in a passage, as the sidecar has it for static models.
const WORDS: usize = 120;
/// Notes between two looks at whether to stop, as the sidecar has it.
const BATCH: usize = 2000;
/// Every so many-th passage is tokenised by Hugging Face's.
const STRIDE: usize = 20;
const MAX_NOTE_BYTES: u64 = 20_000_000;

fn main() {
    let named = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let (Some(vault), Some(weights), Some(tokenizer)) =
        (named("LIBRARIAN_BENCH_VAULT"), named("LIBRARIAN_BENCH_WEIGHTS"), named("LIBRARIAN_BENCH_TOKENIZER"))
    else {
        println!("no LIBRARIAN_BENCH_VAULT, _WEIGHTS and _TOKENIZER: embedding was not measured");
        return;
    };
    let began = Instant::now();
    let model = StaticModel::open(&weights, &tokenizer, None).expect("a model");
    println!("embed-open ms {:.0}", began.elapsed().as_secs_f64() * 1e3);
    let cuts = whole_vault(&vault, &model);
    let passages: Vec<&str> = cuts.iter().flat_map(|cut| &cut.passages).map(|passage| passage.text.as_str()).collect();
    tokenising(&model, &tokenizer, &passages);
}

fn whole_vault(vault: &Path, model: &StaticModel) -> Vec<Cut> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let options = ScanOptions { excluded: Default::default(), max_note_bytes: MAX_NOTE_BYTES, threads };
    let found = walk(vault, &options, &|_| true).expect("a folder");
    let paths: Vec<String> =
        (found.entries.into_iter().map(|entry| entry.stat.path)).filter(|path| kind_of(path) == Kind::Note).collect();
    let (mut all, mut cutting, mut embedding) = (Vec::new(), 0.0, 0.0);
    for batch in paths.chunks(BATCH) {
        let began = Instant::now();
        let cuts = cut_notes(vault, batch, MAX_NOTE_BYTES, WORDS, None, &|_, _, _| true);
        cutting += began.elapsed().as_secs_f64();
        let began = Instant::now();
        black_box(rows(&cuts, Some(model)).expect("rows"));
        embedding += began.elapsed().as_secs_f64();
        all.extend(cuts);
    }
    let count: usize = all.iter().map(|cut| cut.passages.len()).sum();
    println!("embed-vault s {:.2} (cut {cutting:.2}, embed {embedding:.2}; {count} passages)", cutting + embedding);
    all
}

fn tokenising(model: &StaticModel, tokenizer: &Path, passages: &[&str]) {
    let mut theirs = Tokenizer::from_file(tokenizer).expect("a tokenizer");
    theirs.with_padding(None).with_truncation(None).expect("no truncation");
    let some: Vec<&str> = passages.iter().step_by(STRIDE).copied().collect();
    report("tokens", &some, |text| model.tokens(text).len());
    report("tokens-hugging-face", &some, |text| theirs.encode_fast(text, false).map_or(0, |found| found.len()));
}

fn report(name: &str, texts: &[&str], count: impl Fn(&str) -> usize) {
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let began = Instant::now();
    let tokens: usize = texts.iter().map(|text| count(text)).sum();
    println!("{name} MB/s {:.1} ({tokens} tokens)", bytes as f64 / 1e6 / began.elapsed().as_secs_f64());
}
