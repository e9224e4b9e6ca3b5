//! The parser against what Obsidian itself says of real notes: `CachedMetadata` captured by the Obsidian Tasks project.

use std::collections::BTreeMap;
use std::path::PathBuf;

use librarian_native::note::{Link, LinkKind, Note, parse};
use serde_json::Value;

/// Every difference that is known and left, as (file, kind, what Obsidian says or what we say instead), with the reason.
const EXPLAINED: &[(&str, &str, &str, &str)] = &[];

/// kind → (equal, all that Obsidian lists).
type Score = BTreeMap<&'static str, (usize, usize)>;

fn corpus() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    let folder = cache.join("vault-librarian-corpora/parser-vaults/parser/obsidian-tasks-testdata/__test_data__");
    folder.is_dir().then_some(folder)
}

/// UTF-16 offset of every byte offset, the slow obvious way.
fn utf16(text: &str, byte: usize) -> usize {
    text[..byte].encode_utf16().count()
}

/// `start:line:col-end:line:col` as Obsidian writes positions.
fn ours(text: &str, range: &std::ops::Range<usize>) -> String {
    let point = |byte: usize| {
        let line = text[..byte].matches('\n').count();
        let column = utf16(text, byte) - text[..byte].rfind('\n').map_or(0, |at| utf16(text, at + 1));
        format!("{}:{line}:{column}", utf16(text, byte))
    };
    format!("{}-{}", point(range.start), point(range.end))
}

fn theirs(entry: &Value) -> String {
    let point = |name: &str| {
        let point = &entry["position"][name];
        format!("{}:{}:{}", point["offset"], point["line"], point["col"])
    };
    format!("{}-{}", point("start"), point("end"))
}

fn link_text(link: &Link) -> String {
    match &link.subpath {
        Some(subpath) => format!("{}#{subpath}", link.target),
        None => link.target.clone(),
    }
}

/// What Obsidian shows for a link without a text of its own.
fn display(link: &Link) -> String {
    let derived = || link_text(link).trim_start_matches('#').replace('#', " > ");
    link.display.clone().unwrap_or_else(derived)
}

fn expected(data: &Value) -> BTreeMap<&'static str, Vec<String>> {
    let list = |name: &str| data[name].as_array().cloned().unwrap_or_default();
    let string = |entry: &Value, name: &str| entry[name].as_str().unwrap_or("").to_owned();
    let link =
        |entry: &Value| format!("{} {} | {}", theirs(entry), string(entry, "link"), string(entry, "displayText"));
    BTreeMap::from([
        (
            "heading",
            list("headings")
                .iter()
                .map(|entry| format!("{} {} {}", theirs(entry), entry["level"], string(entry, "heading")))
                .collect(),
        ),
        ("tag", list("tags").iter().map(|entry| format!("{} {}", theirs(entry), string(entry, "tag"))).collect()),
        ("link", list("links").iter().map(link).collect()),
        ("embed", list("embeds").iter().map(link).collect()),
        (
            "property link",
            list("frontmatterLinks")
                .iter()
                .map(|entry| format!("{} | {}", string(entry, "link"), string(entry, "displayText")))
                .collect(),
        ),
        (
            "section",
            list("sections")
                .iter()
                .map(|entry| format!("{} {} {}", theirs(entry), string(entry, "type"), string(entry, "id")))
                .collect(),
        ),
        (
            "list item",
            list("listItems")
                .iter()
                .map(|entry| {
                    format!("{} {} {} {}", theirs(entry), entry["parent"], string(entry, "task"), string(entry, "id"))
                })
                .collect(),
        ),
        (
            "block",
            data["blocks"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(_, entry)| format!("{} {}", theirs(entry), string(entry, "id")))
                .collect(),
        ),
    ])
}

fn found(text: &str, note: &Note) -> BTreeMap<&'static str, Vec<String>> {
    let position = |range| ours(text, range);
    let id = |id: &Option<String>| id.clone().unwrap_or_default();
    let links = |kinds: [LinkKind; 2]| {
        let internal = note.links.iter().filter(move |link| kinds.contains(&link.kind) && !link.external);
        internal.map(|link| format!("{} {} | {}", position(&link.range), link_text(link), display(link))).collect()
    };
    let properties = note.links.iter().filter(|link| link.kind == LinkKind::Property);
    BTreeMap::from([
        (
            "heading",
            note.headings
                .iter()
                .map(|heading| format!("{} {} {}", position(&heading.range), heading.level, heading.text))
                .collect(),
        ),
        ("tag", note.tags.iter().map(|tag| format!("{} #{}", position(&tag.range), tag.name)).collect()),
        ("link", links([LinkKind::Wiki, LinkKind::Markdown])),
        ("embed", links([LinkKind::WikiEmbed, LinkKind::MarkdownEmbed])),
        ("property link", properties.map(|link| format!("{} | {}", link_text(link), display(link))).collect()),
        (
            "section",
            note.sections
                .iter()
                .map(|section| format!("{} {} {}", position(&section.range), section.kind, id(&section.id)))
                .collect(),
        ),
        (
            "list item",
            note.list_items
                .iter()
                .map(|item| {
                    format!(
                        "{} {} {} {}",
                        position(&item.range),
                        item.parent,
                        item.task.map_or(String::new(), String::from),
                        id(&item.id)
                    )
                })
                .collect(),
        ),
        ("block", note.blocks.iter().map(|block| format!("{} {}", position(&block.range), block.id)).collect()),
    ])
}

