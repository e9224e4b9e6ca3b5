//! Two texts side by side, and back again.

use std::time::{Duration, Instant};

use librarian_native::compare::{Bounds, Comparison, Hunk, Kind, Line, Piece, compare};

const WHOLE: Bounds = Bounds { context: usize::MAX >> 1, bytes: usize::MAX, patience: Duration::from_secs(60) };
const USUAL: Bounds = Bounds { context: 3, ..WHOLE };

fn text(pieces: &[Piece<'_>]) -> String {
    pieces.iter().map(|piece| piece.text).collect()
}

fn side<'a>(lines: impl Iterator<Item = &'a Option<Vec<Piece<'a>>>>) -> Vec<String> {
    lines.flatten().map(|pieces| text(pieces)).collect()
}

fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().collect()
}

/// What is the same in every pair of lines is the same text, and what is alone is not.
fn assert_true(line: &Line<'_>) {
    let same = |pieces: &[Piece<'_>]| -> String {
        pieces.iter().filter(|piece| piece.same).map(|piece| piece.text).collect::<String>().trim_end().to_owned()
    };
    match (line.kind, &line.left, &line.right) {
        (Kind::Same, Some(left), Some(right)) => assert_eq!(text(left).trim_end(), text(right).trim_end()),
        (Kind::Changed, Some(left), Some(right)) => {
            assert_eq!(same(left).trim_end(), same(right).trim_end());
            assert!(left.iter().chain(right).any(|piece| !piece.same));
        }
        (Kind::Removed, Some(alone), None) | (Kind::Added, None, Some(alone)) => {
            assert!(alone.iter().all(|piece| !piece.same));
        }
        _ => panic!("{line:?}"),
    }
}

fn assert_gives_both_back(left: &str, right: &str, bounds: Bounds) {
    let found = compare(left, right, bounds);
    let every = || found.hunks.iter().flat_map(|hunk| &hunk.lines);
    every().for_each(assert_true);
    let kinds = |kind| every().filter(|line| line.kind == kind).count();
    assert_eq!(
        (found.changed, found.removed, found.added),
        (kinds(Kind::Changed), kinds(Kind::Removed), kinds(Kind::Added))
    );
    let (old, new) = (lines(left), lines(right));
    assert_eq!(found.same + found.changed + found.removed, old.len());
    assert_eq!(found.same + found.changed + found.added, new.len());
    for Hunk { left_line, right_line, lines } in &found.hunks {
        let shown = side(lines.iter().map(|line| &line.left));
        assert_eq!(shown, old[*left_line..*left_line + shown.len()]);
        let shown = side(lines.iter().map(|line| &line.right));
        assert_eq!(shown, new[*right_line..*right_line + shown.len()]);
    }
    let same = |lines: &[&str]| lines.iter().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(found.hunks.is_empty(), same(&old) == same(&new));
    if bounds.context == WHOLE.context && !found.hunks.is_empty() {
        assert_eq!(found.hunks.len(), 1);
        assert_eq!(side(found.hunks[0].lines.iter().map(|line| &line.left)), old);
        assert_eq!(side(found.hunks[0].lines.iter().map(|line| &line.right)), new);
    }
}

#[test]
fn the_pieces_give_both_texts_back() {
    const PARTS: [&str; 14] = [
        "tide",
        "marsh",
        " ",
        "\n",
        "\n",
        "\r\n",
        "今日",
        "e\u{301}",
        "---",
        "\t",
        "  \n",
        "- ",
        "👩\u{200D}🚀",
        "low",
    ];
    arbtest::arbtest(|u| {
        let mut some = || -> arbtest::arbitrary::Result<String> {
            let places: Vec<u8> = u.arbitrary()?;
            Ok(places.iter().map(|&place| PARTS[place as usize % PARTS.len()]).collect())
        };
        let (left, right) = (some()?, some()?);
        assert_gives_both_back(&left, &right, WHOLE);
        assert_gives_both_back(&left, &right, USUAL);
        assert_gives_both_back(&left, &right, Bounds { patience: Duration::ZERO, ..USUAL });
        Ok(())
    })
    .budget_ms(3_000);
}

#[test]
fn a_changed_line_stands_beside_its_counterpart_with_what_is_around() {
    let left = "---\nstatus: old\n---\n# Tide\n\none\ntwo\nThe tide is high today.\nthree\nfour\nfive\nsix\n";
    let right = left.replace("high", "low").replace("four\n", "four\nnew\n");
    let found = compare(left, &right, USUAL);
    let [hunk] = &found.hunks[..] else { panic!("{found:?}") };
    assert_eq!((hunk.left_line, hunk.right_line), (4, 4));
    let kinds: Vec<Kind> = hunk.lines.iter().map(|line| line.kind).collect();
    use Kind::{Added, Changed, Same};
    assert_eq!(kinds, [Same, Same, Same, Changed, Same, Same, Added, Same, Same]);
    let changed = hunk.lines[3].left.as_ref().map(|pieces| pieces.iter().map(|piece| piece.same).collect::<Vec<_>>());
    assert_eq!(changed, Some(vec![true, false, true]));
    assert_eq!((found.same, found.changed, found.removed, found.added), (11, 1, 0, 1));
}

#[test]
fn line_ends_and_space_at_the_end_are_no_difference() {
    let found = compare("a\r\nb  \r\n\r\n", "a\nb\n", USUAL);
    assert_eq!(found, Comparison { same: 2, ..Comparison::default() });
    assert_eq!(compare("", " \n\n", USUAL), Comparison::default());
    assert_eq!(compare("a\n\nb", "a\nb", USUAL).removed, 1);
}

#[test]
fn an_answer_is_no_larger_than_it_may_be_and_says_so() {
    let left: String = (0..10_000).map(|n| format!("line {n}\n")).collect();
    let right: String = (0..10_000).map(|n| format!("line {n} and more\n")).collect();
    let found = compare(&left, &right, Bounds { bytes: 10_000, ..USUAL });
    let shown: usize = found.hunks.iter().map(|hunk| hunk.lines.len()).sum();
    assert!((30..1_000).contains(&shown));
    assert_eq!(shown + found.more, found.changed + found.removed + found.added);
}

#[test]
fn an_answer_of_very_many_short_lines_is_no_larger_either() {
    let left = "a\n".repeat(10_000);
    let found = compare(&left, "", Bounds { bytes: 10_000, ..USUAL });
    assert!((50..200).contains(&found.hunks[0].lines.len()));
    assert_eq!(found.hunks[0].lines.len() + found.more, 10_000);
}

/// Texts that share words but no order, which is the worst for every algorithm.
#[test]
fn two_large_texts_that_have_little_in_common_do_not_hang() {
    let shuffled = |seed: u64, between: &str| -> String {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        (0..330_000).map(|_| format!("w{}{between}", next() % 5_000)).collect()
    };
    for between in ["\n", " "] {
        let (left, right) = (shuffled(1, between), shuffled(2, between));
        let started = Instant::now();
        let found = compare(&left, &right, Bounds { patience: Duration::from_secs(1), ..USUAL });
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        assert!(!found.hunks.is_empty());
        eprintln!("{between:?} {:?} {}", started.elapsed(), found.same);
    }
}
