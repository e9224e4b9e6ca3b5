"""Meaning over a real vault: embedded, kept true, switched off, damaged, and asked."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from librarian import embedding, semantics
from librarian.embedding import static
from librarian.errors import ModelUnusable, NoteNotFound, PathRefused
from librarian.library import open_library
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.settings import Loaded, Settings
from librarian.status import Change

NOTES = {
    "Shore/Limpets.md": "# Limpets\n\nSnails with a conical shell cling to rocks between the tides and graze algae.",
    "Shore/Anemones.md": "Sea animals with stinging tentacles wait in rock pools for fish and shrimp.",
    "Kitchen/Bread.md": "Flour, water and salt; knead the dough, let it rise, bake it in a hot oven.",
    "Kitchen/Pizza.md": "Stretch the dough thin, tomato and cheese on top, a very hot oven. See [[Bread]].",
    "Money/Budget.md": "Rent, food and savings of the month; what is left goes to the bank account.",
}


def write(vault: Path, notes: dict[str, str]) -> None:
    for path, text in notes.items():
        (vault / path).parent.mkdir(parents=True, exist_ok=True)
        (vault / path).write_text(text, "utf-8")


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    write(folder, NOTES)
    return folder


@asynccontextmanager
async def opened(vault: Path, *, stays: bool = True, **settings: Any) -> AsyncIterator[OpenVault]:
    data = vault.parent / "data"
    loaded = Loaded(Settings(watch=False, **settings), {}, ())
    async with open_library(Places(data, data), loaded, stays=stays) as library:
        yield await library.open_vault(str(vault))


async def paths(vault: OpenVault, text: str, mode: Any = "semantic") -> list[str]:
    return [hit.path for hit in (await vault.search.query(text, mode=mode)).hits]


async def change(vault: OpenVault, *paths: str) -> None:
    await vault.changed([Change(kind="modified", path=path) for path in paths])
    await vault.semantics.whole()


async def test_a_note_is_found_without_any_of_its_words(vault: Path) -> None:
    async with opened(vault) as found:
        await found.complete()
        answer = await found.search.query("loaf baking", mode="hybrid")
        assert answer.mode == "hybrid"
        assert answer.hits[0].path.startswith("Kitchen/")
        assert [why.kind for why in answer.hits[0].why][-1] == "meaning"
        assert answer.hits[0].passage.text
        assert answer.coverage.embedded == answer.coverage.notes == len(NOTES)
        assert found.opened().ready.semantic


async def test_each_mode_says_how_it_answered(vault: Path) -> None:
    async with opened(vault) as found:
        await found.complete()
        for mode in ("hybrid", "keyword", "semantic"):
            answer = await found.search.query("dough oven", mode=mode)
            assert answer.mode == mode
            assert (answer.coverage.embedded is None) == (mode == "keyword")
            assert {why.kind for hit in answer.hits for why in hit.why} <= (
                {"meaning"} if mode == "semantic" else {"exact", "stem", "prefix", "typo", "meaning"}
            )


async def test_filters_and_exclusions_bind_the_semantic_side(vault: Path) -> None:
    async with opened(vault) as found:
        await found.complete()
        assert set(await paths(found, "baking path:shore")) <= {"Shore/Limpets.md", "Shore/Anemones.md"}
        assert "Kitchen/Pizza.md" not in await paths(found, "baking -tomato")
        assert "Kitchen/Pizza.md" not in await paths(found, "baking -tomato", "hybrid")
        assert set(await paths(found, 'tomato "very hot oven"')) <= {"Kitchen/Pizza.md"}
        assert await paths(found, "path:nowhere baking") == []


async def test_pages_follow_one_another_without_repeating(vault: Path) -> None:
    async with opened(vault) as found:
        await found.complete()
        whole = await found.search.query("dough in a hot oven by the sea")
        pages = [
            hit.path
            for offset in range(whole.total)
            for hit in (await found.search.query("dough in a hot oven by the sea", limit=1, offset=offset)).hits
        ]
        assert pages == [hit.path for hit in whole.hits]
        assert len(pages) == whole.total


async def test_a_saved_a_renamed_and_a_removed_note_are_followed(vault: Path) -> None:
    async with opened(vault) as found:
        await found.complete()
        write(vault, {"Money/Budget.md": "A telescope shows the rings of Saturn and far galaxies."})
        await change(found, "Money/Budget.md")
        assert (await paths(found, "astronomy and planets"))[0] == "Money/Budget.md"
        (vault / "Money/Budget.md").rename(vault / "Sky.md")
        await change(found, "Money/Budget.md", "Sky.md")
        assert (await paths(found, "astronomy and planets"))[0] == "Sky.md"
        (vault / "Sky.md").unlink()
        await change(found, "Sky.md")
        assert "Sky.md" not in await paths(found, "astronomy and planets")
        assert found.semantics.embedded == len(NOTES) - 1


async def test_a_known_vault_answers_by_meaning_at_once_and_as_before(vault: Path) -> None:
    async with opened(vault) as found:
        await found.complete()
        before = await paths(found, "animals of the coast", "hybrid")
    async with opened(vault) as found:
        await found.semantics.opened()
        assert await paths(found, "animals of the coast", "hybrid") == before


@pytest.mark.parametrize("kind", ["deleted", "cut", "flipped", "other model"])
async def test_a_damaged_copy_is_made_again_with_equal_answers(vault: Path, kind: str) -> None:
    async with opened(vault) as found:
        await found.complete()
        before = await paths(found, "animals of the coast")
    (file,) = (vault.parent / "data").rglob("passages.vectors")
    content = file.read_bytes()
    match kind:
        case "deleted":
            shutil.rmtree(file.parent)
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "flipped":
            file.write_bytes(content[:700] + bytes([content[700] ^ 255]) + content[701:])
        case _:
            file.write_bytes(content[:25] + b"x" + content[26:])
    async with opened(vault) as found:
        await found.complete()
        assert await paths(found, "animals of the coast") == before


async def test_a_rebuild_embeds_everything_anew(vault: Path) -> None:
    async with opened(vault) as found:
        await found.complete()
        before = await paths(found, "animals of the coast")
        await found.rebuild()
        await found.complete()
        assert await paths(found, "animals of the coast") == before


async def test_switched_off_words_answer_and_the_status_says_so(vault: Path) -> None:
    async with opened(vault, meaning=False) as found:
        await found.complete()
        answer = await found.search.query("dough", mode="hybrid")
        assert answer.mode == "keyword"
        assert answer.hits
        part = next(part for part in (await found.status()).parts if part.name == "semantic")
        assert (part.state, part.detail) == ("absent", "switched off in the settings")
        assert (await found.related.of_note("Kitchen/Bread.md", limit=5, include_linked=True)).hits == ()


async def test_a_missing_model_is_told_words_answer_and_it_is_used_once_it_is_there(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(semantics, "MEND_SECONDS", 0.05)
    package = static.PACKAGE
    monkeypatch.setattr(static, "PACKAGE", "no-such-package")
    with pytest.raises(ModelUnusable, match="not installed"):
        embedding.default_embedder()
    async with opened(vault) as found:
        await found.complete()
        assert (await found.search.query("dough")).mode == "keyword"
        part = next(part for part in (await found.status()).parts if part.name == "semantic")
        assert part.state == "failed"
        assert "not installed" in str(part.detail)
        monkeypatch.setattr(static, "PACKAGE", package)
        async with asyncio.timeout(30):
            while (await found.search.query("dough")).mode == "keyword":
                await asyncio.sleep(0.02)


async def test_a_process_that_does_not_stay_embeds_small_vaults_only(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(semantics, "SMALL_VAULT", len(NOTES) - 1)
    async with opened(vault, stays=False) as found:
        answer = await found.search.query("how to make a loaf")
        assert answer.coverage.embedded == 0
        await found.complete()
        assert found.semantics.embedded == len(NOTES)


async def test_a_text_of_unfinished_words_is_left_to_the_keyword_side(vault: Path) -> None:
    async with opened(vault) as found:
        await found.complete()
        assert (await found.search.query("do")).mode == "keyword"
        assert (await found.search.query("path:kitchen")).mode == "keyword"


async def test_related_notes_are_the_others_on_the_subject_with_links_marked(vault: Path) -> None:
    async with opened(vault) as found:
        await found.complete()
        answer = await found.related.of_note("Kitchen/Bread.md", limit=3, include_linked=True)
        assert answer.hits[0].path == "Kitchen/Pizza.md"
        assert answer.hits[0].linked is True
        assert "Kitchen/Bread.md" not in {hit.path for hit in answer.hits}
        unlinked = await found.related.of_note("Kitchen/Bread.md", limit=3, include_linked=False)
        assert "Kitchen/Pizza.md" not in {hit.path for hit in unlinked.hits}
        text = await found.related.of_text("tentacles and shells at low water", limit=2)
        assert {hit.path for hit in text.hits} == {"Shore/Limpets.md", "Shore/Anemones.md"}


async def test_mentions_go_both_ways_and_links_are_none(vault: Path) -> None:
    write(vault, {"Diary.md": "Made bread, then Pizza. Bread again! [[Limpets]]"})
    async with opened(vault) as found:
        await found.complete()
        mentions = await found.related.mentions("Diary.md", limit=10)
        assert [(each.path, each.count) for each in mentions.outgoing] == [
            ("Kitchen/Bread.md", 2),
            ("Kitchen/Pizza.md", 1),
        ]
        assert mentions.outgoing[0].passage.text.startswith("Made bread")
        back = await found.related.mentions("Kitchen/Bread.md", limit=10)
        assert [each.path for each in back.incoming] == ["Diary.md"]


@pytest.mark.parametrize("path", ["../outside.md", "/etc/passwd", "Shore", "none.md"])
async def test_related_notes_of_no_note_are_refused(vault: Path, path: str) -> None:
    async with opened(vault) as found:
        with pytest.raises((NoteNotFound, PathRefused)):
            await found.related.of_note(path, limit=3, include_linked=True)
        with pytest.raises((NoteNotFound, PathRefused)):
            await found.related.mentions(path, limit=3)


async def test_what_changes_while_the_vault_is_embedded_is_not_lost(vault: Path) -> None:
    write(vault, {f"Many/{n}.md": f"Note number {n} about nothing much." for n in range(3000)})
    async with opened(vault) as found:
        write(vault, {"Many/7.md": "Violins and cellos play a symphony in the concert hall."})
        await found.changed([Change(kind="modified", path="Many/7.md")])
        await found.complete()
        assert (await paths(found, "classical music orchestra"))[0] == "Many/7.md"


async def test_closing_in_the_middle_ends_soon_and_the_next_run_finishes(vault: Path) -> None:
    write(vault, {f"Many/{n}.md": f"Note number {n} about nothing much." for n in range(5000)})
    async with opened(vault) as found:
        await found.indexing.checked()
    async with asyncio.timeout(60), opened(vault) as found:
        await found.complete()
        assert found.semantics.embedded == len(NOTES) + 5000
