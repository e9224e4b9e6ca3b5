//! Words as the index and the query see them.

use librarian_native::tokens::{Language, STEM_MARK, Tokenizer, fold, query_words};

/// The words of `text` with `^` for the stem mark, `@` and the position behind each.
fn words(text: &str, language: Language) -> Vec<String> {
    let mut words = Vec::new();
    Tokenizer::new().index_words(text, language, &mut |word| {
        assert!(text.is_char_boundary(word.start) && text.is_char_boundary(word.end));
        words.push(format!("{}@{}", word.term.replace(STEM_MARK, "^"), word.position));
    });
    words
}

fn plain(text: &str) -> String {
    words(text, Language::Unknown).join(" ")
}

#[test]
fn a_stem_shares_the_position_of_its_word() {
    assert_eq!(words("Running runs run", Language::English), ["running@0", "^run@0", "runs@1", "^run@1", "run@2"]);
}

#[test]
fn names_of_things_are_found_whole_and_in_pieces() {
    assert_eq!(plain("node.js"), "nodejs@0 node@0 js@1");
    assert_eq!(plain("snake_case"), "snakecase@0 snake@0 case@1");
    assert_eq!(plain("well-known"), "wellknown@0 well@0 known@1");
    assert_eq!(plain("2024-03-01"), "20240301@0 2024@0 03@1 01@2");
    assert_eq!(plain("v1.2.3"), "v123@0 v1@0 2@1 3@2");
    assert_eq!(plain("ann@example.com"), "annexamplecom@0 ann@0 example@1 com@2");
    assert_eq!(plain("getHTTPBody x"), "gethttpbody@0 ^get@0 ^http@0 ^body@0 x@1");
    assert_eq!(plain("a.getName"), "agetname@0 a@0 getname@1 ^get@1 ^name@1");
    assert_eq!(plain("C++, C# and f#"), "c@0 c++@0 c@1 c#@1 and@2 f@3 f#@3");
    assert_eq!(plain("#project/alpha"), "project@0 alpha@1");
}

#[test]
fn apostrophes_join_and_elisions_part() {
    assert_eq!(plain("don't O’Brien John's it"), "dont@0 obrien@1 john@2 it@3");
    assert_eq!(plain("l'homme qu'il dell'arte"), "l@0 homme@1 qu@2 il@3 dell@4 arte@5");
    assert_eq!(plain("צה\"ל 'quoted'"), "צהל@0 quoted@1");
}

#[test]
fn dense_scripts_come_in_overlapping_pairs() {
    assert_eq!(plain("東京大学"), "東京@0 京大@1 大学@2 学@3");
    assert_eq!(plain("水"), "水@0");
    assert_eq!(plain("Python入門"), "python@0 入門@1 門@2");
    assert_eq!(plain("ｶﾞｲﾄﾞ"), "ガイ@0 イド@1 ド@2");
    assert_eq!(plain("\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}"), "한글@0 글@1");
}

#[test]
fn folding_unifies_what_people_type_differently() {
    assert_eq!(
        fold("Ｆｕｌｌ Café CAFE\u{301} Straße İstanbul ıĐø ﬁn Ёлка"),
        "full cafe cafe strasse istanbul ido fin елка"
    );
    assert_eq!(fold("йод"), "йод");
    assert_eq!(fold("شَارِع أحمد ى ١٢"), "شارع احمد ي 12");
    assert_eq!(fold("שָׁלוֹם Ἀθήνας"), "שלום αθηνασ");
    assert_eq!(plain("и\u{306}од"), "йод@0");
}

#[test]
fn a_query_word_knows_its_forms() {
    let [word] = &query_words("Running")[..] else { panic!("one word") };
    assert_eq!((word.exact.as_str(), word.start, word.end), ("running", 0, 7));
    assert!(word.stems.contains(&"run".to_owned()));
    let [word] = &query_words("東京大学")[..] else { panic!("one word") };
    assert_eq!(word.parts, ["東京", "京大", "大学"]);
    let [word] = &query_words("node.js")[..] else { panic!("one word") };
    assert_eq!((word.exact.as_str(), &word.parts[..]), ("nodejs", &["node".to_owned(), "js".to_owned()][..]));
}

#[test]
fn spelled_out_umlauts_share_the_stem() {
    for word in ["Mueller", "Müller", "Muller"] {
        let [word] = &query_words(word)[..] else { panic!("one word") };
        assert!(word.stems.contains(&"mull".to_owned()), "{word:?}");
    }
    assert_eq!(words("Grüße", Language::German), ["grusse@0", "^gruss@0"]);
    assert_eq!(words("Gruesse", Language::German), ["gruesse@0", "^gruss@0"]);
    assert_eq!(words("Quelle", Language::German), ["quelle@0", "^quell@0"]);
}
