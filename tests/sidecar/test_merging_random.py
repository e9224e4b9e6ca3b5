"""Random vaults, merged and taken back, against what plain reading says: no word lost, no link broken, no byte off."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from test_resolving import contents, opened, undone
from unions import Vault, outcome

from librarian import _native
from librarian.duplicate import ToldGroup
from librarian.edit import BOM, Edit, Rewrite, reverted, rewritten, step_of
from librarian.merging.proposal import Action, Known, Proposal
from librarian.resolving import Group, Resolving

PATHS = ("Marsh.md", "Inbox/Marsh.md", "Inbox/Old marsh.md", "a/b/Dyke & dam.md", "a/Möwe (rot).md", "Index.md")
CANVAS, BASE = "Board.canvas", "Views.base"
FILES = ("pic.png", "Inbox/pic.png", "a/Paper.pdf")
HEADINGS = ("Birds", "Plants: reeds", "Birds", "Über Möwen", "Log")
IDS = ("abc", "x-1", "ABC", "q")


ODD: list[Callable[[str, str], str]] = [
    lambda one, two: f"Title {one}\n===",
    lambda one, two: f"Below {one}\n---\n{two}",
    lambda one, two: f"    indented {one}\n\n    code",
    lambda one, two: f"%%\n{one}\n\n# {two}\n%%",
    lambda one, two: f"$$\n{one}\n$$",
    lambda one, two: f"<div>\n{one}\n</div>",
    lambda one, two: f"<!-- {one}\n\n{two} -->",
    lambda one, two: f"1) {one}\n\n2) {two}\n\n   more of it {one}\n3) {one}",
    lambda one, two: f"+ {one}\n  > quoted {two}\n+ {one}\n  ```\n  {one}\n  ```",
    lambda one, two: f"> {one}\n{two}",
    lambda one, two: f"[^1]: {one}\n    {two}\n\n    second {one}",
    lambda one, two: f"## {one} ##",
    lambda one, two: f"{one}\n- tight {two}\n# Birds\n{one}",
]


def word(dice: Random) -> str:
    return f"w{dice.randrange(60)}"


def words(dice: Random) -> str:
    return " ".join(word(dice) for _ in range(dice.randint(1, 12)))


def spellings(path: str) -> list[str]:
    """Ways to write a link's target."""
    name = path.rsplit("/", 1)[-1]
    whole = [path, name]
    return whole + [each.removesuffix(".md") for each in whole if each.endswith(".md")]


TARGETS = [*(each for path in (*PATHS, *FILES) for each in spellings(path)), "Nowhere", ""]
PARTS = ["", "", "", *(f"#{heading}" for heading in HEADINGS), *(f"#^{name}" for name in IDS), "#None"]


def encoded(text: str) -> str:
    return text.replace("%", "%25").replace(" ", "%20").replace("(", "%28").replace(")", "%29")


def link(dice: Random) -> str:
    target, part = dice.choice(TARGETS), dice.choice(PARTS)
    shown, bang = dice.choice(["", "", "shown w7"]), dice.choice(["", "", "!"])
    if not target + part:
        return "plain"
    match dice.randrange(5):
        case 0 | 1:
            return f"{bang}[[{target}{part}{'|' + shown if shown else ''}]]"
        case 2:
            return f"{bang}[{shown or 'text'}]({encoded(target)}{encoded(part)})"
        case 3:
            return f"[{shown}](<{target}{part}>)"
    return f"[up](../{encoded(target)})" if target else "plain"


def inline(dice: Random) -> str:
    pieces = [words, words, link, lambda dice: dice.choice(["`[[Marsh]]`", "[^1]", "[^n]", "#tag/w9", "é👩‍🚀"])]
    return " ".join(dice.choice(pieces)(dice) for _ in range(dice.randint(1, 4)))


