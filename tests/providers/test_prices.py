"""What an act will cost is shown before a provider hears of it, and asked about where it is much, as a person sees it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from librarian import settings
from librarian.chat import Choice
from librarian.library import open_library
from librarian.places import Places
from providers.protocols import OpenAISpeech
from providers.scenes import says
from providers.server import Server
from providers.test_canary import environment

if sys.platform == "win32":
    pytest.skip("needs a terminal of Unix", allow_module_level=True)

from tests.e2e.screen import Screen, screen

SPEECH = OpenAISpeech()
NOTE = "# Marsh\n\nThe marsh floods twice a day, at spring tides more than a hand deep.\n"
DEAR, CHEAP = "custom/tiny=400/400", "custom/tiny=1/1"
ACTS = (
    ("summarise", "Marsh.md"),
    ("ask", "How often does the marsh flood?"),
    ("rewrite", "Marsh.md", "Shorter"),
    ("continue", "Marsh.md"),
    ("write", "A packing list"),
)


class Home:
    """A person with a vault and a model of their own price."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.vault = folder / "vault"
        self.vault.mkdir()
        (self.vault / "Marsh.md").write_text(NOTE)
        self.environment = environment(folder, LIBRARIAN_VAULT=str(self.vault))
        self.places = Places(data=folder / "data", config=folder / "config")
        self.choose("provider", "custom")
        self.choose("base_url", f"{server.url}/v1")
        self.choose("chat_model", "tiny")
        self.choose("budget_call_usd", "5")

    def choose(self, name: str, value: object) -> None:
        settings.change(self.places.settings, name, value)

    async def at_terminal(self, arguments: tuple[str, ...], *, key: str = "") -> tuple[int, str]:
        """Run a command at a terminal, answer the question about its price; its exit code, and all that was shown."""

        def act() -> tuple[int, str]:
            command = (sys.executable, "-m", "librarian", *arguments)
            with screen(command, cwd=self.vault, environment=self.environment, columns=200) as shown:
                if key:
                    shown.until("Go on? [y/n]")
                    shown.press(key)
                refused_what_was_written(shown)
                return shown.end(), shown.shown

        def refused_what_was_written(shown: Screen) -> None:
            if arguments[0] in ("rewrite", "continue") and key != "n":
                shown.until("Put it in? [y/n]")
                shown.press("n")

        return await asyncio.to_thread(act)


@pytest.fixture
def home(tmp_path: Path, server: Server) -> Home:
    return Home(tmp_path, server)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act[0])
async def test_what_is_dear_is_asked_about_and_nothing_is_sent_before_yes(
    home: Home, server: Server, act: tuple[str, ...]
) -> None:
    home.choose("model_prices", (DEAR,))
    code, shown = await home.at_terminal(act, key="n")
    assert (code, server.requests) == (1, [])
    assert "tiny of custom: 1 call, some " in shown
    assert "Nothing was asked." in shown
    server.turns.append(says(SPEECH.answer("It floods twice a day [1].")))
    code, shown = await home.at_terminal(act, key="y")
    assert (code, len(server.requests)) == (0, 1)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act[0])
async def test_what_is_cheap_is_told_and_begun(home: Home, server: Server, act: tuple[str, ...]) -> None:
    home.choose("model_prices", (CHEAP,))
    server.turns.append(says(SPEECH.answer("It floods twice a day [1].")))
    code, shown = await home.at_terminal(act)
    assert (code, len(server.requests)) == (0, 1)
    assert "Go on?" not in shown
    assert shown.index("tiny of custom: 1 call, some ") < shown.index("It floods")
    assert "about $0.00" in shown


async def test_from_which_sum_on_a_person_is_asked_is_a_setting(home: Home, server: Server) -> None:
    home.choose("model_prices", (CHEAP,))
    home.choose("ask_from_usd", "0.000001")
    assert (await home.at_terminal(ACTS[0], key="n"))[0] == 1
    home.choose("model_prices", (DEAR,))
    home.choose("ask_from_usd", "10")
    server.turns.append(says(SPEECH.answer("It floods.")))
    code, shown = await home.at_terminal(ACTS[0])
    assert (code, "Go on?" in shown) == (0, False)


async def test_a_budget_that_is_used_up_is_told_before_with_the_way_to_raise_it(home: Home, server: Server) -> None:
    home.choose("model_prices", (CHEAP,))
    home.choose("budget_day_usd", "0.0001")
    code, shown = await home.at_terminal(ACTS[1], key="n")
    assert (code, server.requests) == (1, [])
    assert "Of $0.0001 for today, $0.0001 are left" in shown
    assert "librarian config set budget_day_usd AMOUNT" in shown


async def test_a_model_is_tested_within_the_budget_and_its_cost_is_in_the_books(home: Home, server: Server) -> None:
    async def tested(**chosen: str) -> tuple[str, str | None]:
        loaded = settings.load(home.places.settings)
        async with open_library(home.places, loaded, stays=False) as library:
            choice = Choice("custom", "tiny", f"{server.url}/v1") if not chosen else Choice(**chosen)
            told = await library.test(choice)
            rows = (await library.costs.summary("feature")).rows
            assert {row.key for row in rows} <= {"test"}
            return " ".join(filter(None, (told.told, told.hint))), told.cost_usd

    server.turns.append(says(SPEECH.answer("yes")))
    told, cost = await tested()
    assert told.startswith("tiny works")
    assert 'librarian config set model_prices "custom/tiny=' in told
    assert cost is None
    home.choose("model_prices", (DEAR,))
    server.turns.append(says(SPEECH.answer("yes")))
    told, cost = await tested()
    assert told.endswith("ms.")
    assert float(cost or 0) > 0
    home.choose("budget_call_usd", "0")
    told, cost = await tested()
    assert "This may cost up to $" in told
    assert (cost, len(server.requests)) == ("0.00", 2)
    # A model of one's own machine costs nothing there, and who knows what elsewhere.
    told, cost = await tested(provider="ollama", model="gemma", base_url="http://127.0.0.1:9/v1")
    assert cost == "0.00"
