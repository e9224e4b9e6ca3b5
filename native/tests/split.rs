//! Notes cut into passages: what they hold, and that an edit leaves the others alone.

use arbtest::arbitrary::{Result, Unstructured};
use librarian_native::note;
use librarian_native::split::{MOST_PASSAGES, Passage, passages};

fn cut(text: &str, words: usize) -> Vec<Passage> {
    passages(&note::parse(text), text, "Tide Pool", words)
}

fn texts(text: &str, words: usize) -> Vec<String> {
    cut(text, words).into_iter().skip(1).map(|passage| passage.text).collect()
}

fn sentence(word: &str, count: usize) -> String {
    format!("{}.", vec![word; count].join(" "))
}

#[test]
fn the_first_passage_is_the_name_and_no_other_has_it() {
    let text = "---\naliases: [Rock pool]\ntags: [shore]\n---\nWater stays behind. #sea";
    let found = cut(text, 80);
    assert_eq!(found[0].text, "Tide Pool, Rock pool, shore, sea");
    assert_eq!((found[0].ordinal, found.len()), (0, 2));
    assert!(!found[1].text.contains("Tide Pool"));
}

#[test]
fn a_passage_stands_under_its_headings() {
    let long = sentence("limpet", 40);
    let text = format!("# Shore\n\n{long}\n\n## Upper\n\n{long}\n\n## Lower\n\n{long}\n\n# Sea\n\n{long}\n");
    let headings: Vec<String> = cut(&text, 40).into_iter().skip(1).map(|passage| passage.headings).collect();
    assert_eq!(headings, ["", "Shore", "Shore", ""]);
    assert!(texts(&text, 40)[1].starts_with("Shore\nUpper"));
}

#[test]
fn small_sections_share_a_passage() {
    assert_eq!(texts("# A\n\none\n\n# B\n\ntwo\n\n# C\n\nthree", 80).len(), 1);
}

#[test]
fn long_sections_are_cut_where_a_sentence_ends() {
    let text = (0..20).map(|n| sentence(&format!("word{n}"), 10)).collect::<Vec<_>>().join(" ");
    let found = texts(&text, 40);
    assert!((4..=7).contains(&found.len()), "{}", found.len());
    assert!(found.iter().all(|passage| passage.ends_with('.')), "{found:?}");
}

#[test]
fn links_and_markup_are_read_as_they_show() {
    let text =
        "See [[Lower shore|the *low* part]], [[Sea#Depth]] and [a map](https://example.org/x.png). **Bold** `code`";
    assert_eq!(texts(text, 80), ["See the low part, Sea and a map. Bold code"]);
}

#[test]
fn scripts_without_spaces_are_cut_too() {
    let found = texts(&"潮だまりには多くの生き物がいる。".repeat(40), 80);
    assert!(found.len() > 4 && found.iter().all(|passage| passage.ends_with('。')), "{found:?}");
}

#[test]
fn a_huge_note_has_a_bounded_number_of_passages() {
    let text = format!("# A\n\n{}", sentence("limpet", 400_000));
    assert_eq!(cut(&text, 80).len(), MOST_PASSAGES);
}

const PIECES: &[&str] = &[
    "# One\n",
    "## Two\n",
    "limpets hold on ",
    "for years. ",
    "\n\n",
    "- item\n",
    "```\ncode\n```\n",
    "| a | b |\n",
    "[[Sea]] ",
    "潮だまり。",
    "> quoted\n",
    "#tag ",
    "%%hidden%% ",
    "x",
    "é",
    "\r\n",
    "![[map.png]]",
    "---\n",
    "**",
    "🦀",
];

fn any_note(u: &mut Unstructured) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.arbitrary_len::<u16>()?.min(300) {
        text.push_str(u.choose(PIECES)?);
    }
    Ok(text)
}

#[test]
fn passages_of_any_note_ascend_and_stay_inside_it() {
    arbtest::arbtest(|u| {
        let text = any_note(u)?;
        let found = cut(&text, u.int_in_range(8..=120)?);
        let mut last = 0;
        for (ordinal, passage) in found.iter().enumerate() {
            assert_eq!(passage.ordinal as usize, ordinal);
            assert!(text.get(passage.range.clone()).is_some(), "{text:?}: {passage:?}");
            if ordinal > 0 {
                assert!(passage.range.start >= last && !passage.text.trim().is_empty(), "{text:?}: {passage:?}");
                last = passage.range.end;
            }
        }
        Ok(())
    });
}

#[test]
fn an_edit_leaves_the_passages_of_other_sections_alone() {
    let section = |name: &str, word: &str| format!("# {name}\n\n{}\n\n", sentence(word, 60));
    let before = [section("A", "limpet"), section("B", "mussel"), section("C", "crab")].concat();
    let after = [section("A", "limpet"), section("B", "barnacle"), section("C", "crab")].concat();
    let digests = |text: &str| cut(text, 80).into_iter().map(|passage| passage.digest).collect::<Vec<_>>();
    let (before, after) = (digests(&before), digests(&after));
    assert_eq!(before.len(), after.len());
    assert_eq!(before.iter().filter(|digest| !after.contains(digest)).count(), 1);
}

#[test]
fn time_grows_with_the_text_only() {
    for piece in ["limpet ", "x", "# h\n\nlimpet\n\n", "潮", "a\n", "- x\n", "[[a]] "] {
        let seconds = |bytes: usize| {
            let text = piece.repeat(bytes / piece.len());
            let parsed = note::parse(&text);
            let started = std::time::Instant::now();
            passages(&parsed, &text, "t", 80);
            started.elapsed().as_secs_f64()
        };
        let (small, large) = (seconds(20_000), seconds(200_000));
        assert!(large < 30.0 * small + 0.05, "{piece:?}: {small} s, ten times as long {large} s");
    }
}