def block(dice: Random) -> str:  # noqa: PLR0911  # one a kind
    text = inline(dice)
    mark = dice.choice(["", "", "", *(f" ^{name}" for name in IDS)])
    kinds = ["text", "text", "heading", "list", "list", "table", "code", "callout", "note", "rule", "own", "odd"]
    match dice.choice(kinds):
        case "text":
            return f"{text}{mark}"
        case "heading":
            return f"{'#' * dice.randint(1, 4)} {dice.choice(HEADINGS)}{mark}"
        case "list":
            bullet = dice.choice(["-", "*", "1."])
            nested = f"\n    - {words(dice)}" if dice.random() < 0.5 else ""
            return f"{bullet} {text}{mark}\n{bullet} {inline(dice)}{nested}\n{bullet} [ ] {words(dice)}"
        case "table":
            cell = text.replace("|", "\\|")
            return f"| {cell} | b |\n|---|---|\n| {words(dice)} | c |"
        case "code":
            return f"```py\n{words(dice)} [[Marsh]]\n\n# no heading\n```"
        case "callout":
            return f"> [!note] {words(dice)}\n> {text}"
        case "note":
            return f"[^{dice.choice('1n')}]: {text}"
        case "rule":
            return "---"
        case "odd":
            return dice.choice(ODD)(words(dice), text)
    return f"{text}\n\n^{dice.choice(IDS)}"


def properties(dice: Random) -> str:
    target, tags = dice.choice(TARGETS) or "Marsh", dice.sample(["a", "A/b", "c-d", "2024", "w1"], 2)
    lines = [
        dice.choice([f"tags: [{', '.join(tags)}]", "tags:" + "".join(f"\n  - {tag}" for tag in tags), "tags: w3, w4"]),
        dice.choice(["aliases: One", "aliases:\n- \"a | b\"\n- 'it''s: w5'", "aliases:", "aliases: []"]),
        f"status: {dice.choice(['done', '1', 'true', '2024-01-02', 'null', '', 'w8 # why w9'])}",
        dice.choice([f'up: "[[{target}]]"', f"up:\n  - '[[{target}|w6]]'\n  - w7", f"up: see [[{target}]] w2"]),
        f"more: {{a: {word(dice)}}}",
    ]
    return "---\n" + "".join(f"{line}\n" for line in lines if dice.random() < 0.5) + "---\n"


def note(dice: Random) -> bytes:
    text = properties(dice) if dice.random() < 0.5 else ""
    if dice.random() < 0.5:
        text += f"# {dice.choice(['Marsh', 'Another title', 'Marsh draft'])}\n"
    for _ in range(dice.randrange(8)):
        piece = block(dice)
        text += (piece if text or piece != "---" else words(dice)) + dice.choice(["\n\n", "\n\n", "\n\n\n"])
    if dice.random() < 0.2:
        text += dice.choice(["```\nopen " + words(dice), "<!-- open " + words(dice), "~~~~\n" + words(dice) + "\n~~~"])
    text = text.rstrip("\n") + dice.choice(["", "\n"])
    if dice.random() < 0.2:
        text = text.replace("\n", "\r\n")
    return dice.choice([b"", b"", BOM]) + text.encode()


def canvas(dice: Random) -> bytes:
    nodes = [{"type": "text", "text": inline(dice) + "\n" + block(dice)} for _ in range(dice.randrange(3))]
    nodes += [
        {"type": "file", "file": dice.choice((*PATHS, *FILES)), "subpath": dice.choice(PARTS)}
        for _ in range(dice.randrange(4))
    ]
    return json.dumps(
        {"nodes": nodes, "edges": []}, ensure_ascii=dice.random() < 0.5, indent=dice.choice([None, "\t"])
    ).encode()


def base(dice: Random) -> bytes:
    names = [dice.choice(TARGETS) or "x" for _ in range(3)]
    return f"filters:\n  and:\n    - file.hasLink('{names[0]}')\n    - 'link(\"{names[1]}\")'\nnote: '[[{names[2]}]]'\n".encode()


