//! The passage shown for a hit: the right place, its heading and line, and true highlights.

mod lexical_support;

use std::time::Instant;

use arbtest::arbtest;
use lexical_support::{Vault, note};
use librarian_native::lexical::Hit;
use librarian_native::passage::{Passage, Wanted, best};

fn hit(text: &str, query: &str) -> Hit {
    let vault = Vault::new(&[note("n.md", text)]);
    vault.search(query).hits.remove(0)
}

/// The highlighted words.
fn shown(passage: &Passage) -> Vec<String> {
    let units: Vec<u16> = passage.text.encode_utf16().collect();
    passage.ranges.iter().map(|&(start, end)| String::from_utf16(&units[start as usize..end as usize]).unwrap()).collect()
}

#[test]
fn the_passage_has_the_most_words_its_heading_and_line() {
    let text = "---\naliases: [limpets]\n---\n# Shore\nOne limpet.\n\n## Counts\n\nFiller words.\n\nTen limpets were counted 🐚 at low Tide, and the counting goes on.\n\n## End\nTide.\n";
    let passage = hit(text, "limpets tide counting ").passage;
    assert_eq!(passage.heading.as_deref(), Some("Counts"));
    assert_eq!(passage.line, 10);
    assert!(passage.text.starts_with("Ten limpets were"), "{}", passage.text);
    assert_eq!(shown(&passage), ["limpets", "counted", "Tide", "counting"]);
}

#[test]
fn a_phrase_is_shown_where_it_stands() {
    let text = format!("low tide low tide tide low\n\n{}\n\nhere is tide low water\n", "filler ".repeat(100));
    let passage = hit(&text, "\"tide low water\"").passage;
    assert_eq!(passage.text, "here is tide low water");
    assert_eq!(shown(&passage), ["tide low water"].map(str::to_owned).to_vec());
}

#[test]
fn runs_of_characters_are_highlighted_whole() {
    let passage = hit("前書き。\n\n機械学習は楽しい。", "機械学習").passage;
    assert_eq!(shown(&passage), ["機械学習"]);
}

#[test]
fn a_long_note_is_shown_at_the_right_place_quickly() {
    let filler = "Lorem ipsum dolor sit amet consectetur.\n\n".repeat(50_000);
    let text = format!("# Start\n{filler}## Deep\n\nThe nudibranch sleeps here.\n\n{filler}");
    let vault = Vault::new(&[note("long.md", &text)]);
    // The quickest of three, so that other programs do not count.
    let searches = (0..3).map(|_| {
        let begin = Instant::now();
        let passage = vault.search("nudibranch").hits.remove(0).passage;
        (begin.elapsed(), passage)
    });
    let (taken, passage) = searches.min_by_key(|search| search.0).expect("three");
    assert!(taken.as_millis() < 250, "{taken:?}");
    assert_eq!(passage.heading.as_deref(), Some("Deep"));
    assert_eq!(passage.line as usize, text[..text.find("The nudi").unwrap()].matches('\n').count());
    assert_eq!(shown(&passage), ["nudibranch"]);
}

#[test]
fn a_note_that_is_gone_still_is_a_hit_without_text() {
    let vault = Vault::new(&[note("n.md", "limpets")]);
    std::fs::remove_file(vault.root().join("n.md")).unwrap();
    assert_eq!(vault.search("limpets").hits[0].passage, Passage::default());
}

#[test]
fn any_text_has_a_passage_of_itself_with_ascending_ranges() {
    let pieces = ["tide", "Tide", "🐚", "学習", "\u{301}", "\r\n", "\n\n", " ", "# ", "```\n", "x", "---\n", "[[", "%%"];
    arbtest(|u| {
        let mut text = String::new();
        for _ in 0..u.arbitrary_len::<u8>()?.min(400) {
            text.push_str(pieces[u.choose_index(pieces.len())?]);
        }
        let mut wanted = Wanted::default();
        wanted.term("tide", 0, 1.0);
        wanted.term("学習", 1, 2.0);
        let passage = best(&text, &wanted);
        assert!(text.contains(&passage.text));
        let length = passage.text.encode_utf16().count() as u32;
        assert!(passage.ranges.iter().all(|&(start, end)| start < end && end <= length));
        assert!(passage.ranges.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert!(passage.line as usize <= text.matches('\n').count());
        Ok(())
    });
}
