//! What a search finds and in which order.

mod lexical_support;

use lexical_support::{Note, Vault, note};
use librarian_native::lexical::{Counts, MatchKind, Page};

fn library() -> Vault {
    Vault::new(&[
        note("Tides/Tide pools.md", "# Tide pools\nAnemones and limpets live between the tide lines."),
        Note {
            tags: vec!["project/alpha", "Field-Work"],
            properties: vec![("status", "in progress".to_owned()), ("year", "2024".to_owned())],
            mtime_ns: 1_704_067_200_000_000_000,
            ..note("Projects/Alpha.md", "# Plan\nWe count limpets at every tide.\n\nCounting is slow.")
        },
        Note {
            aliases: vec!["Sourdough bread"],
            tags: vec!["projects"],
            mtime_ns: 1_735_689_600_000_000_000,
            ..note("Kitchen/Starter.md", "Flour, water, and a week of patience. The bread runs away.")
        },
        note("日本語/機械学習.md", "機械学習は楽しい。学習の記録。"),
        note("日本語/経済.md", "経済学は難しい。"),
        note("pictures/limpet shell.png", ""),
    ])
}

#[test]
fn words_are_joined_by_or_and_notes_with_both_come_first() {
    let vault = library();
    assert_eq!(vault.paths("limpets counting ")[0], "Projects/Alpha.md");
    assert_eq!(vault.set("anemones patience "), ["Kitchen/Starter.md", "Tides/Tide pools.md"]);
}

#[test]
fn operators_narrow_exclude_and_join() {
    let vault = library();
    assert_eq!(vault.set("limpets -counting"), ["Tides/Tide pools.md", "pictures/limpet shell.png"]);
    assert_eq!(vault.set("\"tide lines\""), ["Tides/Tide pools.md"]);
    assert_eq!(vault.set("tide path:projects"), ["Projects/Alpha.md"]);
    assert_eq!(vault.set("tag:project"), ["Projects/Alpha.md"]);
    assert_eq!(vault.set("TAG:#Project/Alpha"), ["Projects/Alpha.md"]);
    assert_eq!(vault.set("tag:field-work"), ["Projects/Alpha.md"]);
    assert_eq!(vault.set("[status]"), ["Projects/Alpha.md"]);
    assert_eq!(vault.set("[Status:progress]"), ["Projects/Alpha.md"]);
    assert!(vault.set("[status:done]").is_empty());
    assert_eq!(vault.set("after:2024 before:2025"), ["Projects/Alpha.md"]);
    assert_eq!(vault.set("tag:projects OR tag:project/alpha"), ["Kitchen/Starter.md", "Projects/Alpha.md"]);
    assert_eq!(vault.set("(anemones OR patience) path:kit"), ["Kitchen/Starter.md"]);
}

#[test]
fn only_filters_give_the_newest_first() {
    let vault = library();
    assert_eq!(vault.paths("after:2024"), ["Kitchen/Starter.md", "Projects/Alpha.md"]);
}

#[test]
fn stems_prefixes_and_typos_find_but_rank_below_the_exact_word() {
    let vault = Vault::new(&[
        note("a.md", "He was running late for the harbour and it was the end of it."),
        note("b.md", "A run along the harbour was the plan of the day, and it is done."),
        note("c.md", "The runway of the harbour."),
    ]);
    assert_eq!(vault.paths("running ")[0], "a.md");
    assert_eq!(vault.set("running "), ["a.md", "b.md"]);
    assert_eq!(vault.paths("run"), ["b.md", "a.md", "c.md"]);
    let hit = &vault.search("harbuor ").hits[0];
    assert_eq!(hit.why[0].kind, MatchKind::Typo);
    assert_eq!(hit.why[0].term, "harbour");
}

#[test]
fn parts_of_chinese_and_japanese_words_match() {
    let vault = library();
    assert_eq!(vault.paths("学習")[0], "日本語/機械学習.md");
    assert_eq!(vault.set("\"機械学習\""), ["日本語/機械学習.md"]);
    assert_eq!(vault.set("学"), ["日本語/機械学習.md", "日本語/経済.md"]);
    assert_eq!(vault.search("\"機械学習\"").hits[0].why[0].term, "機械学習");
}

