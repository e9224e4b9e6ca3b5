//! Duplicates among the notes of a vault, against a slow comparison of all with all.

use std::fs;
use std::path::Path;

use librarian_native::lexical::{Entry, FileStat, Kind};
use librarian_native::near::{self, Corpus, Duplicates, Files, LEAST_WORDS, Limits, Pair, SameFiles, Shingled, body};

const LIMITS: Limits = Limits { max_note_bytes: 1 << 20, least: 0.3 };

/// What an index would say of the notes of a folder.
fn entries(folder: &Path) -> Vec<Entry> {
    let entry = |path: String| {
        let digest = *blake3::hash(&fs::read(folder.join(&path)).unwrap()).as_bytes();
        let stat = FileStat { path, kind: Kind::Note, size: 0, mtime_ns: 0, created_ns: 0, inode: 0 };
        Entry { stat, digest, skipped: None }
    };
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    files.map(entry).collect()
}

struct Found {
    corpus: Corpus,
    duplicates: Duplicates,
    folder: tempfile::TempDir,
}

fn found(notes: &[(&str, String)]) -> Found {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in notes {
        fs::write(folder.path().join(path), text).unwrap();
    }
    let mut found = Found { corpus: Corpus::default(), duplicates: Duplicates::default(), folder };
    found.again();
    found
}

impl Found {
    fn again(&mut self) {
        let folder = self.folder.path();
        assert!(self.corpus.follow(folder, &entries(folder), LIMITS.max_note_bytes, &|_, _, _| true));
        self.duplicates = self.corpus.duplicates(folder, LIMITS, &|_, _, _| true);
    }

    fn path(&self, place: u32) -> &str {
        &self.corpus.notes()[place as usize].path
    }

    /// Those that are alike as wholes.
    fn near(&self) -> Vec<(&str, &str)> {
        self.pairs(|pair| pair.common.resemblance >= LIMITS.least)
    }

    /// Those that have a passage in common only.
    fn contained(&self) -> Vec<(&str, &str)> {
        self.pairs(|pair| pair.common.resemblance < LIMITS.least)
    }

    fn pairs(&self, wanted: impl Fn(&Pair) -> bool) -> Vec<(&str, &str)> {
        let pairs = self.duplicates.pairs.iter().filter(|pair| wanted(pair));
        pairs.map(|pair| (self.path(pair.left), self.path(pair.right))).collect()
    }
}

