//! Duplicates among the notes of a vault, against a slow comparison of all with all.

use std::fs;

use librarian_native::near::{Duplicates, Overlap, body, distinct, duplicates, shingles};

fn found(notes: &[(&str, String)]) -> (Duplicates, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in notes {
        fs::write(folder.path().join(path), text).unwrap();
    }
    let paths: Vec<String> = notes.iter().map(|(path, _)| (*path).to_owned()).collect();
    (duplicates(folder.path(), &paths, 1 << 20, 0.3, &|_, _, _| true), folder)
}

fn pairs(found: &Duplicates) -> Vec<(&str, &str)> {
    let path = |place: u32| found.notes[place as usize].path.as_str();
    found.near.iter().map(|pair| (path(pair.left), path(pair.right))).collect()
}

/// So many words, those of one seed in every text the same.
fn words(seed: u64, count: usize) -> String {
    let word = |at| format!("w{:x}", (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(at as u64) % 100_003);
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_body_is_identical_whatever_its_line_ends_and_properties() {
    let (found, _folder) = found(&[
        ("a.md", "# Tides\n\nLow water at noon.\n".to_owned()),
        ("b.md", "---\ntags: [sea]\n---\n# Tides\r\n\r\nLow water at noon.  \r\n\r\n".to_owned()),
        ("c.md", "# Tides\n\nLow water at one.\n".to_owned()),
        ("empty.md", String::new()),
        ("blank.md", "---\na: 1\n---\n\n".to_owned()),
    ]);
    let groups: Vec<Vec<&str>> = (found.identical.iter())
        .map(|group| group.iter().map(|&note| found.notes[note as usize].path.as_str()).collect())
        .collect();
    assert_eq!(groups, [["a.md", "b.md"]]);
    assert_eq!(found.near, []);
}

#[test]
fn an_edited_copy_is_near_and_its_figure_is_exact() {
    let original = words(1, 200);
    let edited = original.replacen("w", "x", 3);
    let (found, _folder) = found(&[("a.md", original.clone()), ("b.md", edited.clone()), ("c.md", words(2, 200))]);
    assert_eq!(pairs(&found), [("a.md", "b.md")]);
    let exact = Overlap::of(&distinct(&shingles(&original)), &distinct(&shingles(&edited)));
    assert_eq!(found.near[0].resemblance, exact.resemblance());
    assert!(exact.resemblance() > 0.9);
}

#[test]
fn pages_of_one_template_are_not_near_and_a_copy_of_one_is() {
    let template = words(7, 120);
    let page = |number: u64| format!("{template} {}", words(100 + number, 40));
    let mut notes: Vec<(String, String)> = (0..40).map(|number| (format!("{number:02}.md"), page(number))).collect();
    notes.push(("copy.md".to_owned(), format!("{} and one more", page(5))));
    let notes: Vec<(&str, String)> = notes.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    assert_eq!(pairs(&found(&notes).0), [("05.md", "copy.md")]);
}

#[test]
fn short_notes_are_no_crowd() {
    let notes: Vec<(String, String)> =
        (0..30).map(|day| (format!("{day}.md"), format!("Went for a walk by the sea today, day {day}."))).collect();
    let notes: Vec<(&str, String)> = notes.iter().map(|(path, text)| (path.as_str(), text.clone())).collect();
    assert_eq!(pairs(&found(&notes).0), []);
}

#[test]
fn texts_without_spaces_are_compared_by_their_characters() {
    let text = "潮間帯の生き物は、満潮と干潮のあいだで暮らしている。岩のくぼみに残る水には小さな魚もいる。";
    let (found, _folder) = found(&[
        ("a.md", text.to_owned()),
        ("b.md", text.replace("小さな", "大きな")),
        ("c.md", "別の話題について書かれたまったく関係のない文章がここにあるので似ていないはずです。".to_owned()),
    ]);
    assert_eq!(pairs(&found), [("a.md", "b.md")]);
}

#[test]
fn what_is_cancelled_ends_with_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.md"), "some words").unwrap();
    let found = duplicates(folder.path(), &["a.md".to_owned()], 1 << 20, 0.3, &|_, _, _| false);
    assert!(found.notes.is_empty());
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
        let (found, _folder) = found(&listed);
        let sets: Vec<Vec<u64>> = notes.iter().map(|(_, text)| distinct(&shingles(body(text)))).collect();
        for (left, one) in sets.iter().enumerate() {
            for (right, other) in sets.iter().enumerate().skip(left + 1) {
                let exact = Overlap::of(one, other).resemblance();
                // Texts this short are sampled whole; with at most three that share it, nothing counts less.
                if (0.6..1.0).contains(&exact) && count <= 3 {
                    let pair = (notes[left].0.as_str(), notes[right].0.as_str());
                    assert!(pairs(&found).contains(&pair), "{pair:?} {exact}");
                }
            }
        }
        Ok(())
    })
    .budget_ms(3_000);
}
