"""What models cost, as a person sees it on the command line."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk

from librarian.chat import Usage
from librarian.money import Caps, Estimate, Purpose
from librarian.spend import Spend

CAPS = Caps(*[10**9] * 4)


@pytest.fixture
def spender(tmp_path: Path) -> Desk:
    """Somebody who asked a model three times, and another on this machine."""

    async def spend() -> None:
        books = await Spend.open(tmp_path / "data" / "spend.sqlite")
        for feature, cost in (("summary", 12_000), ("answer", 3_000)):
            purpose = Purpose(feature, vault_id="garden-1")
            call = await books.reserve(purpose, "openai", "gpt-5-mini", Estimate(1, 1, 1, 20_000), CAPS)
            await books.settle(call, cost, Usage(input_tokens=40_000, output_tokens=1_200), 900)
        await books.note_cached(Purpose("answer"), "openai", "gpt-5-mini")
        call = await books.reserve(
            Purpose("summary"), "ollama", "gemma3\x1b[31m", Estimate(1, 1, 0, 0), CAPS, local=True
        )
        await books.settle(call, 0, Usage(input_tokens=900, output_tokens=90, estimated=True), 12_300)
        await books.close()

    asyncio.run(spend())
    return Desk(vault=tmp_path, home=tmp_path)


def test_a_person_sees_calls_tokens_cost_and_what_is_left(spender: Desk) -> None:
    lines = spender.text("usage").splitlines()
    assert lines[0].split() == ["model", "calls", "kept", "read", "written", "US$", "local"]
    assert lines[1].split() == ["openai/gpt-5-mini", "3", "1", "80,000", "2,400", "0.015"]
    assert lines[2].split() == ["ollama/gemma3�[31m", "1", "900", "90", "~0", "12.3", "s"]
    assert lines[3].startswith("$0.015 in all")
    assert "today       $4.98 left of $5.00  budget_day_usd" in lines


def test_use_is_shown_by_feature_and_day(spender: Desk) -> None:
    by_feature = spender.json("usage", "--by", "feature")["summary"]
    assert [(row["key"], row["costUsd"]) for row in by_feature["rows"]] == [("summary", "0.012"), ("answer", "0.003")]
    assert spender.json("usage", "--by", "day", "--until", "2020-01-01")["summary"]["rows"] == []
    assert spender.text("usage", "--until", "2020-01-01").startswith("No model was asked")
    today = date.today().isoformat()
    assert spender.json("usage", "--by", "day", "--since", today)["summary"]["rows"][0]["calls"] == 4
    spender.error("usage", "--since", "yesterday", code=2)


def test_a_budget_is_changed_with_config_and_shown_at_once(spender: Desk) -> None:
    assert "from the next call" in spender.text("config", "set", "budget_day_usd", "0.01")
    day = next(cap for cap in spender.json("usage")["budget"]["caps"] if cap["cap"] == "day")
    assert (day["limitUsd"], day["spentUsd"], day["leftUsd"]) == ("0.01", "0.015", "0.00")
    kept = json.loads((spender.home / "config" / "settings.json").read_text(encoding="utf-8"))
    assert kept["settings"]["budget_day_usd"] == "0.01"
    spender.error("config", "set", "budget_day_usd", "lots", code=2)
