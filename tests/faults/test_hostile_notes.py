"""Notes that nobody should write and somebody does: indexed or skipped with a reason, never altered, in linear time."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from . import vaults
from .product import SLOWNESS, sidecar

MEGABYTE = 1 << 20
TEXT_IS = "findme"

READABLE: dict[str, bytes] = {
    "empty.md": b"",
    "bom.md": b"\xef\xbb\xbf# findme\n",
    "mixed ends.md": b"---\r\ntags: [a]\n---\r# findme\r\n\r\rfindme\n\r\n- x\r",
    "nul.md": b"findme \0\0 and \0 more",
    "not utf-8.md": b"findme \xff\xfe\xc3( \x80 caf\xe9",
    "utf-16 little.md": b"\xff\xfe" + "findme \U0001f600 élan".encode("utf-16-le"),
    "utf-16 big.md": b"\xfe\xff" + "findme \U0001f600 élan".encode("utf-16-be"),
    "utf-16 odd.md": b"\xff\xfe" + "findme".encode("utf-16-le") + b"x",
    "unclosed.md": b"---\ntags: [a\nfindme: yes\n\n# findme\n",
    "python.md": b"---\nx: !!python/object/apply:os.system ['touch /tmp/owned']\n---\nfindme\n",
    "bomb.md": b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(
        f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n".encode()
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + b"---\nfindme\n",
    "deep.md": b"---\na: " + b"[" * 20_000 + b"\n---\nfindme\n",
    "quotes.md": b"> " * 20_000 + b"findme\n",
    "brackets.md": b"findme " + b"[[" * 100_000,
    "rtl.md": "findme \u202e\u200f אבג \u2067".encode(),
    "combining.md": b"findme e" + "\u0301".encode() * 50_000,
}
NAMES = [
    "new\nline.md",
    "emoji \U0001f468\u200d\U0001f469\u200d\U0001f467.md",
    "Cafe\u0301.md",
    "n" * 252 + ".md",
    "quote'\"%.md",
    " .md",
    "-.md",
]


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_passages(answer: dict[str, Any]) -> None:
    """Ranges lie within their passage, in order, and are not empty."""
    for hit in answer["hits"]:
        end_before = 0
        for start, end in hit["passage"]["ranges"]:
            assert end_before <= start < end <= units(hit["passage"]["text"]), hit
            end_before = end


async def test_every_hostile_note_is_indexed_and_left_as_it_is(tmp_path: Path) -> None:
    vault = vaults.make(tmp_path / "vault", 5)
    for name, content in READABLE.items():
        (vault / name).write_bytes(content)
    for name in NAMES:
        (vault / name).write_text("findme by name")
    before = vaults.contents(vault)
    async with sidecar(tmp_path / "data", vault) as running:
        await running.settled()
        answer = await running.search(TEXT_IS)
        check_passages(answer)
        found = {hit["path"]: hit for hit in answer["hits"]}
        assert {*READABLE, *NAMES} - {"empty.md"} == set(found)
        for path in ("utf-16 little.md", "utf-16 big.md"):
            assert "élan" in found[path]["passage"]["text"]
        status = await running.status()
        assert status["skipped"] == []
        assert status["counts"]["notes"] == 5 + len(READABLE) + len(NAMES)
        assert await running.sql("select count(*) from notes where kind = 'note'") == [[status["counts"]["notes"]]]
        for path in READABLE:
            assert (await running.call("notes.outline", path=path))["path"] == path
        for query in ("empty", "emoji", "cafe"):
            check_passages(await running.search(query))
    assert vaults.contents(vault) == before
    assert not Path("/tmp/owned").exists()


async def test_what_is_no_note_is_skipped_with_a_reason(tmp_path: Path) -> None:
    vault = vaults.make(tmp_path / "vault", 5)
    os.mkfifo(vault / "pipe.md")
    (vault / "loop.md").symlink_to("loop.md")
    (vault / "dangling.md").symlink_to("nowhere.md")
    (vault / "around").symlink_to(vault)
    (vault / "folder.md").mkdir()
    (vault / "folder.md" / "Inner.md").write_text("findme inside")
    with (vault / "huge.md").open("wb") as file:
        file.write(b"findme " * (50 * MEGABYTE // 7))
    bad = os.fsencode(vault) + b"/bad\xff\xfename.md"
    Path(os.fsdecode(bad)).write_bytes(b"findme")
    async with sidecar(tmp_path / "data", vault) as running:
        await running.settled()
        status = await running.status()
        reasons = {row["path"]: row["reason"] for row in status["skipped"]}
        assert reasons.pop("pipe.md") == "not a regular file"
        assert "link" in reasons.pop("loop.md")
        assert "link" in reasons.pop("dangling.md")
        assert "larger" in reasons.pop("huge.md")
        assert "link" in reasons.pop("around", "a link")
        assert ["Unicode" in reason for reason in reasons.values()] == [True]
        assert await running.found(TEXT_IS) == ["folder.md/Inner.md"]
        coverage = (await running.search(TEXT_IS))["coverage"]
        assert coverage["searched"] + coverage["skipped"] == coverage["notes"] == status["counts"]["notes"]
        # A pipe that takes a note's place while we look does not hold anything up.
        (vault / "folder.md" / "Inner.md").unlink()
        os.mkfifo(vault / "folder.md" / "Inner.md")
        await running.search(TEXT_IS)
        await running.changed("folder.md/Inner.md")
        assert await running.found(TEXT_IS) == []
    assert os.path.getsize(vault / "huge.md") == 50 * MEGABYTE // 7 * 7


GROWING = {
    "one line": (lambda size: b"findme lorem ipsum " * (size // 19), MEGABYTE),
    "one word": (lambda size: b"findme " + b"x" * size, MEGABYTE),
    "links": (lambda size: b"findme " + b"[[" * (size // 2), MEGABYTE // 5),
    "closed links": (lambda size: b"findme " + b"[[a|b]] " * (size // 8), MEGABYTE // 2),
    "emphasis": (lambda size: b"findme " + b"*a **b " * (size // 7), MEGABYTE // 2),
    "tags": (lambda size: b"findme " + b"#a/b " * (size // 5), MEGABYTE // 2),
    "headings": (lambda size: b"# findme\n" * (size // 9), MEGABYTE // 2),
    "comments": (lambda size: b"findme " + b"%% " * (size // 3), MEGABYTE // 2),
    "nested list": (
        lambda size: b"findme\n" + b"".join(b" " * (n % 200) + b"- x\n" for n in range(size // 100)),
        MEGABYTE // 2,
    ),
    "table": (lambda size: b"|a|findme|\n|-|-|\n" + b"|x|y|\n" * (size // 6), MEGABYTE // 2),
    "properties": (
        lambda size: b"---\n" + b"".join(b"k%d: [v, w]\n" % n for n in range(size // 14)) + b"---\nfindme\n",
        MEGABYTE // 5,
    ),
    "cjk": (lambda size: ("findme " + "漢字かな" * (size // 12)).encode(), MEGABYTE // 2),
}


@pytest.fixture(scope="module")
def growth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return vaults.make(tmp_path_factory.mktemp("growth") / "vault", 3)


async def test_time_grows_with_the_size_and_not_faster(growth: Path) -> None:
    """10 × input in at most 12 × time; what is too quick to be measured gets half a second on top."""
    told = {}
    async with sidecar(growth.parent / "data", growth) as running:
        await running.settled()
        for name, (make, size) in GROWING.items():
            took = []
            for factor in (1, 10):
                path = growth / f"{name} {factor}.md"
                path.write_bytes(make(size * factor))
                started = time.monotonic()
                await running.changed(path.name)
                check_passages(await running.search("findme"))
                took.append(time.monotonic() - started)
                assert path.name in await running.found("findme")
                path.unlink()
                await running.changed(path.name, kind="deleted")
            told[name] = took
    too_slow = {name: took for name, took in told.items() if took[1] > 12 * took[0] + 0.1 * SLOWNESS}
    assert not too_slow, told
