"""Notes that a person left out, here or in Obsidian, where a provider's model reads the vault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from providers.embeddings import texts
from providers.server import Server
from providers.test_reading import NOTES, choose, library, own, read, soon, vault

__all__ = ["own", "soon", "vault"]


@pytest.mark.parametrize(
    ("folders", "filters"),
    [(["private"], []), ([], ["PRIVATE/"]), ([], [r"/^private\/d.+\.md$/"]), ([], ["/(?=x)/", "Priv"])],
)
async def test_what_is_excluded_in_any_spelling_or_by_obsidian_is_neither_found_nor_sent(
    vault: Path, own: str, server: Server, folders: list[str], filters: list[str]
) -> None:
    (vault / ".obsidian").mkdir()
    (vault / ".obsidian" / "app.json").write_text(json.dumps({"userIgnoreFilters": filters}))
    await choose(vault, own, excluded_folders=folders)
    async with library(vault, excluded_folders=folders) as (_, of):
        await read(of, own)
        status = await of.status()
        assert [row.path for row in status.skipped] == ["Private/Diary.md"]
        assert (await of.search.query("CANARY", mode="keyword")).hits == ()
        detail = status.parts[0].detail or ""
        assert detail.endswith(": /(?=x)/") == ("/(?=x)/" in filters)
    assert len(texts(server)) >= 2 * (len(NOTES) - 1)
    assert "CANARY" not in "".join(texts(server))
