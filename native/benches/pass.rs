//! One pass over a whole vault. `LIBRARIAN_BENCH_VAULT` names the vault; without it nothing is measured.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;

use librarian_native::lexical::Lexical;
use librarian_native::pass::{PassOptions, refresh};
use librarian_native::scan::ScanOptions;

fn main() {
    let Some(vault) = std::env::var_os("LIBRARIAN_BENCH_VAULT").map(PathBuf::from) else {
        println!("no LIBRARIAN_BENCH_VAULT: the pass was not measured");
        return;
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let scan = ScanOptions { excluded: Default::default(), max_note_bytes: 20_000_000, threads };
    let options = PassOptions { scan, heap_bytes: 256 << 20 };
    let data = tempfile::tempdir().expect("a temporary folder");
    let index = Lexical::open(data.path()).expect("a new index");
    let started = Instant::now();
    let report = refresh(&index, &Mutex::default(), &vault, &options, false, &|_, _, _| true).expect("a pass");
    let total = started.elapsed().as_secs_f64();
    println!(
        "pass: {total:.2} s for {} files (list {:.0} ms, read and index {:.0} ms, commit {:.0} ms)",
        report.touched.len(),
        report.scan_ms,
        report.read_ms,
        report.commit_ms
    );
}
