//! What counts as a heading, link, tag, block, task and prose in a note, fact by fact.

use librarian_native::canvas;
use librarian_native::note::{LinkKind, Note, parse, yaml_pieces};
use librarian_native::offsets::{Offsets, Position};

fn tags(text: &str) -> Vec<String> {
    parse(text).tags.into_iter().map(|tag| tag.name).collect()
}

/// `target#subpath|display` of every link.
fn links(text: &str) -> Vec<String> {
    let shown = |link: &librarian_native::note::Link| {
        let subpath = link.subpath.as_ref().map_or(String::new(), |subpath| format!("#{subpath}"));
        let display = link.display.as_ref().map_or(String::new(), |display| format!("|{display}"));
        format!("{}{subpath}{display}", link.target)
    };
    parse(text).links.iter().map(shown).collect()
}

fn sections(text: &str) -> Vec<&'static str> {
    parse(text).sections.iter().map(|section| section.kind).collect()
}

fn prose(text: &str) -> String {
    parse(text).prose.into_iter().map(|range| &text[range]).collect()
}

#[test]
fn tags_are_counted_as_obsidian_counts_them() {
    assert_eq!(
        tags("#a #a/b-c_d #y1984 #标签 #🎉 **#bold** ==#mark=="),
        ["a", "a/b-c_d", "y1984", "标签", "🎉", "bold", "mark"]
    );
    assert_eq!(
        tags("#1984 a#b # c https://x.y/#z `#code` $#maths$ <!-- #hidden --> [[a#b]] [#text](c) \\#escaped"),
        Vec::<String>::new()
    );
    assert_eq!(
        tags("- #item\n> #quote\n\n| #cell |\n|-|\n| #b |\n\n# #heading\n\n%%\n#comment\n%%"),
        ["item", "quote", "cell", "b", "heading", "comment"]
    );
    assert_eq!(tags("```\n#a\n```\n\n    #b\n\n<div>\n#c\n</div>\n\n$$\n#d\n$$"), Vec::<String>::new());
}

#[test]
fn wikilinks_have_paths_headings_blocks_and_texts() {
    assert_eq!(links("[[a]] [[b#c#d]] [[e#^f|g]] ![[h.png|100]] [[#i]]"), ["a", "b#c#d", "e#^f|g", "h.png|100", "#i"]);
    assert_eq!(links("| x |\n|---|\n| [[a\\|b]] |"), ["a|b"]);
    assert_eq!(links("`[[a]]` \\[[b]] [[0,1],[2,3]] [[]] [[c\nd]]"), Vec::<String>::new());
    assert_eq!(links("```\n[[0,1]]\n```\n<!-- [[a]] -->"), Vec::<String>::new());
    let kinds: Vec<LinkKind> =
        parse("---\nup: \"[[z]]\"\n---\n[[a]] ![[b]] [c](d) ![e](f)").links.iter().map(|link| link.kind).collect();
    assert_eq!(
        kinds,
        [LinkKind::Property, LinkKind::Wiki, LinkKind::WikiEmbed, LinkKind::Markdown, LinkKind::MarkdownEmbed]
    );
}

#[test]
fn markdown_links_are_decoded() {
    assert_eq!(
        links("[a](b%20c.md#d%20e) [f](<g h.md> \"title\") [i](j_(k).md) [l](m\\).md 'n')"),
        ["b c.md#d e|a", "g h.md|f", "j_(k).md|i", "m).md|l"]
    );
    assert_eq!(links("[ref]: some%20note.md \"title\"\n\n[a]( b )"), ["some note.md|ref", "b|a"]);
    let external: Vec<bool> =
        parse("[a](https://x.y/z#w) [b](mailto:c@d) [c](C:/x)").links.iter().map(|link| link.external).collect();
    assert_eq!(external, [true, true, false]);
    assert_eq!(links("[![a](b.png)](c.md)"), ["c.md|![a](b.png)", "b.png|a"]);
    assert_eq!(links("[a](b c) [d] (e) [f]("), Vec::<String>::new());
}

#[test]
fn links_ids_and_footnotes_have_the_places_they_are_written_at() {
    let text =
        "[[ a#b |c]] ![d](<e f.md#g> 'h')[^1] ^id\n\n| [[t\\|u]] |\n|---|\n\n^own\n\n[^1]: x [^no](y)\n\n[r]: z.md";
    let note = parse(text);
    let written: Vec<_> = note.links.iter().map(|link| (&text[link.written.clone()], link.in_cell)).collect();
    assert_eq!(written, [("a#b", false), ("e f.md#g", false), ("t", true), ("y", false), ("z.md", false)]);
    let marks: Vec<_> = note.blocks.iter().map(|block| &text[block.mark.clone()]).collect();
    assert_eq!(marks, ["^id", "^own"]);
    let footnotes: Vec<_> = note.footnotes.iter().map(|one| (&text[one.range.clone()], one.defines)).collect();
    assert_eq!(footnotes, [("[^1]", false), ("[^1]", true)]);
}

