"""How soon a saved note can be found: by a new word, and by what it means."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .client import Sidecar
from .corpus import SAVED_FOLDER, SEED, Vault
from .figures import Latency
from .peers import LIMIT

PATIENCE_S = 30.0
ALIKE = 0.97
"""Cosine of a sentence with a passage that says this sentence and nothing else; half precision costs less than the rest."""

WHO = ("walrus", "blacksmith", "librarian", "ostrich", "astronaut", "beekeeper", "violinist", "magician", "plumber")
DOES = ("polishes", "borrows", "paints", "buries", "auctions", "repairs", "smuggles", "photographs", "inherits")
WHAT = ("a cello", "seven lanterns", "an anchor", "a cake", "the chimney", "a glacier", "two saddles", "a telescope")
WHERE = ("under the bridge", "behind the bakery", "on a volcano", "inside the cathedral", "at the circus")
WHEN = ("in the rain", "before breakfast", "at midnight", "during the eclipse", "every leap year", "after the harvest")


def times(sidecar: Sidecar, vault_id: str, vault: Vault, saves: int) -> dict[str, Any]:
    """From the end of writing a note to the first answer that shows its new word; half are new notes, half edits."""
    rng = random.Random(SEED)

    def shown(path: str, word: str) -> bool:
        hits = sidecar.call("search.query", vaultId=vault_id, text=word, limit=LIMIT, mode="keyword")["hits"]
        # Passages are cut from the file as it is, so the word in one proves nothing: the index must know the word.
        return any(hit["path"] == path and any(why["term"] == word for why in hit["why"]) for hit in hits)

    def written(number: int) -> tuple[str, str]:
        word = "q" + "".join(rng.choices("bcdfghjklmnpqrstvwxz", k=11))
        return word, f"# Note {number // 2}\n\nToday's word is {word}.\n"

    return _saved(sidecar, vault_id, vault, saves, written, shown)


def times_by_meaning(sidecar: Sidecar, vault_id: str, vault: Vault, saves: int) -> dict[str, Any]:
    """The same to the first answer by meaning alone in which the note is as near as only the new sentence can be."""
    told = sentences(random.Random(SEED))

    def shown(path: str, sentence: str) -> bool:
        hits = sidecar.call("search.query", vaultId=vault_id, text=sentence, limit=LIMIT, mode="semantic")["hits"]
        return any(hit["path"] == path and any((why["similarity"] or 0) >= ALIKE for why in hit["why"]) for hit in hits)

    def written(_number: int) -> tuple[str, str]:
        sentence = next(told)
        return sentence, f"{sentence}\n"

    return _saved(sidecar, vault_id, vault, saves, written, shown)


def sentences(rng: random.Random) -> Iterator[str]:
    """Sentences that nobody has written, each unlike the one before in every part."""
    parts = (WHO, DOES, WHAT, WHERE, WHEN)
    last: tuple[str, ...] = ("",) * len(parts)
    while True:
        last = tuple(rng.choice([each for each in part if each != old]) for part, old in zip(parts, last, strict=True))
        yield f"The {' '.join(last)}."


def _saved(
    sidecar: Sidecar,
    vault_id: str,
    vault: Vault,
    saves: int,
    written: Callable[[int], tuple[str, str]],
    shown: Callable[[str, str], bool],
) -> dict[str, Any]:
    """``written`` gives what to ask for and the note's text; ``shown`` asks once."""
    took = []
    with _own_folder(vault) as folder:
        for number in range(saves):
            path = f"{SAVED_FOLDER}/note {number // 2}.md"
            wanted, text = written(number)
            kind = "modified" if number % 2 else "created"
            (folder / f"note {number // 2}.md").write_text(text, encoding="utf-8")
            began = time.perf_counter()
            sidecar.notify("vault.changed", vaultId=vault_id, changes=[{"kind": kind, "path": path}])
            _poll(lambda path=path, wanted=wanted: shown(path, wanted), path)
            took.append((time.perf_counter() - began) * 1000)
    return Latency.of(took).as_dict()


@contextmanager
def _own_folder(vault: Vault) -> Iterator[Path]:
    folder = vault.root / SAVED_FOLDER
    folder.mkdir(exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _poll(is_shown: Callable[[], bool], path: str) -> None:
    """Ask every two milliseconds, or as fast as answers come, until the note is shown."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if is_shown():
            return
        time.sleep(0.002)
    raise TimeoutError(f"{path} was not findable within {PATIENCE_S:.0f} s of being saved")
