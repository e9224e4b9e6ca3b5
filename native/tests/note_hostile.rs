//! Any text at all: no panic, ranges in order and on character boundaries, time linear in the length.

use std::ops::Range;
use std::time::{Duration, Instant};

use arbtest::arbitrary::Unstructured;
use librarian_native::canvas;
use librarian_native::note::{Note, parse};

/// Pieces that mean something to the parser, for texts more hostile than random characters.
const PIECES: &[&str] = &[
    "---\n",
    "---",
    "- ",
    "* ",
    "1. ",
    "1) ",
    "  ",
    "\t",
    "    ",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    ">",
    "> ",
    "> [!note]- ",
    "# ",
    "## ",
    "#tag",
    "#",
    "[[",
    "]]",
    "![[",
    "|",
    "\\|",
    "[",
    "]",
    "](",
    ")",
    "<",
    ">",
    "<!--",
    "-->",
    "`",
    "```",
    "~~~",
    "``",
    "$",
    "$$",
    "%%",
    "\\",
    "^id",
    " ^id",
    "^",
    "[^1]",
    "[^1]: ",
    "[a]: b",
    "a",
    "word ",
    "é",
    "漢字",
    "👩\u{200d}👧",
    "\u{200b}",
    "\u{feff}",
    "| a | b |\n|---|---|\n",
    "===\n",
    "<div>",
    "<a b='",
    "\"",
    "'",
    "data:x;base64,",
    "key: value\n",
    "tags: [a, b]\n",
    "&a ",
    "*a",
    "!!python/object:x ",
    "{",
    "}",
    ": ",
    "? ",
    "\0",
    "[x] ",
    "%20",
    "https://x.y/#z",
];

fn ascending<'a>(text: &str, ranges: impl Iterator<Item = &'a Range<usize>>, what: &str) {
    let mut before = 0;
    for range in ranges {
        assert!(range.start <= range.end && range.end <= text.len(), "{what}: {range:?} outside {text:?}");
        assert!(
            text.is_char_boundary(range.start) && text.is_char_boundary(range.end),
            "{what}: {range:?} inside a character of {text:?}"
        );
        assert!(range.start >= before, "{what}: {range:?} out of order in {text:?}");
        before = range.start;
    }
}

fn check(text: &str) -> Note {
    let note = parse(text);
    ascending(text, note.headings.iter().map(|one| &one.range), "heading");
    ascending(text, note.links.iter().map(|one| &one.range), "link");
    ascending(text, note.tags.iter().map(|one| &one.range), "tag");
    ascending(text, note.blocks.iter().map(|one| &one.range), "block");
    ascending(text, note.sections.iter().map(|one| &one.range), "section");
    ascending(text, note.list_items.iter().map(|one| &one.range), "list item");
    ascending(text, note.prose.iter(), "prose");
    assert!(note.prose.windows(2).all(|pair| pair[0].end <= pair[1].start), "prose overlaps in {text:?}");
    assert!(
        note.sections.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start),
        "sections overlap in {text:?}"
    );
    for tag in &note.tags {
        assert_eq!(&text[tag.range.start + 1..tag.range.end], tag.name);
    }
    let _ = (note.aliases(), note.all_tags(), note.properties_text(), note.created());
    note
}

fn pieces(source: &mut Unstructured<'_>) -> arbtest::arbitrary::Result<String> {
    let mut text = String::new();
    for _ in 0..source.int_in_range(0..=60)? {
        text.push_str(source.choose(PIECES)?);
    }
    Ok(text)
}

#[test]
fn any_text_is_a_note() {
    arbtest::arbtest(|source| {
        check(source.arbitrary::<&str>()?);
        Ok(())
    });
}

#[test]
fn any_mixture_of_marks_is_a_note() {
    arbtest::arbtest(|source| {
        let text = pieces(source)?;
        check(&text);
        check(&format!("---\n{text}\n---\n{text}"));
        Ok(())
    })
    .budget(Duration::from_secs(5));
}

