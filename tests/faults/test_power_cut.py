"""A power cut at any moment: what was settled is there and whole, and what is not whole is told and made again."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import pytest_asyncio

from librarian import _native
from librarian.ledger import Ledger
from librarian.vectors.lance import LanceVectors
from librarian.vectors.record import VectorRecord
from librarian.vectors.store import StoreUnreadable

from . import power

MODEL, WIDTH = "model", 8
ROUNDS = 12
"""In each of which some notes are put into copy and record; in every third the record is settled."""
NAME = "vectors/tier"

Contents = dict[str, tuple[bytes, tuple[bytes, ...]]]
"""Digest of every note, and of its passages."""


def rows(notes: dict[str, int]) -> pa.Table:
    """Two passages of each note, made of its path and version."""
    listed = [(path, version, ordinal) for path, version in notes.items() for ordinal in (0, 1)]
    vectors = np.array([vector(*each) for each in listed], dtype=np.float16)
    return pa.table({
        "path": pa.array([path for path, *_ in listed], pa.utf8()),
        "note": pa.array([digest(path, version, 32) for path, version, _ in listed], pa.binary(32)),
        "ordinal": pa.array([ordinal for *_, ordinal in listed], pa.uint32()),
        "digest": pa.array([digest(*each, 8) for each in listed], pa.binary(8)),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel(), pa.float16()), WIDTH),
    })  # fmt: skip


def digest(*parts: object) -> bytes:
    *about, size = parts
    return hashlib.blake2b(repr(about).encode(), digest_size=int(str(size))).digest()


def vector(*about: object) -> np.ndarray[Any, Any]:
    numbers = np.random.default_rng(int.from_bytes(digest(*about, 8), "little")).standard_normal(WIDTH)
    return numbers / np.linalg.norm(numbers)


class Story:
    """What was done on the watched disk, and how far it was when which state was kept."""

    def __init__(self, disk: power.Watched) -> None:
        self.disk = disk
        self.saved: list[tuple[int, dict[str, int]]] = []
        """(how many states there were, the notes that the copy had saved by then)."""
        self.settled: dict[str, dict[str, int]] = {}
        """The notes of the record by the fingerprint in its watermark."""


async def told(disk: power.Watched) -> Story:
    story, notes = Story(disk), dict[str, int]()
    folder = disk.mount / "tier"
    folder.mkdir()
    ledger = await Ledger.open(disk.mount / "ledger.sqlite")
    copy = _native.PassageVectors(folder, model=MODEL, dimensions=WIDTH)
    record = record_of(disk.mount, ledger)
    for number in range(ROUNDS):
        fresh = {f"{number}-{at}.md": number for at in range(4)} | ({f"{number - 1}-0.md": number} if number else {})
        copy.put(rows(fresh))
        notes |= fresh
        if number > 2:
            copy.put(None, [f"{number - 3}-1.md"])
            del notes[f"{number - 3}-1.md"]
        copy.save()
        story.saved.append((disk.count(), dict(notes)))
        if number % 3 == 2:
            story.settled[copy.fingerprint] = dict(notes)
            await record.follow(copy)
        else:
            await record.put(rows(fresh))
    await record.close()
    await ledger.close()
    return story


def record_of(folder: Path, ledger: Ledger) -> VectorRecord:
    return VectorRecord(
        folder / "tier" / "record", ledger, NAME, model=MODEL, dimensions=WIDTH, numbers="float16", threads=1
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with power.watched(tmp_path_factory.mktemp("power")) as disk:
        yield await told(disk)


def expected(notes: dict[str, int]) -> Contents:
    return {
        path: (digest(path, version, 32), tuple(digest(path, version, ordinal, 8) for ordinal in (0, 1)))
        for path, version in notes.items()
    }


def contents(batches: Any) -> Contents:
    """Also compares every vector with the one it should be."""
    found: Contents = {}
    for row in (row for batch in batches for row in batch.to_pylist()):
        note, digests = found.get(row["path"], (row["note"], ()))
        found[row["path"]] = (note, (*digests, row["digest"]))
        version = next(v for v in range(ROUNDS) if digest(row["path"], v, 32) == row["note"])
        assert float(np.dot(row["vector"], vector(row["path"], version, row["ordinal"]))) > 0.99, row["path"]
    return found


def watermark(state: Path) -> str | None:
    """The fingerprint that the record of a state is said to have."""
    if not (state / "ledger.sqlite").exists():
        return None
    with closing(sqlite3.connect(state / "ledger.sqlite")) as ledger:
        if not ledger.execute("select 1 from sqlite_master where name = 'watermarks'").fetchone():
            return None
        row = ledger.execute("select value from watermarks where name = ?", (NAME,)).fetchone()
    return json.loads(row[0])["fingerprint"] if row else None


@pytest.mark.parametrize("kind", power.KINDS)
def test_the_copy_has_what_it_had_saved_and_nothing_half(story: Story, kind: str) -> None:
    looked_at = 0
    for number, state in story.disk.after(kind):
        if not (state / "tier").is_dir():
            continue
        copy = _native.PassageVectors(state / "tier", model=MODEL, dimensions=WIDTH)
        paths = pa.table(copy.manifest())["path"].to_pylist()
        found = contents([pa.table(copy.rows(paths))])
        before = [notes for count, notes in story.saved if count <= number]
        after = [notes for count, notes in story.saved if count > number]
        assert found in [expected(notes) for notes in (before[-1:] or [{}]) + after[:1]], state.name
        looked_at += bool(found)
    assert looked_at > ROUNDS


@pytest.mark.parametrize("kind", power.KINDS)
def test_the_record_has_what_its_watermark_says_or_is_told_to_be_unreadable(story: Story, kind: str) -> None:
    whole = unreadable = 0
    for _, state in story.disk.after(kind):
        marked = watermark(state)
        if marked is None:
            continue
        settled, newest = story.settled[marked], story.saved[-1][1]
        try:
            found = contents(LanceVectors(state / "tier" / "record", MODEL, WIDTH).read(10))
        except StoreUnreadable:
            unreadable += 1
            continue
        for path in found | settled:
            # What was put after settling may be there as well, or not.
            later = range(settled.get(path, 0), ROUNDS)
            assert found.get(path) in [expected({path: version})[path] for version in later] or (
                path not in found and path not in newest
            ), (state.name, path)
        whole += 1
    assert whole > 3
    if kind == "strict":
        assert unreadable == 0


async def test_whatever_a_cut_left_is_made_whole_again(story: Story) -> None:
    for kind in power.KINDS:
        states = [(number, state) for number, state in story.disk.after(kind) if (state / "tier").is_dir()]
        for _, state in states[:: max(1, len(states) // 3)]:
            ledger = await Ledger.open(state / "ledger.sqlite")
            copy = _native.PassageVectors(state / "tier", model=MODEL, dimensions=WIDTH)
            copy.put(rows(story.saved[-1][1]))
            copy.put(None, sorted(set(pa.table(copy.manifest())["path"].to_pylist()) - set(story.saved[-1][1])))
            record = record_of(state, ledger)
            await record.follow(copy)
            assert await record.is_true_to(copy)
            await record.close()
            await ledger.close()
            store = LanceVectors(state / "tier" / "record", MODEL, WIDTH)
            assert contents(store.read(10)) == expected(story.saved[-1][1]), state.name