def kin(dice: Random) -> Vault:
    """A vault in which some notes begin with the text of another."""
    vault = {path: note(dice) for path in PATHS} | {path: b"\x89" for path in FILES}
    vault[CANVAS], vault[BASE] = canvas(dice), base(dice)
    for path in dice.sample(PATHS[1:], dice.randrange(4)):
        vault[path] = vault[PATHS[0]] + dice.choice([b"", b"\n\nw99 more", b"\n\n## Birds\n\n- w98 ^abc\n"])
    return vault


def text_of(content: bytes) -> str:
    return content.removeprefix(BOM).decode()


@dataclass
class Seen:
    """A note as this test reads it."""

    words: set[str]
    blocks: Counter[tuple[str, str]]
    leads: list[tuple[str | None, str | None]]
    """Where each link leads, and its part where that is a place in the note."""
    front: dict[str, Any]


def said(text: str) -> str:
    """The words of these tests in a text."""
    return " ".join(re.findall(r"\bw\d+", text))


def read(path: str, content: bytes, vault: Vault) -> Seen:
    text = text_of(content)
    found = _native.anatomy(text)
    resolver = _native.Resolver(list(vault))
    front: dict[str, Any] = {}
    if found["frontmatter"]:
        start, end = found["frontmatter"][1]
        with contextlib.suppress(yaml.YAMLError):  # it is stricter than the core about what no person types
            front = yaml.safe_load(text[start:end]) or {}
    pieces = Counter(
        (kind, said(text[start:end])) for kind, (start, end) in found["sections"] if kind not in ("list", "heading")
    )
    pieces.update(("item", said(text[start:end])) for _, (start, end) in found["items"])
    leads = [
        (path if not link["target"] else resolver.resolve(path, link["target"]), link["subpath"])
        for link in found["links"]
        if not link["external"]
    ]
    targets = [found for value in strings(front) for found, *_ in _native.wikilinks(value)]
    leads += [(resolver.resolve(path, target), None) for target in targets]
    return Seen(set(re.findall(r"\bw\d+", text)), pieces, leads, front)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


def has_place(content: bytes, subpath: str) -> bool:
    found = _native.anatomy(text_of(content))
    if subpath.startswith("^"):
        return subpath[1:].lower() in {name.lower() for name, *_ in found["ids"]}
    plain = {re.sub(r"[:\s]+", " ", text).strip().lower() for _, text, _ in found["headings"]}
    return re.sub(r"[:\s]+", " ", subpath).strip().lower() in plain


def named(content: bytes, subpath: str) -> set[str]:
    """The words of the first block with an id."""
    text = text_of(content)
    found = _native.anatomy(text)["ids"]
    ranges = [place for name, _, place in found if name.lower() == subpath[1:].lower()]
    return set(said(text[ranges[0][0] : ranges[0][1]]).split()) if ranges else set()


def check_led(vault: Vault, after: Vault, keeper: str, losers: list[str], action: Action) -> None:
    """Links of all notes but those of the merge lead on."""
    for path in PATHS:
        if path == keeper or path in losers:
            continue
        old, new = read(path, vault[path], vault), read(path, after[path], after)
        assert old.words <= new.words
        for (was, part), (now, new_part) in zip(old.leads, new.leads, strict=True):
            assert now == (keeper if was in losers else was), (path, was, now)
            if was not in losers or not part or not has_place(vault[str(was)], part):
                continue
            if new_part:
                assert has_place(after[keeper], new_part), (path, part, new_part)
            if part.startswith("^") and action != "trash":
                assert new_part
                assert named(vault[str(was)], part) <= named(after[keeper], new_part), (path, part, new_part)


