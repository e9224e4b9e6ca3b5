"""What any store of vectors must do, asked of LanceDB in both its forms and of the slow and obvious one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sidecar.plain_vectors import PlainVectors

from librarian.vectors.lance import LanceVectors, condition, literal
from librarian.vectors.store import INDEXED_FROM_ROWS, RowsRefused, StoreUnreadable, VectorStore, Where

WIDTH = 16
Make = Callable[[], VectorStore]


def unit(seed: int) -> np.ndarray[Any, Any]:
    vector = np.random.default_rng(seed).standard_normal(WIDTH)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def rows(notes: dict[str, list[int]], *, width: int = WIDTH, vectors: Any = None) -> pa.Table:
    """Rows of notes whose passages have the vectors of these seeds."""
    listed = [(path, ordinal, seed) for path, seeds in notes.items() for ordinal, seed in enumerate(seeds)]
    numbers = np.array([unit(seed) for *_, seed in listed]) if vectors is None else vectors
    values = pa.array(np.asarray(numbers, dtype=np.float16).ravel(), pa.float16())
    return pa.table(
        {
            "path": pa.array([path for path, *_ in listed], pa.utf8()),
            "note": pa.array([version(path, notes[path]) for path, *_ in listed], pa.binary(32)),
            "ordinal": pa.array([ordinal for _, ordinal, _ in listed], pa.uint32()),
            "digest": pa.array([seed.to_bytes(8, "little") for *_, seed in listed], pa.binary(8)),
            "vector": pa.FixedSizeListArray.from_arrays(values, width),
        }
    )


def version(path: str, seeds: list[int]) -> bytes:
    return hashlib.blake2b(f"{path}{seeds}".encode(), digest_size=32).digest()


def contents(store: VectorStore) -> dict[str, tuple[bytes, tuple[int, ...]]]:
    """Digest and passages of every note, as reading gives them."""
    found: dict[str, tuple[bytes, tuple[int, ...]]] = {}
    for batch in store.read(5):
        for row in batch.to_pylist():
            digest, seeds = found.get(row["path"], (row["note"], ()))
            found[row["path"]] = (digest, (*seeds, int.from_bytes(row["digest"], "little")))
    return found


def expected(notes: dict[str, list[int]]) -> dict[str, tuple[bytes, tuple[int, ...]]]:
    return {path: (version(path, seeds), tuple(seeds)) for path, seeds in notes.items()}


@pytest.fixture(params=["plain", "float16", "int8"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes a store, or opens it again."""
    if request.param == "plain":
        plain = PlainVectors(WIDTH)
        return lambda: plain
    return lambda: LanceVectors(tmp_path / "store", "model", WIDTH, request.param)


NOTES = {"a.md": [1, 2, 3], "Ordner/b c.md": [4], "Ordner/it's.md": [5, 6]}


def test_what_was_put_is_read_again(make: Make) -> None:
    store = make()
    store.put(rows(NOTES))
    assert contents(store) == expected(NOTES)
    assert dict(zip(*(store.notes()[name].to_pylist() for name in ("path", "note")), strict=True)) == {
        path: digest for path, (digest, _) in expected(NOTES).items()
    }
    assert (store.size().notes, store.size().rows) == (3, 6)


def test_a_note_put_again_has_only_its_new_passages(make: Make) -> None:
    store = make()
    store.put(rows(NOTES))
    store.put(rows({"a.md": [7], "new.md": [8, 9]}))
    assert contents(store) == expected(NOTES | {"a.md": [7], "new.md": [8, 9]})


def test_removed_notes_are_gone_and_unknown_ones_no_error(make: Make) -> None:
    store = make()
    store.put(rows(NOTES))
    store.remove(["Ordner/it's.md", "nobody.md", "' OR '1'='1"])
    store.remove([])
    assert set(contents(store)) == {"a.md", "Ordner/b c.md"}


def test_the_nearest_passage_stands_for_its_note(make: Make) -> None:
    store = make()
    store.put(rows(NOTES))
    found = store.search(unit(6).tolist(), 2, Where())
    assert (found[0].path, found[0].ordinal) == ("Ordner/it's.md", 1)
    assert found[0].cosine == pytest.approx(1, abs=0.01)
    assert len(found) == 2
    assert found[0].cosine >= found[1].cosine


