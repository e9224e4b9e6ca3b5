"""Fusion as a function: what holds whatever the two sides say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from librarian.ranking import LEAST_COSINE, MOST_BY_MEANING, Neighbour, by_meaning, fuse

PATHS = st.sampled_from([f"{name}.md" for name in "abcdefghijklmnop"])
SCORES = st.dictionaries(PATHS, st.floats(0, 50, allow_subnormal=False), max_size=12)
COSINES = st.dictionaries(PATHS, st.floats(-1, 1), max_size=12)


def neighbours(cosines: dict[str, float]) -> list[Neighbour]:
    return [Neighbour(path, 1, b"", cosine) for path, cosine in sorted(cosines.items(), key=lambda each: -each[1])]


@given(SCORES, COSINES, st.floats(0, 1))
def test_every_note_with_words_is_kept_and_listed_once(
    keyword: dict[str, float], cosines: dict[str, float], trust: float
) -> None:
    fused = fuse(keyword, neighbours(cosines), trust=trust)
    paths = [note.path for note in fused]
    assert len(paths) == len(set(paths))
    assert set(keyword) <= set(paths) <= set(keyword) | set(cosines)
    for note in fused:
        assert note.keyword == keyword.get(note.path)
        assert note.neighbour is None or note.neighbour.cosine == cosines[note.path]


@given(SCORES, COSINES, st.floats(0, 1))
def test_the_order_does_not_depend_on_how_the_sides_are_given(
    keyword: dict[str, float], cosines: dict[str, float], trust: float
) -> None:
    backwards = dict(reversed(keyword.items()))
    near = neighbours(cosines)
    assert [note.path for note in fuse(keyword, near, trust=trust)] == [
        note.path for note in fuse(backwards, near, trust=trust)
    ]


@given(SCORES, COSINES)
def test_without_trust_words_alone_decide(keyword: dict[str, float], cosines: dict[str, float]) -> None:
    with_words = [note.path for note in fuse(keyword, neighbours(cosines), trust=0) if note.keyword]
    assert with_words == [path for path in sorted(keyword, key=lambda path: (-keyword[path], path)) if keyword[path]]


@given(SCORES)
def test_without_the_semantic_side_words_alone_decide(keyword: dict[str, float]) -> None:
    paths = [note.path for note in fuse(keyword, [])]
    assert paths == sorted(keyword, key=lambda path: (-keyword[path], path))


def test_of_equals_in_words_the_nearer_comes_first() -> None:
    near = neighbours({"far.md": 0.2, "near.md": 0.7, "middle.md": 0.4})
    keyword = {"far.md": 3.0, "middle.md": 3.0, "near.md": 3.0, "none.md": 3.0}
    assert [note.path for note in fuse(keyword, near)] == ["near.md", "middle.md", "far.md", "none.md"]


def test_a_clearly_better_match_in_words_is_not_overtaken() -> None:
    near = neighbours({f"{n}.md": 0.5 - n / 100 for n in range(20)})
    assert fuse({"exact.md": 10.0, "0.md": 5.0}, near)[0].path == "exact.md"


def test_a_note_without_the_words_needs_to_be_near_and_there_are_not_too_many() -> None:
    near = neighbours({f"{n}.md": LEAST_COSINE + 0.3 for n in range(MOST_BY_MEANING + 20)} | {"far.md": 0.1})
    fused = fuse({}, near)
    assert len(fused) == MOST_BY_MEANING
    assert "far.md" not in {note.path for note in fused}


def test_by_meaning_alone_nothing_is_listed_that_points_away() -> None:
    assert [note.path for note in by_meaning(neighbours({"a.md": 0.3, "b.md": -0.1}))] == ["a.md"]
