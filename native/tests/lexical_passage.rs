//! The passage shown for a hit: the right place, its heading and line, and true highlights.

mod lexical_support;

use std::time::Instant;

use arbtest::arbtest;
use lexical_support::{Note, Vault, note};
use librarian_native::lexical::Hit;
use librarian_native::passage::{Passage, Wanted, best};

fn hit(text: &str, query: &str) -> Hit {
    let vault = Vault::new(&[note("n.md", text)]);
    vault.search(query).hits.remove(0)
}

/// The highlighted words.
fn shown(passage: &Passage) -> Vec<String> {
    let units: Vec<u16> = passage.text.encode_utf16().collect();
    passage
        .ranges
        .iter()
        .map(|&(start, end)| String::from_utf16(&units[start as usize..end as usize]).unwrap())
        .collect()
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
    let pieces =
        ["tide", "Tide", "🐚", "学習", "\u{301}", "\r\n", "\n\n", " ", "# ", "```\n", "x", "---\n", "[[", "%%"];
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

#[test]
fn a_match_in_a_heading_shows_the_text_below_it() {
    let passage = hit(
        "---\ntags: [x]\n---\n# Log\n\n## Tide tables\n\n### Where\n\nThe shelf by the door.\n\n## Next\n\nNo.\n",
        "tide tables",
    )
    .passage;
    assert_eq!(passage.text, "The shelf by the door.");
    assert_eq!(passage.heading.as_deref(), Some("Where"));
    let bare = hit("Text.\n\n## Tide tables\n\n## Next\n\nNo.\n", "tide tables").passage;
    assert_eq!(bare.text, "## Tide tables");
}

#[test]
fn a_note_found_by_its_name_shows_its_first_paragraph() {
    let note = Note {
        aliases: vec!["Zebra crossing"],
        ..note("n.md", "---\na: b\n---\n# Streets\n\n## Old\n\nThey are wide.\n")
    };
    let passage = Vault::new(&[note]).search("zebra").hits.remove(0).passage;
    assert_eq!((passage.text.as_str(), passage.line), ("They are wide.", 7));
    assert!(passage.ranges.is_empty());
}

#[test]
fn a_passage_begins_and_ends_with_sentences_and_never_inside_a_word() {
    let filler = "Nobody remembers who painted the boat house green last spring. ".repeat(12);
    let passage = hit(&format!("{filler}A limpet held on. {filler}"), "limpet").passage;
    let length = passage.text.chars().count();
    assert!(passage.text.starts_with("Nobody") || passage.text.starts_with("A limpet"), "{}", passage.text);
    assert!(passage.text.ends_with('.') && (240..=320).contains(&length), "{length} {}", passage.text);
    let words = "boathouse ".repeat(60);
    let passage = hit(&format!("{words}limpet {words}"), "limpet").passage;
    assert!(passage.text.split(' ').all(|word| matches!(word, "boathouse" | "limpet")), "{}", passage.text);
    let runs = "我们在海边看潮水慢慢退去".repeat(40);
    let passage = hit(&format!("{runs}机器学习{runs}"), "机器学习").passage;
    assert!((240..=320).contains(&passage.text.chars().count()), "{}", passage.text);
}

#[test]
fn a_note_in_utf_16_has_a_passage() {
    let vault = Vault::new(&[note("n.md", "limpets")]);
    let bytes: Vec<u8> = "\u{feff}Ten limpets.".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(vault.root().join("n.md"), bytes).unwrap();
    assert_eq!(vault.search("limpets").hits[0].passage.text, "Ten limpets.");
}

#[cfg(unix)]
#[test]
fn a_link_in_a_notes_place_is_not_followed() {
    let vault = Vault::new(&[note("n.md", "limpets")]);
    std::fs::write(vault.folder.path().join("secret"), "limpets are secret").unwrap();
    std::fs::remove_file(vault.root().join("n.md")).unwrap();
    std::os::unix::fs::symlink(vault.folder.path().join("secret"), vault.root().join("n.md")).unwrap();
    assert_eq!(vault.search("limpets").hits[0].passage, Passage::default());
}
