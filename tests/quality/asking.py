"""A vault opened as the sidecar opens it, in a data folder of its own, so that what is measured is the product itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from librarian import _native, semantics
from librarian.library import open_library
from librarian.open_vault import OpenVault
from librarian.passage import Mode
from librarian.places import Places
from librarian.search import LEAST_LETTERS
from librarian.settings import change, load


class NotMeasurable(Exception):
    """The answers would not be what the table says they are."""


@asynccontextmanager
async def opened(vault: Path, scratch: Path, model: str | None = None) -> AsyncIterator[OpenVault]:
    """The vault with every index whole. ``model``: what the setting ``model`` is, None for its default.

    Raises SettingInvalid for a setting that cannot be, NotMeasurable when another model answers than was asked for.
    """
    places = Places(data=scratch / "data", config=scratch / "config")
    settings = load(places.settings) if model is None else change(places.settings, "model", model)
    # What is judged is the model, not how soon it answers.
    semantics.QUERY_SECONDS = 120.0
    async with open_library(places, settings) as library:
        found = await library.open_vault(str(vault))
        # A slow model takes over from the default one, which serves until then, once it has read everything.
        await (found.complete() if model is None else found.settled())
        answers = found.semantics.model
        if not found.semantics.is_ready or (model is not None and answers != Path(model).name):
            parts = {part.name: part.detail for part in (await found.status()).parts}
            raise NotMeasurable(f"{answers or 'no model'} answers instead of {model}: {parts['semantic']}")
        yield found


async def paths(vault: OpenVault, text: str, limit: int, mode: Mode) -> list[str]:
    """The best notes for ``text``, best first. Raises NotMeasurable when words had to answer for meaning.

    A query too short to mean anything is answered by words in every mode.
    """
    answer = await vault.search.query(text, limit=limit, mode=mode)
    if answer.mode != mode and sum(letter.isalnum() for letter in _native.meaning_of(text)) >= LEAST_LETTERS:
        raise NotMeasurable(f"{text!r} was asked in mode {mode} and answered in mode {answer.mode}")
    return [hit.path for hit in answer.hits]


def write_vault(notes: Mapping[str, str], vault: Path) -> None:
    """Write ``notes`` (path → text) below ``vault``."""
    for path, text in notes.items():
        file = vault / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
