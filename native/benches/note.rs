//! Parsing speed on a sample of the scale corpus, one core: `cargo bench --bench note`.
//!
//! Reads every n-th note of the unpacked `vault-100k` (user cache, or the folder given as an argument), so that the mix
//! of sources is kept, and prints the median of several rounds.

use std::path::{Path, PathBuf};
use std::time::Instant;

const EVERY: usize = 10;
const ROUNDS: usize = 7;

fn notes(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            notes(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    Ok(())
}

fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

fn main() -> std::io::Result<()> {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| home.join(".cache/vault-librarian-corpora/vault-100k"));
    if !folder.is_dir() {
        eprintln!("SKIPPED: {} is missing; unpack vault-100k.tar.xz there", folder.display());
        return Ok(());
    }
    let mut paths = Vec::new();
    notes(&folder, &mut paths)?;
    paths.sort();
    let texts: Vec<String> =
        paths.iter().step_by(EVERY).filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let mut rounds = Vec::new();
    let (mut links, mut errors) = (0, 0);
    for _ in 0..ROUNDS {
        (links, errors) = (0, 0);
        let started = Instant::now();
        for text in &texts {
            let note = librarian_native::note::parse(text);
            links += note.links.len();
            errors += usize::from(note.frontmatter_error.is_some());
        }
        rounds.push(bytes as f64 / 1e6 / started.elapsed().as_secs_f64());
    }
    println!("{} notes, {:.1} MB, {links} links, {errors} with broken front matter", texts.len(), bytes as f64 / 1e6);
    println!("note MB/s {:.0}", median(rounds));
    Ok(())
}
