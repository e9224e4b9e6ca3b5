"""Secrets in a vault that a provider's model reads: notes are cut into passages, and a secret may lie across a cut."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from librarian.metering.provider_embedder import ProviderEmbedder, as_sent
from librarian.metering.reader import PASSAGE_WORDS
from librarian.redaction import MARK
from librarian.tier import passage_texts
from providers.embeddings import texts
from providers.server import Server
from providers.test_reading import choose, library, own, read, soon

__all__ = ["own", "soon"]

LEAST = 6
"""So many characters of a secret in a row are a piece of it."""
LINES = [f"{number:02}Qx" + "".join(chr(65 + (7 * number + 5 * at) % 26) for at in range(60)) for number in range(24)]
PEM = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *LINES, "-----END RSA PRIVATE KEY-----"])
JWT = "eyJ" + "h9Zk" * 300 + ".eyJ" + "W3qT" * 600 + "." + "p7Lm" * 20
SECRETS = {
    "key": (PEM, "".join(LINES)),
    "unfinished": (PEM.rsplit("\n", 1)[0], "".join(LINES)),
    "quoted": ("> " + PEM.replace("\n", "\n> "), "".join(LINES)),
    "token": (JWT, JWT),
    "password": ("password:  correcthorsebattery", "correcthorsebattery"),
    "cell": ("| password: | correcthorsebattery |", "correcthorsebattery"),
}
"""By name: what stands in a note, and what of it nobody may see."""


def note(secret: str, before: int) -> str:
    """A secret that begins behind so many words, in one section of several passages."""
    return "shore " * before + secret + " tide" * 200


def pieces(secret: str) -> set[str]:
    return {secret[at : at + LEAST] for at in range(len(secret) - LEAST + 1)}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A note for each secret at each place: a border of passages lies behind 90 to 150 words."""
    for name, (secret, _) in SECRETS.items():
        (tmp_path / "vault" / name).mkdir(parents=True)
        for before in range(155):
            (tmp_path / "vault" / name / f"{before}.md").write_text(note(secret, before))
    return tmp_path / "vault"


async def test_of_a_secret_that_lies_across_a_border_of_passages_nothing_is_sent(
    vault: Path, own: str, server: Server
) -> None:
    await choose(vault, own)
    async with library(vault) as (_, of):
        await read(of, own)
    sent = texts(server)
    assert sum(MARK in text for text in sent) >= len(SECRETS) * 100
    for name, (_, secret) in SECRETS.items():
        wanted = pieces(secret)
        leaked = [text for text in sent if wanted & pieces(text)]
        assert not leaked, (name, leaked[:3])


async def test_what_is_counted_for_the_price_is_what_is_sent(vault: Path, own: str, server: Server) -> None:
    await choose(vault, own)
    async with library(vault) as (_, of):
        await read(of, own)
        embedder = of.semantics.serving.embedder if of.semantics.serving is not None else None
    assert isinstance(embedder, ProviderEmbedder)
    paths = sorted(path.relative_to(vault).as_posix() for path in vault.rglob("*.md"))
    counted = await asyncio.to_thread(
        passage_texts, vault, paths, words=PASSAGE_WORDS, max_note_bytes=1_000_000, threads=1
    )
    # A text that several notes have is sent once.
    assert set(as_sent(embedder.reader, counted)) == set(texts(server))