def check_files(vault: Vault, after: Vault, keeper: str, losers: list[str]) -> None:
    """Canvases and Bases lead on, and else say what they said."""
    old, new = (json.loads(files[CANVAS])["nodes"] for files in (vault, after))
    resolvers = [_native.Resolver(list(files)) for files in (vault, after)]
    for before, now in zip(old, new, strict=True):
        if "file" in before:
            assert now["file"] == (keeper if before["file"] in losers else before["file"])
            continue
        ends = []
        for node, resolver in zip((before, now), resolvers, strict=True):
            found = [link["target"] for link in _native.anatomy(node["text"])["links"] if not link["external"]]
            ends.append([resolver.resolve(CANVAS, target) for target in found])
        assert ends[1] == [keeper if end in losers else end for end in ends[0]]
    before_names, names = (
        re.findall(r"(?:\(['\"]|\[\[)(.*?)(?:['\"]\)|[|\]])", files[BASE].decode()) for files in (vault, after)
    )
    ends = [resolvers[0].resolve(BASE, name) for name in before_names]
    assert [resolvers[1].resolve(BASE, name) for name in names] == [keeper if end in losers else end for end in ends]


def outline(content: bytes) -> set[tuple[str, tuple[str, ...]]]:
    """The words of every block but headings, with the headings that it stands under."""
    text = text_of(content)
    found = _native.anatomy(text)
    levels = {start: (level, title) for level, title, (start, _) in found["headings"]}
    above: list[tuple[int, str]] = []
    seen = set()
    for _, (start, end) in found["sections"]:
        if start in levels:
            above = [each for each in above if each[0] < levels[start][0]] + [levels[start]]
        else:
            seen.add((said(text[start:end]), tuple(title for _, title in above)))
    return seen


def notes_of(content: bytes) -> set[tuple[str, str]]:
    """The words of every block, with those of each footnote that it refers to and that is told once."""
    text = text_of(content)
    found = _native.anatomy(text)
    blocks = [(start, end) for kind, (start, end) in found["sections"] if kind not in ("list", "footnoteDefinition")]
    told = Counter(label.lower() for label, _, defines in found["footnotes"] if defines)
    texts = {
        label.lower(): said(text[start:end])
        for label, (place, _), defines in found["footnotes"]
        for _, (start, end) in found["sections"]
        if defines and start == place and told[label.lower()] == 1
    }
    return {
        (said(text[start:end]), texts[label.lower()])
        for label, (place, _), defines in found["footnotes"]
        for start, end in blocks
        if not defines and start <= place < end and label.lower() in texts
    }


def told_twice(vault: Vault, paths: tuple[str, ...]) -> set[str]:
    """Footnotes that a note tells twice, which nobody can tell apart."""
    labels = [
        Counter(label.lower() for label, _, defines in _native.anatomy(text_of(vault[path]))["footnotes"] if defines)
        for path in paths
    ]
    return {label for counted in labels for label, count in counted.items() if count > 1}


def check_kept(vault: Vault, after: Vault, keeper: str, losers: list[str]) -> None:
    """The keeper has all words, blocks, links and properties."""
    now = read(keeper, after[keeper], after)
    for path in (keeper, *losers):
        old = read(path, vault[path], vault)
        assert old.words <= now.words
        assert not set(old.blocks) - set(now.blocks), (path, set(old.blocks) - set(now.blocks))
        assert notes_of(vault[path]) <= notes_of(after[keeper]) or len(told_twice(vault, (keeper, *losers)))
        leads = {keeper if was in losers else was for was, _ in old.leads if was}
        assert leads <= {lead for lead, _ in now.leads} | {keeper}
    lists = {kind for kind, _ in _native.anatomy(text_of(vault[keeper]))["sections"]} & {"list", "code"}
    if not lists:  # what is added to a list is a part of it, and so are two codes that follow each other
        assert outline(vault[keeper]) <= outline(after[keeper]), outline(vault[keeper]) - outline(after[keeper])
    mine = read(keeper, vault[keeper], vault).front
    for key, value in mine.items():
        if value not in (None, [], "") and not isinstance(value, list) and key not in ("tags", "aliases", "up"):
            assert now.front[key] == value
        elif isinstance(value, list) and key != "up":
            assert now.front[key][: len(value)] == value
    ids = [name.lower() for name, *_ in _native.anatomy(text_of(after[keeper]))["ids"]]
    olds = [name.lower() for path in (keeper, *losers) for name, *_ in _native.anatomy(text_of(vault[path]))["ids"]]
    if len(olds) == len(set(olds)):
        assert len(ids) == len(set(ids))