#[test]
fn a_title_an_alias_and_half_a_title_come_first() {
    let vault = Vault::new(&[
        note("Deep work.md", "Nothing here."),
        note("Notes on work.md", "deep work deep work deep work deep work deep work"),
        note("Deep working hours of the whole team.md", "deep work"),
        Note { aliases: vec!["Focus blocks"], ..note("x.md", "z") },
    ]);
    assert_eq!(vault.paths("deep work")[0], "Deep work.md");
    assert_eq!(vault.paths("deep wrok")[0], "Deep work.md");
    assert_eq!(vault.paths("deep wor")[0], "Deep work.md");
    assert_eq!(vault.paths("focus blo")[0], "x.md");
}

#[test]
fn changes_replace_and_removals_remove() {
    let vault = library();
    vault.put(&[note("Projects/Alpha.md", "Nothing of the kind.")]);
    assert_eq!(vault.set("counting "), Vec::<String>::new());
    vault.remove("Tides/Tide pools.md");
    assert_eq!(vault.set("limpets "), ["pictures/limpet shell.png"]);
    assert_eq!(vault.lexical.entries().unwrap().len(), 5);
    let counts = Counts { notes: 4, searched: 4, attachments: 1, ..Counts::default() };
    assert_eq!(vault.lexical.counts(), counts);
}

#[test]
fn pages_continue_each_other_and_the_total_is_exact() {
    let notes: Vec<Note> = (0..57).map(|at| note(&format!("n{at:02}.md"), "the same words in every note")).collect();
    let vault = Vault::new(&notes[..30]);
    vault.put(&notes[30..]);
    let all = vault.paths("same words ");
    assert_eq!(all, notes.iter().map(|note| note.path.clone()).collect::<Vec<_>>());
    let mut paged = Vec::new();
    for offset in (0..70).step_by(10) {
        let answer = vault.lexical.search(&vault.root(), "same words ", Page { limit: 10, offset }).unwrap();
        assert_eq!(answer.total, 57);
        paged.extend(answer.hits.into_iter().map(|hit| hit.path));
    }
    assert_eq!(paged, all);
}

#[test]
fn a_writer_that_is_dropped_changes_nothing() {
    let vault = library();
    let before = vault.lexical.entries().unwrap();
    let writer = vault.lexical.begin(16 << 20, 1).unwrap();
    writer.remove("Projects/Alpha.md");
    drop(writer);
    assert_eq!(vault.lexical.entries().unwrap(), before);
    vault.put(&[note("later.md", "later")]);
    assert_eq!(vault.lexical.entries().unwrap().len(), before.len() + 1);
}

#[test]
fn a_phrase_that_no_note_has_is_looked_for_as_words_and_why_says_so() {
    let vault = library();
    let kept = &vault.search("\"tide lines\"").hits[0].why;
    assert_eq!((kept[0].field, kept[0].term.as_str()), ("body", "tide lines"));
    let answer = vault.search("\"lines tide\"");
    assert_eq!(answer.hits[0].path, "Tides/Tide pools.md");
    assert!(answer.hits[0].why.iter().any(|why| why.term == "tide" && why.field == "title"));
    assert!(answer.hits[0].why.iter().all(|why| !why.term.contains(' ')));
    assert_eq!(answer.total, 2);
    assert_eq!(vault.set("\"lines tide\" path:projects"), ["Projects/Alpha.md"]);
    assert!(!vault.set("\"lines tide\" -\"live between\"").contains(&"Tides/Tide pools.md".to_owned()));
}

#[test]
fn a_heading_said_in_order_comes_before_its_words_elsewhere() {
    let filler = "What the ship does after rules and storms is in the book. ".repeat(20);
    let vault = Vault::new(&[
        note("a.md", "Storm rules. Rules after the storm, the storm rules.\n\nStorm after rules."),
        note("long.md", &format!("# Log\n{filler}\n## Rules after the storm\nAll hands.\n{filler}")),
        note("c.md", "# Storm\n\nAfter the rules.\n\n# After\n\nRules the storm."),
    ]);
    assert_eq!(vault.paths("rules after the storm ")[0], "long.md");
    assert_eq!(vault.paths("rule after the stor")[0], "long.md");
}

