"""A vault read by a provider's model: priced, agreed to, paid, stopped, gone on with, and done without."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from librarian import semantics, settings
from librarian.cataloguing import CatalogKeeper
from librarian.chat import Keys
from librarian.embedding import default_embedder
from librarian.errors import BudgetExceeded, LibrarianError, ModelUnusable, PriceNotAgreed, PriceUnknown
from librarian.library import Library, open_library
from librarian.metering import provider_embedder, retrying
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.status import Change, Part
from librarian.vectors import record
from providers.embeddings import MODEL, embeds, embeds_but, hangs, texts
from providers.protocols import KEY, OpenAISpeech
from providers.scenes import answers
from providers.server import Server

SECRET = "sk-abcdefghijklmnop123456"
NOTES = {
    "Marsh.md": "The salt marsh floods twice a day.",
    "Bread.md": f"Knead the dough and let it rest. The key is {SECRET}.",
    "Sky.md": "A telescope shows the rings of Saturn.",
    "Private/Diary.md": "CANARY of a diary that is nobody's business.",
} | {f"Many/{number}.md": f"Pebble number {number} lies on the beach." for number in range(70)}
PATIENCE_S = 60.0


async def nothing_known(_keeper: CatalogKeeper) -> dict[str, int]:
    return {}


@pytest.fixture
def recorded() -> None:
    """The test wants vectors to be recorded, which takes seconds."""


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """What failed is tried again soon."""
    if "recorded" not in request.fixturenames:
        monkeypatch.setattr(record, "is_possible", lambda: False)
        # Notes that many link to go first, and links are known seconds later.
        monkeypatch.setattr(CatalogKeeper, "popular", nothing_known)
    monkeypatch.setattr(semantics, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(semantics, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(retrying, "FIRST_WAIT_S", 0.01)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    for path, text in NOTES.items():
        (tmp_path / "vault" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "vault" / path).write_text(text)
    return tmp_path / "vault"


@pytest.fixture
def model(server: Server) -> str:
    """One that costs money, asked at an address of this machine."""
    server.otherwise = embeds
    return f"openai/{MODEL}@{server.url}/v1"


@pytest.fixture
def own(server: Server) -> str:
    """One that costs nothing."""
    server.otherwise = embeds
    return f"ollama/nomic-embed-text@{server.url}/v1"


def places(vault: Path) -> Places:
    return Places(vault.parent / "data", vault.parent / "config")


@asynccontextmanager
async def library(vault: Path, *, stays: bool = True, **chosen: Any) -> AsyncIterator[tuple[Library, OpenVault]]:
    where = places(vault)
    for name, value in {"excluded_folders": ["Private"], "watch": False, **chosen}.items():
        settings.change(where.settings, name, value)
    async with open_library(where, settings.load(where.settings), stays=stays, keys=Keys({"openai": KEY})) as opened:
        yield opened, await opened.open_vault(str(vault))


@asynccontextmanager
async def opened(vault: Path, **chosen: Any) -> AsyncIterator[OpenVault]:
    async with library(vault, **chosen) as (_, found):
        yield found


async def choose(vault: Path, model: str, **chosen: Any) -> None:
    """As a person does: the price is told, agreed to, and the model set."""
    async with library(vault, **chosen) as (found, of):
        await of.complete()
        estimate = await of.price_of(model)
        if estimate.at_most_usd is not None:
            await of.agree(model, estimate.at_most_usd)
        await found.change_setting(of.id, "model", model, for_every_vault=True)


async def part(vault: OpenVault) -> Part:
    return next(part for part in (await vault.status()).parts if part.name == "semantic")


async def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.01)


async def read(vault: OpenVault, model: str) -> None:
    """Return when a model has read all notes."""
    await vault.complete()
    await until(lambda: vault.semantics.model == model)


async def until_told(vault: OpenVault, words: str) -> Part:
    deadline = time.monotonic() + PATIENCE_S
    while words not in ((told := await part(vault)).detail or ""):
        assert time.monotonic() < deadline, told
        await asyncio.sleep(0.01)
    return told


async def spent(found: Library) -> float:
    return sum(float(row.cost_usd) for row in (await found.costs.summary("feature")).rows if row.key == "embedding")


async def found_by_meaning(vault: OpenVault, text: str) -> list[str]:
    return [hit.path for hit in (await vault.search.query(text, mode="semantic")).hits]


@pytest.mark.usefixtures("recorded")
async def test_a_vault_is_read_once_its_price_was_agreed_to(vault: Path, model: str, server: Server) -> None:
    async with library(vault) as (found, of):
        await of.complete()
        estimate = await of.price_of(model)
        assert (estimate.passages, estimate.dimensions) == (2 * (len(NOTES) - 1), 512)
        assert float(estimate.cost_usd or 0) < float(estimate.at_most_usd or 0) < 0.02
        assert "less than a cent, at most $0.02" in estimate.told
        assert texts(server) == []
        await of.agree(model, estimate.at_most_usd or "")
        await found.change_setting(of.id, "model", model, for_every_vault=True)
        assert texts(server) == []
    async with library(vault) as (found, of):
        await of.settled()
        assert of.semantics.model == model
        assert (await part(of)).state == "ready"
        sent = texts(server)
        assert len(sent) == estimate.passages
        assert "CANARY" not in "".join(sent)
        assert SECRET not in "".join(sent)
        assert {request.body["dimensions"] for request in server.requests} == {512}
        answer = await of.search.query("the rings of saturn in a telescope", mode="semantic")
        assert (answer.hits[0].path, answer.coverage.notice) == ("Sky.md", None)
        assert answer.coverage.embedded == len(NOTES) - 1
        assert 0 < await spent(found) <= float(estimate.at_most_usd or 0)
    asked = len(server.requests)
    async with opened(vault) as of:
        await of.complete()
        assert (await of.search.query("the rings of saturn in a telescope", mode="semantic")).hits[0].path == "Sky.md"
        assert (await of.price_of(model)).passages == 0
    # To open a vault asks nobody, nor does a query that was asked before; to price does, once.
    assert len(server.requests) == asked + 1


async def test_only_what_changed_is_sent_again(vault: Path, model: str, server: Server) -> None:
    await choose(vault, model)
    async with opened(vault) as of:
        await read(of, model)
        before = len(texts(server))
        (vault / "Marsh.md").write_text("The marsh is drained.")
        await of.changed([Change(kind="modified", path="Marsh.md")])
        await of.complete()
        assert texts(server)[before:] == ["The marsh is drained."]
        (vault / "Sky.md").rename(vault / "Many" / "Sky.md")
        await of.changed([Change(kind="renamed", path="Sky.md", new_path="Many/Sky.md")])
        await of.complete()
        assert len(texts(server)) == before + 1


async def test_who_only_edits_the_settings_is_told_the_price_and_nothing_is_sent(
    vault: Path, model: str, server: Server
) -> None:
    async with opened(vault, model=model) as of:
        await of.settled()
        told = await until_told(of, "Nothing is sent before you agree")
        assert told.state == "paused"
        assert f"{model} has not read these notes: 146 passages" in (told.detail or "")
        assert "at most $0.02" in (told.detail or "")
        assert "Nothing is sent before you agree: choose the model once more." in (told.detail or "")
        assert (await of.search.query("dough rest", mode="semantic")).hits[0].path == "Bread.md"
        assert server.requests == []
        await of.agree(model, "0.05")
        await until(lambda: of.semantics.model == model)


async def test_a_model_that_was_never_tried_waits_to_be_and_then_reads_at_once(
    vault: Path, own: str, server: Server
) -> None:
    async with opened(vault, model=own) as of:
        await of.complete()
        assert (await part(of)).state == "paused"
        assert server.requests == []
        with pytest.raises(PriceNotAgreed):
            await of.agree(own, "0.00")
        estimate = await of.price_of(own)
        assert (estimate.cost_usd, estimate.at_most_usd, estimate.dimensions) == (None, None, 48)
        assert "for nothing" in estimate.told
        await of.agree(own, "0.00")
        await until(lambda: of.semantics.model == own)
        assert texts(server)[0].startswith("search_document: ")
        await of.search.query("telescope of saturn")
        assert texts(server)[-1] == "search_query: telescope of saturn"


async def test_a_model_of_ones_own_reads_without_a_sum(vault: Path, own: str, server: Server) -> None:
    await choose(vault, own)
    async with library(vault) as (found, of):
        await read(of, own)
        assert await spent(found) == 0


async def test_at_an_address_of_others_the_same_provider_has_a_price(vault: Path, server: Server) -> None:
    async with opened(vault) as of:
        with pytest.raises(PriceUnknown):
            await of.price_of("ollama/nomic-embed-text@https://models.example/v1")


async def test_a_model_of_unknown_price_is_sent_nothing(vault: Path, server: Server) -> None:
    async with opened(vault) as of:
        with pytest.raises(PriceUnknown, match="is not known, so nothing was sent"):
            await of.price_of(f"openai/text-embedding-9@{server.url}/v1")
        with pytest.raises(ModelUnusable, match="names no model of a provider"):
            await of.price_of("default")
        assert server.requests == []


async def test_a_run_stops_at_the_agreed_sum_and_keeps_what_it_has(vault: Path, model: str, server: Server) -> None:
    # So much is told for each request that the second slice does not fit any more.
    server.otherwise = embeds_but(lambda told: {**told, "usage": {"prompt_tokens": 64 * len(told["data"])}})
    await choose(vault, model)
    async with library(vault) as (found, of):
        await of.complete()
        await of.agree(model, "0.0001")
        told = await until_told(of, "of $0.0001 for this run")
        assert told.state == "paused"
        done, sent = of.semantics.filled, len(texts(server))
        assert done is not None
        assert 0 < done < len(NOTES) - 1
        assert await spent(found) <= 0.0001
        assert (await of.search.query("dough rest", mode="semantic")).hits
        await of.agree(model, "0.02")
        await until(lambda: of.semantics.model == model)
        # Nothing that was read is sent again.
        assert len(texts(server)) == 2 * (len(NOTES) - 1) >= sent


async def test_what_was_paid_and_thrown_away_is_not_paid_again_unasked(vault: Path, model: str, server: Server) -> None:
    await choose(vault, model)
    async with opened(vault) as of:
        await read(of, model)
        sent = len(texts(server))
        await of.rebuild()
        await until_told(of, "Nothing is sent before you agree")
        assert len(texts(server)) == sent


async def test_a_sum_beyond_the_cap_of_a_run_cannot_be_agreed_to(vault: Path, model: str) -> None:
    async with opened(vault) as of:
        with pytest.raises(BudgetExceeded, match="for this run") as told:
            await of.agree(model, "3.00")
    assert "budget_run_usd" in told.value.with_hint


async def test_the_budget_of_a_day_pauses_a_run(vault: Path, model: str, server: Server) -> None:
    await choose(vault, model)
    async with library(vault, budget_day_usd="0") as (found, of):
        await of.complete()
        assert (await until_told(of, "for today")).state == "paused"
        assert len(texts(server)) == 0
        await found.change_setting(of.id, "budget_day_usd", "1", for_every_vault=True)
        of.semantics.resume()
        await until(lambda: of.semantics.model == model)


async def test_an_ended_run_goes_on_without_sending_anything_twice(vault: Path, model: str, server: Server) -> None:
    await choose(vault, model)
    async with opened(vault) as of:
        await of.complete()
        await until(lambda: (of.semantics.filled or 0) > 0 or of.semantics.model == model)
    async with opened(vault) as of:
        await read(of, model)
    sent = texts(server)
    # What a slice had begun when it was ended is sent again, no more than that.
    assert len(sent) - len(set(sent)) <= 2 * semantics.SLICE_NOTES


@pytest.mark.parametrize(
    "turn",
    [
        answers(429, OpenAISpeech().error("rate_limit_error", "no"), retry_after="0.05"),
        answers(429, OpenAISpeech().error("rate_limit_error", "no")),
        answers(500, OpenAISpeech().error("api_error", "no")),
        answers(200, b"{]"),
    ],
)
async def test_what_passes_is_tried_again(vault: Path, model: str, server: Server, turn: Any) -> None:
    await choose(vault, model)
    server.turns += [turn, turn]
    async with opened(vault) as of:
        await read(of, model)


@pytest.mark.parametrize("reason", ["too long", "refused"])
async def test_what_a_provider_does_not_take_is_sent_alone_and_shorter(
    vault: Path, model: str, server: Server, reason: str
) -> None:
    (vault / "Long.md").write_text("# Long\n\nUNWANTED " + "word" * 400)
    told = "maximum context length is 100 tokens" if reason == "too long" else "content_policy violation"
    refusal = OpenAISpeech().error("invalid_request_error", told)

    async def turn(request: Any, talk: Any) -> None:
        unwanted = [text for text in request.body["input"] if "UNWANTED" in text]
        if unwanted and (reason == "refused" or len(unwanted[0]) > 1000):
            await talk.whole(400, refusal)
        else:
            await embeds(request, talk)

    server.otherwise = turn
    await choose(vault, model)
    async with opened(vault) as of:
        await read(of, model)
        assert of.semantics.embedded == len(NOTES)
        assert (await found_by_meaning(of, "rings of saturn telescope"))[0] == "Sky.md"
        lengths = {len(text) for text in texts(server) if text.startswith("Long")}
        assert len(lengths) == (3 if reason == "too long" else 2)


async def test_nonsense_of_a_provider_is_told_and_mixed_with_nothing(vault: Path, model: str, server: Server) -> None:
    await choose(vault, model)
    server.otherwise = embeds_but(
        lambda told: {**told, "data": [{"index": 0, "embedding": [1.0] * 9}] * len(told["data"])}
    )
    async with opened(vault) as of:
        await of.complete()
        told = await until_told(of, "vectors have 9 numbers, and not 512")
        assert (told.state, of.semantics.filled) == ("paused", 0)
        assert (await of.search.query("dough rest", mode="semantic")).hits[0].path == "Bread.md"


@pytest.mark.parametrize("stays", [True, False])
async def test_while_a_provider_is_away_the_instant_model_answers_soon_and_says_so(
    vault: Path, model: str, server: Server, monkeypatch: pytest.MonkeyPatch, stays: bool
) -> None:
    monkeypatch.setattr(provider_embedder, "QUERY_S", 0.4)
    await choose(vault, model)
    async with opened(vault) as of:
        await read(of, model)
    server.otherwise = hangs
    async with opened(vault, stays=stays) as of:
        await of.complete()
        began = time.perf_counter()
        answer = await of.search.query("kneading a dough", mode="hybrid")
        assert time.perf_counter() - began < 3
        assert (answer.mode, answer.hits[0].path) == ("hybrid", "Bread.md")
        assert model in (answer.coverage.notice or "")
        assert answer.coverage.embedded == len(NOTES) - 1
        (vault / "New.md").write_text("Violins and cellos play a symphony.")
        await of.changed([Change(kind="created", path="New.md")])
        standby = of.semantics.near.standby
        assert standby is not None
        await until(lambda: standby.copy.notes == len(NOTES))
        assert (await found_by_meaning(of, "cellos and violins"))[0] == "New.md"
        assert of.semantics.near.instant is not None


async def test_a_provider_that_comes_back_is_asked_again(vault: Path, model: str, server: Server) -> None:
    await choose(vault, model)
    async with opened(vault) as of:
        await read(of, model)
        server.otherwise = answers(401, OpenAISpeech().error("invalid_api_key", KEY))
        (vault / "New.md").write_text("Violins and cellos play a symphony.")
        await of.changed([Change(kind="created", path="New.md")])
        told = await until_told(of, "does not accept the key")
        assert told.state == "paused"
        assert KEY not in str(told)
        await of.complete()
        server.otherwise = embeds
        of.semantics.resume()
        await until(lambda: of.semantics.embedded == len(NOTES) and of.semantics.is_ready)
        assert (await part(of)).state == "ready"


async def test_going_back_keeps_the_other_models_vectors_until_it_is_whole(
    vault: Path, model: str, server: Server
) -> None:
    await choose(vault, model)
    async with opened(vault) as of:
        await read(of, model)
    async with opened(vault, model="default") as of:
        await of.settled()
        assert of.semantics.model == default_embedder().name
        assert of.semantics.near.standby is None
    assert len(list((vault.parent / "data").glob("vaults/*/vectors/*"))) == 1
    asked = len(server.requests)
    async with opened(vault) as of:
        await of.complete()
    assert len(server.requests) == asked


async def test_an_address_that_changed_is_another_model(vault: Path, model: str, server: Server) -> None:
    await choose(vault, model)
    async with opened(vault) as of:
        await read(of, model)
    sent = len(texts(server))
    async with opened(vault, model=f"{model}/") as of:
        await of.complete()
        await until_told(of, "Nothing is sent before you agree")
        assert len(texts(server)) == sent
        assert (await found_by_meaning(of, "rings of saturn telescope"))[0] == "Sky.md"


async def test_what_is_said_of_a_model_that_cannot_be_opened_is_no_error_of_the_vault(vault: Path) -> None:
    async with opened(vault, model="custom/nowhere") as of:
        await of.complete()
        told = await part(of)
        assert told.state == "paused"
        assert (await of.search.query("dough rest", mode="semantic")).hits[0].path == "Bread.md"
    async with library(vault) as (found, of):
        with pytest.raises(LibrarianError):
            await found.change_setting(of.id, "model", "anthropic/claude")
