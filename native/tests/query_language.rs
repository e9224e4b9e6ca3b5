//! The query language: what is an operator, what is a word, and that any text is a query.

use std::time::Instant;

use arbtest::arbtest;
use librarian_native::query::{MAX_QUERY_BYTES, Node, parse};

fn words(text: &str) -> Node {
    Node::Words(text.to_owned())
}

#[test]
fn operators_become_clauses() {
    assert_eq!(parse("tide pool").root, words("tide pool"));
    assert_eq!(parse("\"tide pool\"").root, Node::Phrase("tide pool".to_owned()));
    assert_eq!(parse("-tide").root, Node::Not(Box::new(words("tide"))));
    assert_eq!(parse("path:\"old notes\"").root, Node::Path("old notes".to_owned()));
    assert_eq!(parse("Tag:#a/b/").root, Node::Tag("a/b".to_owned()));
    assert_eq!(parse("[status]").root, Node::Property { key: "status".to_owned(), value: None });
    let value = Some("in progress".to_owned());
    assert_eq!(parse("[status: in progress]").root, Node::Property { key: "status".to_owned(), value });
    assert_eq!(parse("after:1970-01-02").root, Node::After(86_400_000_000_000));
    assert_eq!(parse("before:1970").root, Node::Before(0));
    assert_eq!(parse("after:2024-03").root, Node::After(1_709_251_200_000_000_000));
}

#[test]
fn or_binds_looser_than_a_space_and_parentheses_group() {
    assert_eq!(parse("a b OR c").root, Node::Any(vec![words("a b"), words("c")]));
    assert_eq!(
        parse("a (b OR -c) d").root,
        Node::All(vec![words("a"), Node::Any(vec![words("b"), Node::Not(Box::new(words("c")))]), words("d")])
    );
}

#[test]
fn what_is_no_operator_is_words() {
    for text in [
        "-",
        "--",
        "- tide",
        "word:value",
        "\"open",
        "tide\"",
        "[[link]]",
        "[]",
        "[open",
        "path:",
        "tag:#",
        "after:yesterday",
        "after:2024-13",
        "before:2023-02-29",
        "OR",
        "or",
        "OR b",
        "f(x)",
        ":-)",
        "a - b",
        "AND",
        "12:30",
        "http://a.b/c",
    ] {
        assert_eq!(parse(text).root, words(text), "{text}");
    }
    assert_eq!(parse("a OR").root, words("a OR"));
    assert_eq!(parse("").root, Node::All(Vec::new()));
}

#[test]
fn only_a_plain_word_at_the_very_end_is_half_typed() {
    assert!(parse("tide po").typing);
    assert!(parse("tag:x po").typing);
    for text in ["tide ", "\"tide\"", "path:x", "tide tag:x", "-tide", "(tide)", "[x]", ""] {
        assert!(!parse(text).typing, "{text}");
    }
}

#[test]
fn any_text_is_a_query_that_keeps_its_words() {
    let pieces = [
        "z", "\"", "-", "(", ")", "[", "]", ":", "OR", " ", "path:", "tag:", "before:", "2024", "#", "学", "\u{301}",
        "\n",
    ];
    arbtest(|u| {
        let mut text = String::new();
        for _ in 0..u.arbitrary_len::<u8>()?.min(200) {
            text.push_str(pieces[u.choose_index(pieces.len())?]);
        }
        assert_eq!(count(&parse(&text).root), text.matches('z').count(), "{text:?}");
        Ok(())
    });
    arbtest(|u| {
        let text: String = u.arbitrary()?;
        let _ = parse(&text);
        Ok(())
    });
}

/// How many `z` the tree holds.
fn count(node: &Node) -> usize {
    let in_text = |text: &str| text.matches('z').count();
    match node {
        Node::Words(text) | Node::Phrase(text) | Node::Path(text) | Node::Tag(text) => in_text(text),
        Node::Property { key, value } => in_text(key) + value.as_deref().map_or(0, in_text),
        Node::Before(_) | Node::After(_) => 0,
        Node::Not(inner) => count(inner),
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().map(count).sum(),
    }
}

#[test]
fn hostile_queries_are_quick() {
    for piece in [
        "(", "((a", "[", "[a", "\"", "\"a", "-", "-(", "a OR ", "path:\"", "tag:(", "after:", "学", ")", "[a:\"",
        "-\"x\" ",
    ] {
        let text = piece.repeat(100_000 / piece.len());
        // The quickest of three, so that other programs do not count.
        let taken = (0..3).map(|_| {
            let begin = Instant::now();
            std::hint::black_box(parse(&text));
            begin.elapsed()
        });
        let quickest = taken.min().expect("three");
        assert!(quickest.as_millis() < 200, "{piece:?} took {quickest:?}");
    }
    assert_eq!(parse(&"x".repeat(100_000)).root, words(&"x".repeat(MAX_QUERY_BYTES)));
}