#[test]
fn words_near_each_other_and_in_any_order_never_lose_to_the_same_words_apart() {
    arbtest::arbtest(|u| {
        let filler = ["uno", "due", "tre", "sei"];
        let mut words = Vec::new();
        for _ in 0..u.int_in_range(2..=40)? {
            words.push(filler[u.choose_index(filler.len())?]);
        }
        let at = u.choose_index(words.len())?;
        let far = u.choose_index(words.len())?;
        let text = |left: usize, right: usize| {
            let mut words = words.clone();
            words.insert(left, "harbour");
            words.insert(right, "limpet");
            words.join(" ")
        };
        // The path of the loose one is first, so that a tie would show it first.
        let vault = Vault::new(&[note("a.md", &text(at, far)), note("b.md", &text(at, at + 1))]);
        let hits = vault.search("harbour limpet ").hits;
        let score = |path: &str| hits.iter().find(|hit| hit.path == path).unwrap().score;
        assert!(score("b.md") >= score("a.md"), "{hits:?}");
        let turned = vault.search("limpet harbour ").hits;
        let least = hits.iter().chain(&turned).map(|hit| hit.score).fold(f32::MAX, f32::min);
        let plain = vault.search("harbour -xyzzy OR limpet -xyzzy").hits;
        assert!(plain.iter().all(|hit| hit.score >= 0.0) && least > 0.0);
        Ok(())
    })
    .budget_ms(2_000);
}

#[test]
fn an_exact_word_ranks_above_its_stem_above_a_prefix_above_a_typo_wherever_it_stands() {
    arbtest::arbtest(|u| {
        let before = u.int_in_range(0..=30)?;
        let after = u.int_in_range(0..=30)?;
        let text = |word: &str| format!("{}{word}{}", "the and of ".repeat(before), " and it was so".repeat(after));
        // Each note has one form of the word typed, in the same place; the worse the form, the earlier its path.
        let vault = Vault::new(&[
            note("c.md", &text("counted")),
            note("b.md", &text("countings")),
            note("d.md", &text("counting")),
        ]);
        assert_eq!(vault.paths("counting")[0], "d.md");
        let vault = Vault::new(&[note("a.md", &text("harbxur")), note("b.md", &text("harbour"))]);
        let hits = vault.search("harbour ").hits;
        assert_eq!(hits[0].path, "b.md");
        let vault = Vault::new(&[note("a.md", &text("harbourmaster")), note("b.md", &text("harbour"))]);
        assert_eq!(vault.paths("harbour"), ["b.md", "a.md"]);
        Ok(())
    })
    .budget_ms(2_000);
}

#[test]
fn what_a_note_said_before_leaves_no_trace_in_scores() {
    arbtest::arbtest(|u| {
        const WORDS: [&str; 4] = ["marsh", "tide", "harbour", "lantern"];
        let mut text = || -> arbtest::arbitrary::Result<String> {
            let length = u.int_in_range(1..=80)?;
            let words: Vec<&str> = (0..length).map(|_| u.choose(&WORDS).copied()).collect::<Result<_, _>>()?;
            Ok(format!("# {}\n{}\n", words[0], words.join(" ")))
        };
        let notes = [note("a.md", &text()?), note("b.md", &text()?), note("c.md", &text()?)];
        let fresh = Vault::new(&notes);
        let replaced = Vault::new(&notes);
        replaced.put(&[note("b.md", &text()?), note("gone.md", &text()?)]);
        replaced.remove("gone.md");
        replaced.put(&notes[1..2]);
        for query in ["marsh", "tide harbour", "lantern marsh"] {
            let scores = |vault: &Vault| {
                vault.search(query).hits.into_iter().map(|hit| (hit.path, hit.score)).collect::<Vec<_>>()
            };
            assert_eq!(scores(&replaced), scores(&fresh), "{query}");
        }
        Ok(())
    })
    .budget_ms(2_000);
}