#[test]
fn any_text_is_a_canvas_a_base_a_drawing_or_an_error() {
    arbtest::arbtest(|source| {
        let text = pieces(source)?;
        let card =
            serde_json::json!({"nodes": [{"text": text}, {"file": text, "subpath": text}], "edges": [{"label": text}]});
        for readable in
            [canvas::canvas(&text), canvas::canvas(&card.to_string()), canvas::base(&text), canvas::excalidraw(&text)]
                .into_iter()
                .flatten()
        {
            ascending(&readable.text, readable.note.links.iter().map(|one| &one.range), "canvas link");
            ascending(&readable.text, readable.note.prose.iter(), "canvas prose");
        }
        Ok(())
    });
}

/// Processor time of this thread where the system tells it (so that other programs do not count), else the clock.
fn busy() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = schedule.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// The time of `rounds` parses of `unit` repeated to `bytes`, between `head` and `tail`. The notes live until the end,
/// so that many small ones pay for fresh memory as one large one does.
fn cost(head: &str, unit: &str, tail: &str, bytes: usize, rounds: usize) -> Duration {
    let text = format!("{head}{}{tail}", unit.repeat(bytes / unit.len() + 1));
    let started = busy();
    let notes: Vec<Note> = (0..rounds).map(|_| parse(&text)).collect();
    let taken = busy() - started;
    std::hint::black_box(notes);
    taken
}

const HOSTILE: &[(&str, &str, &str, &str)] = &[
    ("wikilink openers", "", "[[", ""),
    ("wikilink openers with pipes", "", "[[a|", ""),
    ("embed openers", "", "![[a", "]]"),
    ("quote marks", "", ">", ""),
    ("quote marks with spaces", "", "> ", "a"),
    ("quoted lines", "", "> > > > a\n", ""),
    ("asterisks", "", "*", ""),
    ("emphasis openers", "", "*a **a ", ""),
    ("one long line", "", "abc def #tag [[link]] ", ""),
    ("one long word", "", "a", ""),
    ("nested bullets on one line", "", "- ", "a"),
    ("nested numbers on one line", "", "1. ", "a"),
    ("unclosed fences", "", "```\na\n~~~\n", ""),
    ("backtick runs", "", "`a``b```c````d`````e", ""),
    ("comment openers on lines", "", "%% a\nb\n", ""),
    ("one unclosed comment", "%%\n", "a\n", ""),
    ("odd comment marks in quotes", "", "> %%\n\n", ""),
    ("maths openers on lines", "", "$$ a\nb\n", ""),
    ("maths openers inline", "", "a $b ", ""),
    ("dollars", "", "$", ""),
    ("html comment openers", "", "a <!-- ", ""),
    ("html tag openers", "", "a <a b='", ""),
    ("html attributes", "a <a ", "b ", ""),
    ("angle brackets", "a", "<", ""),
    ("square brackets", "", "[", ""),
    ("closed square brackets", "", "[", "]]]]]](a)"),
    ("image openers then links", "", "![[a](b)", ""),
    ("link openers", "", "[a](", ""),
    ("link openers with angle", "", "[a](<b", ""),
    ("link openers with title", "", "[a](b \"c", ""),
    ("many links in brackets", "[", "[a](b)", "](c)"),
    ("backslashes", "", "\\", ""),
    ("hashes", "", "#", ""),
    ("tags", "", "#a", ""),
    ("carets", "", " ^a", ""),
    ("pipes", "|a|\n|-|\n", "|", ""),
    ("table rows", "", "|a|b|\n|-|-|\n", ""),
    ("delimiter rows", "", "|-|-", ""),
    ("underlines", "", "a\n===\n", ""),
    ("dashes", "", "-", ""),
    ("footnotes", "", "[^a]: b\n    c\n", ""),
    ("definitions", "", "[a]: b\n", ""),
    ("indented lines", "- a\n", "                                a\n", ""),
    ("blank lines", "- a\n", "\n", "b"),
    ("items and lazy lines", "", "- a\nb\n", ""),
    ("list staircase", "", "- a\n  - b\n    - c\n      - d\n        - e\n", ""),
    ("base64", "", "QUJDabc0", ""),
    ("data uris", "", "data:a;base64,A ", ""),
    ("base64 marks", "", ";base64,", ""),
    ("drawings", "", "```compressed-json\n", ""),
    ("carriage returns", "", "\r", ""),
    ("nulls", "", "\0", ""),
    ("front matter that never closes", "---\n", "a: b\n", ""),
    ("front matter of false fences", "---\n", "---a\n", ""),
    ("front matter flow brackets", "---\na: ", "[", "\n---\n"),
    ("front matter keys", "---\n", "a: b\n", "---\n"),
    ("front matter list", "---\na:\n", "- b\n", "---\n"),
    ("front matter block scalar", "---\na: |\n", "  text\n", "---\n"),
    ("front matter quotes", "---\na: \"", "x ", "\n---\n"),
    ("front matter tags", "---\na: ", "!!python/object ", "\n---\n"),
];