def test_a_search_in_an_empty_store_finds_nothing(make: Make) -> None:
    assert make().search(unit(1).tolist(), 5, Where()) == []


def test_notes_that_mean_nothing_are_kept_and_not_found(make: Make) -> None:
    store = make()
    store.put(rows({"zero.md": [1]}, vectors=np.zeros((1, WIDTH))))
    assert set(contents(store)) == {"zero.md"}
    assert store.search(unit(1).tolist(), 5, Where()) == []


def test_all_of_it_is_there_after_settling_and_opening_again(make: Make) -> None:
    store = make()
    for seed in range(12):
        store.put(rows({f"{seed}.md": [seed, seed + 100]}))
    settled = store.settle()
    again = make()
    assert again.size() == settled
    assert contents(again) == expected({f"{seed}.md": [seed, seed + 100] for seed in range(12)})


@pytest.mark.parametrize(
    ("vectors", "width"),
    [
        (np.full((1, WIDTH), np.nan), WIDTH),
        (np.full((1, WIDTH), np.inf), WIDTH),
        (np.full((1, WIDTH), 3.0), WIDTH),
        (np.full((1, WIDTH // 2), 0.35), WIDTH // 2),
    ],
    ids=["not a number", "infinite", "too long", "too few numbers"],
)
def test_rows_that_must_not_be_kept_are_refused_whole(make: Make, vectors: Any, width: int) -> None:
    store = make()
    store.put(rows(NOTES))
    with pytest.raises(RowsRefused):
        store.put(rows({"a.md": [1]}, vectors=vectors, width=width))
    assert contents(store) == expected(NOTES)


PATHS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    paths=st.lists(PATHS | st.sampled_from(["'", "''", "' OR 1=1 --", "%", "_", "\\", "a/'b'/c", "a/b", "a"]), min_size=1, max_size=6, unique=True),
    folder=st.just("") | PATHS | st.sampled_from(["a", "a/'b'", "%"]),
    data=st.data(),
)  # fmt: skip
def test_filters_admit_just_what_they_say(shared_store: LanceVectors, paths: list[str], folder: str, data: Any) -> None:
    store, model = shared_store, PlainVectors(WIDTH)
    store.remove(store.notes()["path"].to_pylist())
    for each in (store, model):
        each.put(rows({path: [seed] for seed, path in enumerate(paths)}))
    listed = data.draw(st.none() | st.lists(st.sampled_from(paths) | PATHS, max_size=4))
    where = Where(paths=None if listed is None else tuple(listed), folder=folder)
    wanted = {found.path for found in model.search(unit(1).tolist(), 10, where)}
    assert {found.path for found in store.search(unit(1).tolist(), 10, where)} == wanted
    gone = data.draw(st.lists(st.sampled_from(paths) | PATHS, max_size=3))
    store.remove(gone)
    assert set(contents(store)) == set(paths) - set(gone)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> LanceVectors:
    """One store for many examples: making one takes longer than asking it."""
    return LanceVectors(tmp_path_factory.mktemp("shared") / "store", "model", WIDTH)


def test_a_literal_ends_where_its_text_does() -> None:
    assert literal("it's '' \\' %") == "'it''s '''' \\'' %'"
    assert condition(Where()) is None
    assert condition(Where(paths=())) == "false"


def test_large_tables_are_indexed_and_found_as_well_as_by_looking_at_all(tmp_path: Path) -> None:
    count = INDEXED_FROM_ROWS + 2000
    random = np.random.default_rng(5)
    # Passages of like notes lie together, as real ones do.
    centres = random.standard_normal((300, WIDTH))
    vectors = centres[random.integers(0, 300, count)] + 0.5 * random.standard_normal((count, WIDTH))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    store = LanceVectors(tmp_path / "store", "model", WIDTH)
    store.put(rows({f"{at}.md": [at] for at in range(count)}, vectors=vectors))
    store.settle()
    [index] = store.indices()
    assert index.index_type == "IvfSq"
    put_later = unit(77)
    store.put(rows({"later.md": [77]}))
    assert store.search(put_later.tolist(), 1, Where())[0].path == "later.md"
    exact = vectors.astype(np.float32)
    hits = 0
    for query in exact[:: count // 60][:60]:
        nearest = {f"{at}.md" for at in np.argsort(-(exact @ query))[:10]}
        hits += len(nearest & {found.path for found in store.search(query.tolist(), 10, Where())})
    assert hits / 600 >= 0.98


def test_old_versions_do_not_pile_up(tmp_path: Path) -> None:
    store = LanceVectors(tmp_path / "store", "model", WIDTH)
    for seed in range(30):
        store.put(rows({"a.md": [seed]}))
    store.settle()
    files = [file for file in (tmp_path / "store").rglob("*") if file.is_file()]
    assert len(files) < 12, files
    assert contents(store) == expected({"a.md": [29]})


def test_vectors_of_another_model_are_not_opened(tmp_path: Path) -> None:
    LanceVectors(tmp_path / "store", "model", WIDTH).put(rows(NOTES))
    for model, width, numbers in (("other", WIDTH, "float16"), ("model", 8, "float16"), ("model", WIDTH, "int8")):
        with pytest.raises(StoreUnreadable):
            LanceVectors(tmp_path / "store", model, width, numbers)  # type: ignore[arg-type]


def test_a_list_of_files_without_content_is_passed_over(tmp_path: Path) -> None:
    store = LanceVectors(tmp_path / "store", "model", WIDTH)
    store.put(rows(NOTES))
    before = set((tmp_path / "store").rglob("*.manifest"))
    store.put(rows({"later.md": [9]}))
    [newest] = set((tmp_path / "store").rglob("*.manifest")) - before
    os.truncate(newest, 0)
    assert contents(LanceVectors(tmp_path / "store", "model", WIDTH)) == expected(NOTES)


@pytest.mark.parametrize("damage", ["flip", "truncate", "zero"])
def test_damage_is_told_as_damage(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "store"
    LanceVectors(folder, "model", WIDTH).put(rows(NOTES))
    told = 0
    for file in [file for file in folder.rglob("*") if file.is_file()]:
        whole = file.read_bytes()
        file.write_bytes(
            {"flip": bytes(byte ^ 0xFF for byte in whole), "truncate": whole[: len(whole) // 2], "zero": b""}[damage]
        )
        try:
            store = LanceVectors(folder, "model", WIDTH)
            contents(store)
            store.search(unit(1).tolist(), 5, Where())
        except StoreUnreadable:
            told += 1
        finally:
            file.write_bytes(whole)
    assert told
    assert contents(LanceVectors(folder, "model", WIDTH)) == expected(NOTES)


def test_flipped_bytes_of_what_was_settled_are_told_and_what_came_later_is_no_damage(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    store = LanceVectors(folder, "model", WIDTH)
    store.put(rows(NOTES))
    store.settle()
    store.put(rows({"later.md": [9], "a.md": [7]}))
    assert contents(LanceVectors(folder, "model", WIDTH)) == expected(NOTES | {"later.md": [9], "a.md": [7]})
    store.settle()
    [file] = folder.rglob("data/*.lance")
    whole = file.read_bytes()
    for at in range(0, len(whole), len(whole) // 40):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(StoreUnreadable, match="not as it was written"):
            LanceVectors(folder, "model", WIDTH)
    file.write_bytes(whole)
    (folder / "settled.json").write_bytes(b"\0")
    with pytest.raises(StoreUnreadable, match="seal"):
        LanceVectors(folder, "model", WIDTH)


WRITER = """
import sys
from pathlib import Path
from tests.sidecar.test_vectors import WIDTH, rows
from librarian.vectors.lance import LanceVectors
store = LanceVectors(Path(sys.argv[1]), "model", WIDTH)
for seed in range(store.size().notes, 10_000):
    store.put(rows({f"{seed}.md": [seed]}))
    print(seed, flush=True)
    if seed % 5 == 0:
        store.settle()
"""


def test_a_kill_at_any_moment_loses_nothing_that_was_put(tmp_path: Path) -> None:
    folder, put = tmp_path / "store", -1
    shutil.rmtree(folder, ignore_errors=True)
    random = np.random.default_rng(3)
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, folder], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(random.integers(3, 14)):
            put = max(put, int(child.stdout.readline()))
        child.kill()
        put = max([put, *(int(line) for line in child.stdout.read().split())])
        child.wait()
        child.stdout.close()
        there = contents(LanceVectors(folder, "model", WIDTH))
        assert set(there) >= {f"{seed}.md" for seed in range(put + 1)}