#[test]
fn pieces_of_yaml_have_their_places_in_characters() {
    let (pieces, error) = yaml_pieces("é: [\"x\", y]\nb:\n- c\n");
    let seen: Vec<_> = pieces.iter().map(|piece| (piece.kind, piece.style, piece.range.clone())).collect();
    assert_eq!(error, None);
    assert_eq!(
        seen,
        [
            ("map", "block", 0..0),
            ("scalar", "plain", 0..1),
            ("list", "flow", 3..4),
            ("scalar", "double", 4..7),
            ("scalar", "plain", 9..10),
            ("end", "flow", 10..11),
            ("scalar", "plain", 12..13),
            ("list", "block", 17..17),
            ("scalar", "plain", 17..18),
            ("end", "block", 19..19),
            ("end", "block", 19..19),
        ]
    );
    assert_eq!(yaml_pieces("a: 1\nb: [x\n").1.map(|(_, line)| line > 0), Some(true));
    assert!(yaml_pieces(&"[".repeat(100_000)).1.is_some());
}

#[test]
fn every_kind_of_block_is_a_section() {
    let text = "# h\n\np\n***\n- l\n\n> q\n\n> [!note]- T\n> c\n\n```\nf\n```\n\n    i\n\n|a|\n|-|\n\n<div>\nx\n</div>\n\n%%\nc\n%%\n\n$$\nm\n$$\n\n[^1]: f\n\nSetext\n===\n";
    let expected = [
        "heading",
        "paragraph",
        "thematicBreak",
        "list",
        "blockquote",
        "callout",
        "code",
        "code",
        "table",
        "html",
        "comment",
        "math",
        "footnoteDefinition",
        "heading",
    ];
    assert_eq!(sections(text), expected);
}

#[test]
fn headings_lose_their_marks_and_ids() {
    let note = parse("#  One ##\n## C#\n### Three ^id\n####### seven\n#none\nTwo\n---\n");
    let headings: Vec<(u8, &str)> =
        note.headings.iter().map(|heading| (heading.level, heading.text.as_str())).collect();
    assert_eq!(headings, [(1, "One"), (2, "C#"), (3, "Three"), (2, "Two")]);
    assert_eq!(note.blocks[0].id, "id");
}

#[test]
fn block_ids_name_the_block_they_end() {
    let text = "para\nmore ^p-1\n\n- item ^i\n  - inner\n\n> quote ^q\n\n|a|\n|-|\n\n^table\n";
    let blocks: Vec<(String, &str)> =
        parse(text).blocks.into_iter().map(|block| (block.id, &text[block.range])).collect();
    let expected = [("p-1", "para\nmore ^p-1"), ("i", "- item ^i"), ("q", "> quote ^q"), ("table", "|a|\n|-|")];
    let expected: Vec<(String, &str)> = expected.map(|(id, text)| (id.to_owned(), text)).into();
    assert_eq!(blocks, expected);
}

#[test]
fn tasks_have_any_status() {
    let tasks: Vec<Option<char>> = parse("- [ ] a\n- [x] b\n- [/] c\n* [é] d\n1. [-] e\n- [f](g)\n- [ ]h")
        .list_items
        .iter()
        .map(|item| item.task)
        .collect();
    assert_eq!(tasks, [Some(' '), Some('x'), Some('/'), Some('é'), Some('-'), None, None]);
}

#[test]
fn properties_give_aliases_tags_and_dates() {
    let note = parse(
        "---\naliases: [A, \"B c\", '']\nalias: D\ntags:\n  - '#x'\n  - y/z\n  - 12\ntag: w\ncreated: 2024-02-29T12:00:01+02:00\nn: 1.5\nnested: {a: [b]}\nempty:\n---\n#x #v\n",
    );
    assert_eq!(note.frontmatter_error, None);
    assert_eq!(note.aliases(), ["A", "B c", "D"]);
    assert_eq!(note.all_tags(), ["x", "y/z", "w", "v"]);
    assert_eq!(note.created(), Some(1_709_200_801_000_000_000));
    let pairs = note.properties_text();
    assert!(
        pairs.contains(&("n", "1.5".to_owned()))
            && pairs.contains(&("nested", "b".to_owned()))
            && pairs.contains(&("empty", String::new()))
    );
}