/// The quickest of a few rounds of ten small texts and of one that is ten times as long, and whether they agree with
/// linear growth: at most twelve times the time of one small text. A busy machine only ever slows a round down.
fn growth(head: &str, unit: &str, tail: &str, small: usize) -> (bool, Duration, Duration) {
    // The system counts processor time in ticks of up to 4 ms.
    let tick = Duration::from_millis(9);
    let linear = |ten: Duration, one: Duration| one <= ten * 12 / 10 + tick;
    let (mut ten, mut one) = (Duration::MAX, Duration::MAX);
    for _ in 0..4 {
        ten = ten.min(cost(head, unit, tail, small, 10));
        one = one.min(cost(head, unit, tail, small * 10, 1));
        if linear(ten, one) {
            break;
        }
    }
    (linear(ten, one), ten, one)
}

#[test]
fn ten_times_the_text_takes_at_most_twelve_times_as_long() {
    let mut slow = Vec::new();
    for (name, head, unit, tail) in HOSTILE {
        // Where a processor's cache ends between the two sizes, growth looks steeper than it is; superlinear growth
        // shows at any two sizes.
        let sizes = [400_000, 2_000_000, 6_000_000];
        let mut found = Vec::new();
        for small in sizes {
            found.push(growth(head, unit, tail, small));
            if found.iter().any(|one| one.0) {
                break;
            }
        }
        for (_, ten, one) in &found {
            println!("{name:32} ten {:5} ms, ten times {:5} ms", ten.as_millis(), one.as_millis());
        }
        if found.iter().all(|one| !one.0) {
            slow.push(format!("{name}: {found:?}"));
        }
    }
    assert!(slow.is_empty(), "not linear: {slow:?}");
}

#[test]
fn a_hundred_thousand_nested_lists_are_read_in_bounded_time() {
    let deep: String = (0..1_500).map(|depth| format!("{}- a\n", "  ".repeat(depth))).collect();
    let started = busy();
    check(&deep);
    check(&"- ".repeat(100_000));
    check(&"> ".repeat(1_000_000));
    let taken = busy() - started;
    assert!(taken < Duration::from_secs(5), "{taken:?}");
}

#[test]
fn a_yaml_bomb_is_reported_and_the_body_is_read() {
    let mut bomb = String::from("---\na0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", format!("*a{}, ", level - 1).repeat(9)));
    }
    bomb.push_str("---\n# Body\n");
    let note = check(&bomb);
    assert!(note.frontmatter_error.is_some());
    assert_eq!(note.headings[0].text, "Body");
}

fn files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("read folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// The examples of CommonMark, GFM, obsidian-export and Obsidian's own pages, whole and cut off at every 97th byte.
#[test]
fn every_file_of_the_parser_corpus_is_a_note() {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(std::path::PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| std::path::PathBuf::from(home).join(".cache"));
    let folder = cache.or(home).unwrap_or_default().join("vault-librarian-corpora/parser-vaults");
    if !folder.is_dir() {
        eprintln!("SKIPPED: the archive parser-vaults is not unpacked in the user cache ({})", folder.display());
        return;
    }
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    let texts: Vec<String> = paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    assert!(texts.len() > 500, "only {} files", texts.len());
    for text in texts {
        check(&text);
        let cuts = (0..text.len().min(10_000)).step_by(97).filter(|cut| text.is_char_boundary(*cut));
        cuts.for_each(|cut| {
            check(&text[..cut]);
            check(&text[cut..].chars().take(2_000).collect::<String>());
        });
    }
}