def check_only_added(vault: Vault, after: Vault, keeper: str) -> None:
    """All lines of the keeper without links stand in it as they did, line ends and all, in order."""
    lines = iter(after[keeper].removeprefix(BOM).splitlines(keepends=True))
    for line in vault[keeper].removeprefix(BOM).splitlines(keepends=True):
        if b"[" not in line and b"^" not in line and line.strip() and not re.match(rb"\w+:", line):
            assert any(other.startswith(line.rstrip()) for other in lines), line
    assert after[keeper].startswith(BOM) == vault[keeper].startswith(BOM)
    if b"\r\n" in vault[keeper] and vault[keeper].count(b"\n") == vault[keeper].count(b"\r\n"):
        assert after[keeper].count(b"\n") == after[keeper].count(b"\r\n")


def check_undone(vault: Vault, after: Vault, edits: tuple[Edit, ...]) -> None:
    back = dict(after)
    for edit in edits:
        step = reverted(step_of(edit, vault[edit.path]))
        if isinstance(step.edit, Rewrite):
            back[edit.path] = rewritten(step.edit, after[edit.path])
        else:
            back[edit.path] = vault[edit.path]
    assert back == vault


def play(dice: Random) -> None:
    vault, action = kin(dice), cast(Action, dice.choice(["merge", "merge", "stub", "trash"]))
    keeper, *losers = dice.sample(PATHS, dice.randint(2, 4))
    edits = Proposal(vault.__getitem__, keeper, losers, action, Known(tuple(vault), (*PATHS, CANVAS), (BASE,))).edits()
    after = outcome(vault, edits)
    assert all((path in after) == (action == "stub") for path in losers)
    check_led(vault, after, keeper, losers, action)
    check_files(vault, after, keeper, losers)
    if action != "trash":
        check_kept(vault, after, keeper, losers)
        check_only_added(vault, after, keeper)
    check_undone(vault, after, edits)


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_random_merges_keep_every_word_and_break_no_link(seed: int) -> None:
    play(Random(seed))


async def play_in_library(folder: Path, dice: Random) -> None:
    """The same by the catalog, through the journal and the disk, and back."""
    vault, action = kin(dice), cast(Action, dice.choice(["merge", "stub", "trash"]))
    keeper, *losers = dice.sample(PATHS, dice.randint(2, 4))
    root = folder / "vault"
    for path, content in vault.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    async with opened(root) as found:
        resolving = Resolving(root, found.indexing, group=group_of(keeper, *losers), propose=found.edits.propose)
        plan = await resolving.plan("a group", keeper, action)
        done = await found.edits.apply(plan.plan_id, plan.confirmation)
        assert done.conflicts == ()
        after = outcome(vault, plan.edits)
        assert contents(root) == after
        catalog = await found.indexing.current_catalog()
        rows = await catalog.rows("SELECT path, resolved FROM links WHERE NOT external ORDER BY path, position")
        for path in PATHS:
            if path in after and path != keeper and path not in losers:
                leads = [lead for lead, _ in read(path, after[path], after).leads]
                assert sorted(map(str, leads)) == sorted(str(lead) for source, lead in rows if source == path)
        await undone(found, done.change_id or "")
        assert contents(root) == vault


def group_of(*paths: str) -> Group:
    """Says that these notes are a group, as duplicates would."""

    async def group(_id: str) -> ToldGroup:
        return ToldGroup("a group", "near", paths)

    return group


@settings(max_examples=12)
@given(st.integers(0, 2**32))
def test_random_merges_in_a_real_vault_are_found_by_the_catalog_and_taken_back_to_the_byte(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play_in_library(Path(folder), Random(seed)))
