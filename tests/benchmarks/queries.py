"""The query mix: three hundred queries a person might type, drawn by seeded rules from the vault's own notes."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .corpus import SEED, Vault, cache_folder

RULES = 2
"""Raise it when a rule below changes, so that cached mixes are drawn anew."""

SHARES = {"frequent": 30, "rare": 40, "words": 80, "prefix": 60, "typo": 45, "phrase": 20, "cjk": 25}

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_CJK_RUN = re.compile(f"[{_CJK}]{{2,}}")
_WORD = re.compile(f"(?:(?![{_CJK}])[^\\W\\d_])+")
_HEADING = re.compile(r"^#{1,6}\s+(.+)$")
_SAMPLE = 4000


@dataclass(frozen=True)
class Query:
    """What is typed, by which rule it was made, and the note it was made from."""

    text: str
    kind: str
    path: str


@dataclass(frozen=True)
class Lines:
    """The lines of one note that queries may be drawn from."""

    path: str
    title: str
    headings: tuple[str, ...]
    body: tuple[str, ...]

    def prominent(self) -> list[str]:
        return [self.title, *self.headings]


def query_mix(vault: Vault) -> list[Query]:
    """The vault's mix, from the cache when it was drawn before."""
    identity = f"{RULES} {SEED} {SHARES} {vault.name} {len(vault.files)} {vault.text_bytes}"
    cached = cache_folder() / f"queries-{hashlib.blake2b(identity.encode(), digest_size=8).hexdigest()}.json"
    if cached.exists():
        return [Query(**row) for row in json.loads(cached.read_text(encoding="utf-8"))]
    mix = draw([read_lines(vault.root, path) for path in sample(vault.files)], SHARES)
    cached.write_text(json.dumps([asdict(query) for query in mix], ensure_ascii=False, indent=0), encoding="utf-8")
    return mix


def sample(files: Sequence[str]) -> list[str]:
    """The notes that queries are drawn from."""
    return random.Random(SEED).sample(list(files), min(_SAMPLE, len(files)))


def read_lines(root: Path, path: str) -> Lines:
    """Split a note into what can be quoted from it; front matter and code fences are left out."""
    headings, body, fenced = [], [], False
    text = (root / path).read_text(encoding="utf-8-sig", errors="replace")
    for line in re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S).splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and (heading := _HEADING.match(line)):
            headings.append(heading[1])
        elif not fenced and line.strip():
            body.append(line)
    return Lines(path, Path(path).stem, tuple(headings), tuple(body))


def draw(notes: Sequence[Lines], shares: dict[str, int], seed: int = SEED) -> list[Query]:
    """Make ``shares[kind]`` queries of every kind, shuffled; a vault that cannot give a kind is an error."""
    rng = random.Random(seed)
    rules = _rules(_note_counts(notes))
    mix: list[Query] = []
    for kind, wanted in shares.items():
        made: set[str] = set()
        for _ in range(wanted * 2000):
            if len(made) == wanted:
                break
            note = rng.choice(notes)
            text = rules[kind](note, rng)
            if text and text not in made:
                made.add(text)
                mix.append(Query(text, kind, note.path))
        if len(made) < wanted:
            raise ValueError(f"the notes give only {len(made)} of {wanted} queries of kind {kind!r}")
    rng.shuffle(mix)
    return mix


Rule = Callable[[Lines, random.Random], str | None]


def _rules(counts: Counter[str]) -> dict[str, Rule]:
    frequent = {word for word, _ in counts.most_common(200)}
    return {
        "frequent": lambda note, rng: _pick(rng, [w for w in _words(note.body) if w.lower() in frequent]),
        "rare": lambda note, rng: _pick(rng, [w for w in _words(note.body) if len(w) > 3 and counts[w.lower()] <= 2]),
        "words": _some_words,
        "prefix": _as_typed,
        "typo": _with_typo,
        "phrase": _phrase,
        "cjk": _cjk,
    }


def _note_counts(notes: Sequence[Lines]) -> Counter[str]:
    """In how many notes each word of three letters or more occurs."""
    counts: Counter[str] = Counter()
    for note in notes:
        counts.update({word.lower() for word in _words(note.body) if len(word) >= 3})
    return counts


def _words(lines: Sequence[str]) -> list[str]:
    return [word for line in lines for word in _WORD.findall(line)]


def _pick(rng: random.Random, choices: Sequence[str]) -> str | None:
    return rng.choice(choices) if choices else None


def _neighbours(line: str | None, rng: random.Random, least: int, most: int) -> list[str] | None:
    """Between ``least`` and ``most`` words that stand together in ``line``."""
    words = _WORD.findall(line or "")
    if len(words) < least:
        return None
    wanted = rng.randint(least, min(most, len(words)))
    start = rng.randint(0, len(words) - wanted)
    return words[start : start + wanted]


def _some_words(note: Lines, rng: random.Random) -> str | None:
    """Two to four words of a title, a heading or a line, as a person remembers them: lower case, order not kept."""
    line = _pick(rng, [rng.choice(note.prominent()), *(rng.choice(note.body) for _ in range(min(1, len(note.body))))])
    words = _neighbours(line, rng, 2, 4)
    if words is None:
        return None
    if rng.random() < 0.3:
        rng.shuffle(words)
    return " ".join(words).lower()


def _as_typed(note: Lines, rng: random.Random) -> str | None:
    """One to three words of a title or heading, the last of them not finished."""
    words = _neighbours(rng.choice(note.prominent()), rng, 1, 3)
    if words is None or len(words[-1]) < 3:
        return None
    words[-1] = words[-1][: rng.randint(1, len(words[-1]) - 1)]
    return " ".join(words).lower()


def _with_typo(note: Lines, rng: random.Random) -> str | None:
    """One to three words of a title or heading with one letter dropped, doubled, changed or swapped."""
    words = _neighbours(rng.choice(note.prominent()), rng, 1, 3)
    long = [place for place, word in enumerate(words or []) if len(word) >= 5]
    if words is None or not long:
        return None
    place = rng.choice(long)
    words[place] = misspell(words[place].lower(), rng)
    return " ".join(words).lower()


def misspell(word: str, rng: random.Random) -> str:
    """One slip of the fingers after the first letter; never the word itself."""
    while True:
        at = rng.randint(1, len(word) - 2)
        slip = rng.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + rng.choice("etaoinshrdlu") + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            )
        )
        if slip != word:
            return slip


def _phrase(note: Lines, rng: random.Random) -> str | None:
    """Two to four words that stand next to each other in a line, with single spaces between, in quotes."""
    line = _pick(rng, note.body)
    words = _neighbours(line, rng, 2, 4)
    return f'"{" ".join(words)}"' if words and " ".join(words) in (line or "") else None


def _cjk(note: Lines, rng: random.Random) -> str | None:
    """Two to four characters out of a run of Han, kana or Hangul."""
    runs = _CJK_RUN.findall(" ".join([note.title, *note.headings, *note.body[:40]]))
    run = _pick(rng, runs)
    if run is None:
        return None
    wanted = rng.randint(2, min(4, len(run)))
    start = rng.randint(0, len(run) - wanted)
    return run[start : start + wanted]
