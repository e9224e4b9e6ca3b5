"""The model that a vault has chosen, as an ability is given it: real protocol, real books, real settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from librarian import settings
from librarian.chat import Delta, Event, Limits, Message
from librarian.chat.presets import Choice
from librarian.errors import NoProvider, PriceUnknown, ProviderUnreachable
from librarian.library import Library, open_library
from librarian.metering import Manner, Writer
from librarian.money import Purpose
from librarian.open_vault import OpenVault
from librarian.places import Places
from providers.protocols import OpenAISpeech
from providers.scenes import says
from providers.server import Server

ASKED = [Message("user", "What grows in the salt marsh?")]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(data=tmp_path / "data", config=tmp_path / "config")


@pytest.fixture
async def library(places: Places) -> AsyncIterator[Library]:
    async with open_library(places, settings.load(places.settings), stays=False) as opened:
        yield opened


@pytest.fixture
async def vault(library: Library, tmp_path: Path) -> OpenVault:
    (tmp_path / "vault").mkdir()
    return await library.open_vault(str(tmp_path / "vault"))


async def ask(writer: Writer) -> list[Event]:
    return [event async for event in writer.stream(ASKED, Limits(max_output_tokens=200, timeout_s=5))]


async def test_a_vaults_model_is_asked_within_limits_and_its_answers_are_kept(
    library: Library, vault: OpenVault, server: Server
) -> None:
    for name, value in (("provider", "llamacpp"), ("base_url", f"{server.url}/v1")):
        await library.change_setting(vault.id, name, value)
    server.turns.append(says(OpenAISpeech().answer("Glass", "wort.")))
    purpose = Purpose("summary", vault_id=vault.id)
    for calls in (1, 2):
        writer = await library.writer(purpose)
        assert "".join(event.text for event in await ask(writer) if isinstance(event, Delta)) == "Glasswort."
        use = writer.use()
        assert use is not None
        assert (use.provider, use.cached, use.cost_usd) == ("llamacpp", calls - 1, "0.00")
    assert len(server.requests) == 1
    (row,) = (await library.costs.summary("vault")).rows
    assert (row.key, row.calls, row.cached, row.cost_usd) == (vault.id, 2, 1, "0.00")


async def test_what_a_model_of_ones_own_address_costs_is_asked_and_then_counted(
    library: Library, vault: OpenVault, server: Server
) -> None:
    for name, value in (("provider", "custom"), ("base_url", f"{server.url}/v1"), ("chat_model", "mine")):
        await library.change_setting(vault.id, name, value)
    server.turns.append(says(OpenAISpeech().answer("Yes.")))
    purpose = Purpose("answer", vault_id=vault.id)
    with pytest.raises(PriceUnknown):
        await ask(await library.writer(purpose))
    assert server.requests == []
    await library.change_setting(vault.id, "model_prices", ("custom/mine=1/10",))
    await ask(await library.writer(purpose, Manner(fresh=True)))
    assert (await library.costs.summary("model")).total_usd == "0.000123"


async def test_a_provider_that_was_not_allowed_is_not_asked_and_one_that_was_is(
    library: Library, vault: OpenVault, server: Server
) -> None:
    nowhere = "http://127.0.0.1:9/v1"
    await library.change_setting(vault.id, "provider", "ollama")
    for name, value in (("base_url", nowhere), ("chat_model", "gemma3")):
        await library.change_setting(vault.id, name, value)
    with pytest.raises(ProviderUnreachable):
        await ask(await library.writer(Purpose("answer", vault_id=vault.id)))
    # There is no key for it, so that it cannot stand in; who is away is told.
    await library.change_setting(vault.id, "fallback_providers", ("huggingface", "ollama"))
    writer = await library.writer(Purpose("answer", vault_id=vault.id))
    with pytest.raises(ProviderUnreachable):
        await ask(writer)
    assert (writer.provider, server.requests) == ("ollama", [])


async def test_an_answer_of_a_stand_in_is_kept_as_that_of_its_address(
    library: Library, vault: OpenVault, server: Server
) -> None:
    for name, value in (("provider", "ollama"), ("base_url", f"{server.url}/v1"), ("chat_model", "gemma3")):
        await library.change_setting(vault.id, name, value)
    await library.change_setting(vault.id, "fallback_providers", ("ollama",))
    server.turns.append(says(OpenAISpeech().answer("Yes.")))
    purpose, away = Purpose("answer", vault_id=vault.id), Choice("llamacpp", "mine", "http://127.0.0.1:9/v1")
    for cached in (0, 1):
        writer = await library.writer(purpose, choice=None if cached else away)
        await ask(writer)
        use = writer.use()
        assert use is not None
        assert (use.provider, use.cached) == ("ollama", cached)
    assert len(server.requests) == 1


async def test_without_a_choice_nothing_is_opened(library: Library, vault: OpenVault, places: Places) -> None:
    with pytest.raises(NoProvider):
        await library.writer(Purpose("summary", vault_id=vault.id))
    assert not places.spend.exists()
