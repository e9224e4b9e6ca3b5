//! Names in running text, against a slow reference.

use librarian_native::lexical::name_key;
use librarian_native::mentions::{Names, find};
use librarian_native::note;

fn names(list: &[&str]) -> Names {
    let mut names = Names::default();
    list.iter().for_each(|name| names.add(&name_key(name)));
    names
}

fn found(text: &str, list: &[&str]) -> Vec<String> {
    find(text, &note::parse(text), &names(list)).into_iter().map(|mention| text[mention.range].to_owned()).collect()
}

#[test]
fn a_name_is_found_however_it_is_cased_or_accented() {
    assert_eq!(found("We drank at the CAFE Müller.", &["Café Muller"]), ["CAFE Müller"]);
    assert_eq!(
        found("Tide pools; tide-pools, tide  pools!", &["Tide pools"]),
        ["Tide pools", "tide-pools", "tide  pools"]
    );
}

#[test]
fn the_longest_name_wins_and_none_lies_in_another() {
    assert_eq!(
        found("The Great Tide Pool Survey began.", &["Tide Pool", "Great Tide Pool Survey"]),
        ["Great Tide Pool Survey"]
    );
    assert_eq!(found("The Great Tide Pool sank.", &["Tide Pool", "Great Tide Pool Survey"]), ["Tide Pool"]);
}

#[test]
fn a_name_is_no_part_of_a_word() {
    assert!(found("Tidepooling and retide", &["Tide", "pool"]).is_empty());
}

#[test]
fn links_tags_code_and_front_matter_are_no_mentions() {
    let text = "---\nabout: Tide Pool\n---\n[[Tide Pool]] and [see Tide Pool](https://example.org) #tide\n\n```\nTide Pool\n```\n\nA tide pool.";
    assert_eq!(found(text, &["Tide Pool"]), ["tide pool"]);
}

#[test]
fn scripts_without_spaces_have_names_anywhere() {
    assert_eq!(found("昨日は東京タワーへ行った。", &["東京タワー", "東京"]), ["東京タワー"]);
    assert_eq!(found("机器学习很有趣", &["学习"]), ["学习"]);
}

#[test]
fn a_line_ends_a_name() {
    assert!(found("They saw the tide\n\npool ahead", &["Tide pool"]).is_empty());
    assert!(found("| tide | pool |", &["Tide pool"]).is_empty());
}

#[test]
fn every_mention_has_the_key_of_a_name() {
    let pieces = [
        "tide",
        "Tide",
        "pool",
        " ",
        " ",
        "-",
        "東京",
        "タワー",
        "\n",
        "é",
        "e\u{301}",
        "[[tide]]",
        "İ",
        "ß",
        "🦀",
        "’",
        ".",
    ];
    let list = ["Tide pool", "tide", "東京", "東京タワー", "pool é", "ss tide"];
    let names = names(&list);
    let keys: Vec<String> = list.iter().map(|name| name_key(name)).collect();
    arbtest::arbtest(|u| {
        let mut text = String::new();
        for _ in 0..u.arbitrary_len::<u8>()?.min(60) {
            text.push_str(u.choose(&pieces)?);
        }
        let mut last = 0;
        for mention in find(&text, &note::parse(&text), &names) {
            assert!(mention.range.start >= last && mention.range.end > mention.range.start, "{text:?}");
            assert!(keys.contains(&mention.key), "{text:?}: {mention:?}");
            assert_eq!(name_key(&text[mention.range.clone()]), mention.key, "{text:?}");
            last = mention.range.end;
        }
        Ok(())
    });
}

#[test]
fn time_grows_with_the_text_only() {
    let long = "tide pool ".repeat(12);
    let names = names(&[&long[..90], "tide pool tide pool tide pool"]);
    let seconds = |text: &str| {
        let parsed = note::parse(text);
        let started = std::time::Instant::now();
        find(text, &parsed, &names);
        started.elapsed().as_secs_f64()
    };
    let (small, large) = (seconds(&"tide pool x".repeat(10_000)), seconds(&"tide pool x".repeat(100_000)));
    assert!(large < 30.0 * small + 0.05, "{small} s, ten times as long {large} s");
}