#[test]
fn bad_front_matter_leaves_the_body() {
    let check = |yaml: &str| -> Note {
        let note = parse(&format!("---\n{yaml}\n---\n# Body\n"));
        assert_eq!(note.headings.len(), 1, "{yaml}");
        note
    };
    let broken = check("good: 1\nbad: [a\nc: \"d");
    assert!(broken.frontmatter_error.is_some());
    assert_eq!(broken.properties[0].key, "good");
    assert_eq!(check("a: !!python/object:os.system x").properties.len(), 1);
    assert_eq!(check("a: 1\na: 2").properties.len(), 1);
    assert!(check("just words").frontmatter_error.is_some());
    assert!(check(&"a: b\n".repeat(300_000)).frontmatter_error.is_some());
    assert_eq!(parse("---\na: b\n").frontmatter, None);
}

#[test]
fn prose_leaves_out_drawings_and_encoded_data() {
    let blob = "iVBORw0KGgo9".repeat(60);
    let text = format!(
        "---\na: b\n---\nbefore ![x](data:image/png;base64,{blob}) `code` %% comment %%\n{blob}\n```compressed-json\nN4KA\n```\nafter {}",
        "漢字".repeat(400)
    );
    let prose = prose(&text);
    for word in ["before", "code", "comment", "after", "漢字"] {
        assert!(prose.contains(word), "{word}");
    }
    for noise in ["iVBOR", "N4KA", "a: b"] {
        assert!(!prose.contains(noise), "{noise}");
    }
}

#[test]
fn canvas_base_and_excalidraw_are_read_as_what_they_are() {
    let read = canvas::canvas(r##"{"nodes":[{"type":"text","text":"# Card\n[[a]] #t"},{"file":"b.md","subpath":"#c"},{"label":"Group"},{"url":"https://x.y"}],"edges":[{"label":"edge"}]}"##).expect("canvas");
    assert_eq!(read.note.headings[0].text, "Card");
    assert_eq!(&read.text[read.note.headings[0].range.clone()], "# Card");
    let targets: Vec<&str> = read.note.links.iter().map(|link| link.target.as_str()).collect();
    assert_eq!(targets, ["a", "b.md", "https://x.y"]);
    assert!(read.text.contains("Group") && read.text.contains("edge"));
    assert!(canvas::canvas("{").is_err() && canvas::canvas("").is_ok());
    let base = canvas::base("filters: x.contains(\"Books\")\nviews:\n  - name: Top rated\n").expect("base");
    assert!(base.text.contains("Top rated") && base.text.contains("Books"));
    assert!(canvas::base("a: [").is_err());
    let drawing = "---\nexcalidraw-plugin: parsed\n---\n# Excalidraw Data\n## Text Elements\nHello [[a]] ^abcd1234\n\n%%\n## Drawing\n```compressed-json\nN4\n```\n%%\n";
    let read = canvas::excalidraw(drawing).expect("drawing");
    let words: Vec<&str> = read.note.prose.iter().map(|range| &read.text[range.clone()]).collect();
    assert_eq!(words, ["Hello [[a]]"]);
    assert_eq!(read.note.links.len(), 1);
    assert!(canvas::excalidraw("plain").is_err());
}

#[test]
fn offsets_agree_with_a_slow_reference() {
    arbtest::arbtest(|source| {
        let mut text = String::new();
        for _ in 0..source.int_in_range(0..=30)? {
            text.push_str(source.choose(&[
                "a",
                "é",
                "e\u{301}",
                "👩\u{200d}👧",
                "漢",
                "\n",
                "\r\n",
                "\r",
                "\t",
                "🎉",
            ])?);
        }
        let offsets = Offsets::new(&text);
        assert_eq!(offsets.lines(), text.matches('\n').count() + 1);
        for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let units = text[..byte].encode_utf16().count();
            let line_start = text[..byte].rfind('\n').map_or(0, |at| at + 1);
            let position = Position {
                line: text[..byte].matches('\n').count(),
                column: text[line_start..byte].encode_utf16().count(),
            };
            assert_eq!(offsets.utf16(byte), units);
            assert_eq!(offsets.position(byte), position);
            assert_eq!(offsets.byte_of_utf16(units), byte);
            assert_eq!(offsets.byte(position), byte);
        }
        Ok(())
    });
}