/// So many words, those of one seed in every text the same.
fn words(seed: u64, count: usize) -> String {
    let word = |at| format!("w{:x}", (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(at as u64) % 100_003);
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_body_is_identical_whatever_its_line_ends_and_properties() {
    let found = found(&[
        ("a.md", "# Tides\n\nLow water at noon.\n".to_owned()),
        ("b.md", "---\ntags: [sea]\n---\n# Tides\r\n\r\nLow water at noon.  \r\n\r\n".to_owned()),
        ("c.md", "# Tides\n\nLow water at one.\n".to_owned()),
        ("empty.md", String::new()),
        ("blank.md", " \n\n".to_owned()),
        ("no words.md", "---\na: 1\n---\n\n".to_owned()),
        ("no words either.md", "---\na: 1\n---\n\n".to_owned()),
        ("other properties.md", "---\na: 2\n---\n\n".to_owned()),
    ]);
    let groups: Vec<Vec<&str>> =
        (found.duplicates.identical.iter()).map(|group| group.iter().map(|&note| found.path(note)).collect()).collect();
    assert_eq!(groups, [["a.md", "b.md"], ["no words either.md", "no words.md"]]);
    assert_eq!(found.duplicates.pairs, []);
}

#[test]
fn an_edited_copy_is_near_and_its_figure_is_exact() {
    let original = words(1, 200);
    let edited = original.replacen("w", "x", 3);
    let found = found(&[("a.md", original.clone()), ("b.md", edited.clone()), ("c.md", words(2, 200))]);
    assert_eq!(found.near(), [("a.md", "b.md")]);
    let exact = Shingled::of(near::words(&original)).overlap(&Shingled::of(near::words(&edited)));
    assert_eq!(found.duplicates.pairs[0].common.resemblance, exact.resemblance());
    assert!(exact.resemblance() > 0.9);
}

#[test]
fn pages_of_one_template_are_not_near_and_a_copy_of_one_is() {
    let template = words(7, 120);
    let page = |number: u64| format!("{template} {}", words(100 + number, 40));
    let mut notes: Vec<(String, String)> = (0..40).map(|number| (format!("{number:02}.md"), page(number))).collect();
    notes.push(("copy.md".to_owned(), format!("{} and one more", page(5))));
    let notes: Vec<(&str, String)> = notes.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    assert_eq!(found(&notes).near(), [("05.md", "copy.md")]);
}

#[test]
fn short_notes_are_no_crowd() {
    let notes: Vec<(String, String)> =
        (0..30).map(|day| (format!("{day}.md"), format!("Went for a walk by the sea today, day {day}."))).collect();
    let notes: Vec<(&str, String)> = notes.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    assert_eq!(found(&notes).duplicates.pairs, []);
}

#[test]
fn texts_without_spaces_are_compared_by_their_characters() {
    let text = "潮間帯の生き物は、満潮と干潮のあいだで暮らしている。岩のくぼみに残る水には小さな魚もいる。";
    let found = found(&[
        ("a.md", text.to_owned()),
        ("b.md", text.replace("小さな", "大きな")),
        ("c.md", "別の話題について書かれたまったく関係のない文章がここにあるので似ていないはずです。".to_owned()),
    ]);
    assert_eq!(found.near(), [("a.md", "b.md")]);
}

#[test]
fn a_passage_of_one_note_inside_another_is_found_with_both_places() {
    let passage: String =
        words(9, 80).split(' ').collect::<Vec<_>>().chunks(10).map(|line| line.join(" ") + "\n").collect();
    let found = found(&[
        ("meeting.md", format!("---\nkind: meeting\n---\n{}\n\n{passage}\n{}", words(1, 400), words(2, 300))),
        ("clip.md", format!("{}\n{passage}", words(3, 300))),
        ("other.md", words(4, 500)),
    ]);
    assert_eq!(found.near(), [] as [(&str, &str); 0]);
    assert_eq!(found.contained(), [("clip.md", "meeting.md")]);
    let place = found.duplicates.pairs[0].common.passage.unwrap();
    assert_eq!((place.words, place.left, place.right), (80, (1, 8), (5, 12)));
}

#[test]
fn a_corrected_word_does_not_end_a_passage_and_a_phrase_is_none() {
    let passage = words(9, 90);
    let corrected = passage.replacen(" w", " x", 45).replacen(" x", " w", 44);
    let phrase = words(8, LEAST_WORDS - 1);
    let found = found(&[
        ("a.md", format!("{} {passage} {}", words(1, 200), words(2, 200))),
        ("b.md", format!("{} {corrected} {}", words(3, 300), words(4, 100))),
        ("c.md", format!("{} {phrase} {}", words(5, 200), words(6, 200))),
        ("d.md", format!("{} {phrase} {}", words(7, 200), words(10, 200))),
    ]);
    assert_eq!(found.contained(), [("a.md", "b.md")]);
    assert_eq!(found.duplicates.pairs[0].common.passage.unwrap().words, 89);
}

#[test]
fn what_is_of_a_template_makes_no_duplicates() {
    let template = words(7, 120);
    let notes =
        [("monday.md", format!("{template} {}", words(1, 20))), ("tuesday.md", format!("{template} {}", words(2, 20)))];
    assert_eq!(found(&notes).near(), [("monday.md", "tuesday.md")]);
    let with_template = [&notes[..], &[("daily.md", format!("# {{{{title}}}}\n{template}"))]].concat();
    assert_eq!(found(&with_template).duplicates.pairs, []);
}

#[test]
fn what_is_cancelled_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let text = words(1, 100);
    for number in 0..40 {
        fs::write(folder.path().join(format!("{number}.md")), format!("{text} {}", words(100 + number, 12))).unwrap();
    }
    let (entries, mut corpus) = (entries(folder.path()), Corpus::default());
    assert!(!corpus.follow(folder.path(), &entries, 1 << 20, &|_, done, _| done < 20));
    let read = corpus.notes().len();
    assert!((1..40).contains(&read), "{read}");
    let unread = std::sync::atomic::AtomicUsize::new(0);
    let count = |_: &str, _: usize, total: usize| {
        unread.store(total, std::sync::atomic::Ordering::Relaxed);
        true
    };
    assert!(corpus.follow(folder.path(), &entries, 1 << 20, &count));
    assert_eq!((unread.into_inner(), corpus.notes().len()), (40 - read, 40));
    let before = corpus.version();
    assert!(corpus.follow(folder.path(), &entries, 1 << 20, &|_, _, _| panic!("nothing is left to read")));
    assert_eq!(corpus.version(), before);
}

/// However a vault came to be as it is, and whether one note is asked for or all are, the answer is that of a first look.
#[test]
fn what_is_followed_is_what_a_first_look_finds() {
    arbtest::arbtest(|u| {
        let text = |u: &mut arbtest::arbitrary::Unstructured| -> arbtest::arbitrary::Result<String> {
            let mut text = String::new();
            for _ in 0..u.int_in_range(0..=3)? {
                text += &(words(u.int_in_range(0..=5_u64)?, u.int_in_range(3..=90)?) + " ");
            }
            Ok(text + if u.ratio(1, 12)? { "{{title}}" } else { "" })
        };
        let mut followed = found(&[]);
        for _ in 0..u.int_in_range(1..=6)? {
            for _ in 0..u.int_in_range(1..=4)? {
                let path = followed.folder.path().join(format!("{}.md", u.int_in_range(0..=7)?));
                if u.ratio(1, 4)? {
                    let _ = fs::remove_file(path);
                } else {
                    fs::write(path, text(u)?).unwrap();
                }
            }
            followed.again();
            // So that what shingles count for is known before the next change.
            let paths: Vec<String> = followed.corpus.notes().iter().map(|note| note.path.clone()).collect();
            followed.corpus.own_shares(&paths);
        }
        let folder = followed.folder.path();
        let mut fresh = Corpus::default();
        fresh.follow(folder, &entries(folder), LIMITS.max_note_bytes, &|_, _, _| true);
        let whole = fresh.duplicates(folder, LIMITS, &|_, _, _| true);
        assert_eq!(followed.duplicates.pairs, whole.pairs);
        assert_eq!(followed.duplicates.identical, whole.identical);
        for (place, note) in fresh.notes().iter().enumerate() {
            let beside = fresh.beside(folder, &note.path, LIMITS);
            assert_eq!(followed.corpus.beside(folder, &note.path, LIMITS).pairs, beside.pairs);
            let paths = [note.path.clone()];
            assert_eq!(followed.corpus.own_shares(&paths), fresh.own_shares(&paths));
            let stands = whole.identical.iter().find(|group| group.contains(&(place as u32)));
            let this = stands.map_or(place as u32, |group| group[0]);
            let mut own: Vec<Pair> =
                whole.pairs.iter().filter(|pair| pair.left == this || pair.right == this).copied().collect();
            let mut asked = beside.pairs.clone();
            own.sort_by_key(|pair| (pair.left, pair.right));
            asked.sort_by_key(|pair| (pair.left, pair.right));
            assert_eq!(asked, own, "{}", note.path);
            assert!(stands.is_none_or(|group| beside.identical.contains(group)));
        }
        Ok(())
    })
    .budget_ms(4_000);
}

#[test]
fn all_pairs_of_random_small_vaults_are_those_of_a_slow_comparison() {
    arbtest::arbtest(|u| {
        let count = u.int_in_range(2..=5_u64)?;
        let mut notes = Vec::new();
        for number in 0..count {
            let (from, length) = (u.int_in_range(0..=2_u64)?, u.int_in_range(24..=52_usize)?);
            // The last word is of this note alone, so that none is identical with another.
            let cut: usize = u.int_in_range(0..=length - 1)?;
            notes.push((format!("{number}.md"), format!("{} {}", words(from, cut), words(50 + number, length - cut))));
        }
        let listed: Vec<(&str, String)> = notes.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
        let found = found(&listed);
        let sets: Vec<Shingled> = notes.iter().map(|(_, text)| Shingled::of(near::words(body(text)))).collect();
        for (left, one) in sets.iter().enumerate() {
            for (right, other) in sets.iter().enumerate().skip(left + 1) {
                let exact = one.overlap(other).resemblance();
                // Texts this short are sampled whole; with at most three that share it, nothing counts less.
                if (0.6..1.0).contains(&exact) && count <= 3 {
                    let pair = (notes[left].0.as_str(), notes[right].0.as_str());
                    assert!(found.near().contains(&pair), "{pair:?} {exact}");
                }
            }
        }
        Ok(())
    })
    .budget_ms(3_000);
}

#[test]
fn pages_of_one_mould_are_told_from_copies() {
    let page = |name: &str| format!("# {name} event\n\nOccurs when a {name} is clicked. {}", words(3, 40));
    let found = found(&[
        ("button.md", page("Button")),
        ("label.md", page("Label")),
        ("button (old).md", page("Button").replace("clicked", "pressed")),
    ]);
    let moulded: Vec<(&str, &str)> = found.pairs(|pair| pair.common.is_of_one_mould);
    assert_eq!(moulded.len(), 2, "{moulded:?}");
    assert!(moulded.iter().all(|&(left, right)| left == "label.md" || right == "label.md"));
    assert!(found.near().contains(&("button (old).md", "button.md")));
}

#[test]
fn a_copy_of_a_template_is_near_to_it() {
    let template = format!("# {{{{title}}}}\n\n{}", words(4, 100));
    let notes = [
        ("daily.md", template.clone()),
        ("daily (old).md", format!("{template} and more")),
        ("monday.md", words(4, 100) + " it rained"),
    ];
    assert_eq!(found(&notes).near(), [("daily (old).md", "daily.md")]);
}

#[test]
fn files_with_the_same_bytes_are_found_and_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let files =
        [("a.png", "picture"), ("b.png", "picture"), ("c.png", "another"), ("d.txt", "alone, by its size"), ("e", "")];
    let entries: Vec<Entry> = (files.iter())
        .map(|(path, content)| {
            fs::write(folder.path().join(path), content).unwrap();
            let stat = FileStat {
                path: (*path).to_owned(),
                kind: Kind::Attachment,
                size: content.len() as u64,
                mtime_ns: 1,
                created_ns: 1,
                inode: 1,
            };
            Entry { stat, digest: [0; 32], skipped: None }
        })
        .collect();
    let mut known = Files::default();
    let same = known.same(folder.path(), &entries, &|_, _, _| true);
    assert_eq!(
        same,
        [SameFiles {
            paths: vec!["a.png".to_owned(), "b.png".to_owned()],
            digest: *blake3::hash(b"picture").as_bytes()
        }]
    );
    // As long as nothing says that they changed, they are not read again.
    fs::write(folder.path().join("b.png"), "changes").unwrap();
    assert_eq!(known.same(folder.path(), &entries, &|_, _, _| true), same);
    let mut changed = entries.clone();
    changed[1].stat.mtime_ns = 2;
    assert_eq!(known.same(folder.path(), &changed, &|_, _, _| true), []);
    assert_eq!(Files::default().same(folder.path(), &entries, &|_, _, _| false), []);
}