/// A property as JSON, to compare it with Obsidian's reading of the YAML.
fn json(value: &librarian_native::note::Value) -> Value {
    use librarian_native::note::Value as Property;
    match value {
        Property::Null => Value::Null,
        Property::Bool(truth) => Value::Bool(*truth),
        Property::Number(number) => serde_json::json!(number),
        Property::Text(text) => Value::String(text.clone()),
        Property::List(items) => Value::Array(items.iter().map(json).collect()),
        Property::Map(pairs) => Value::Object(pairs.iter().map(|(key, value)| (key.clone(), json(value))).collect()),
    }
}

/// Numbers compare as floating point: JSON `1` is our `1.0`.
fn floats(value: &Value) -> Value {
    match value {
        Value::Number(number) => serde_json::json!(number.as_f64()),
        Value::Array(items) => Value::Array(items.iter().map(floats).collect()),
        Value::Object(pairs) => Value::Object(pairs.iter().map(|(key, value)| (key.clone(), floats(value))).collect()),
        other => other.clone(),
    }
}

fn compare(file: &str, data: &Value, score: &mut Score, unexplained: &mut Vec<String>) {
    let text = data["fileContents"].as_str().expect("fileContents");
    let note = parse(text);
    let found = found(text, &note);
    for (kind, wanted) in expected(&data["cachedMetadata"]) {
        let got = &found[kind];
        let entry = score.entry(kind).or_default();
        entry.1 += wanted.len();
        entry.0 += wanted.iter().filter(|one| got.contains(one)).count();
        let missing = wanted.iter().filter(|one| !got.contains(one)).map(|one| format!("missing {one}"));
        let extra = got.iter().filter(|one| !wanted.contains(one)).map(|one| format!("extra {one}"));
        for difference in missing.chain(extra) {
            let explained =
                EXPLAINED.iter().any(|(name, of, what, _)| (*name, *of, *what) == (file, kind, &difference));
            if !explained {
                unexplained.push(format!("{file}: {kind}: {difference}"));
            }
        }
    }
    let wanted: BTreeMap<String, Value> = data["cachedMetadata"]["frontmatter"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), floats(value)))
        .collect();
    let got: BTreeMap<String, Value> = note.properties.iter().map(|one| (one.key.clone(), json(&one.value))).collect();
    let entry = score.entry("property").or_default();
    entry.1 += wanted.len();
    entry.0 += wanted.iter().filter(|(key, value)| got.get(*key) == Some(value)).count();
    if wanted != got {
        unexplained.push(format!("{file}: properties: {wanted:?} is not {got:?}"));
    }
    let wanted: Vec<String> =
        data["getAllTags"].as_array().into_iter().flatten().filter_map(|tag| tag.as_str()).map(str::to_owned).collect();
    let mut unique: Vec<String> = Vec::new();
    wanted.into_iter().for_each(|tag| {
        if !unique.contains(&tag) {
            unique.push(tag)
        }
    });
    let got: Vec<String> = note.all_tags().into_iter().map(|tag| format!("#{tag}")).collect();
    if unique != got {
        unexplained.push(format!("{file}: all tags: {unique:?} is not {got:?}"));
    }
}

#[test]
fn real_notes_read_as_obsidian_reads_them() {
    let Some(folder) = corpus() else {
        eprintln!(
            "SKIPPED: the archive parser-vaults is not unpacked in the user cache (vault-librarian-corpora/parser-vaults)"
        );
        return;
    };
    let mut score = Score::new();
    let mut unexplained = Vec::new();
    let mut files = 0;
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("read folder").map(|entry| entry.expect("entry").path()).collect();
    names.sort();
    for path in names.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let data: Value = serde_json::from_slice(&std::fs::read(&path).expect("read")).expect("JSON");
        compare(&path.file_stem().expect("name").to_string_lossy(), &data, &mut score, &mut unexplained);
        files += 1;
    }
    assert_eq!(files, 89, "files of CachedMetadata");
    for (kind, (equal, all)) in &score {
        println!("{kind:14} {equal:4} of {all:4} equal, {:.2} %", 100.0 * *equal as f64 / (*all).max(1) as f64);
    }
    assert!(unexplained.is_empty(), "{} unexplained differences:\n{}", unexplained.len(), unexplained.join("\n"));
    for (kind, (equal, all)) in score {
        assert!(equal * 100 >= all * 99, "{kind}: {equal} of {all}");
    }
}
