"""What may cost money is listed here, with the method that tells its price first; and texts that models write."""

from __future__ import annotations

import pytest

from librarian.drafting import Wish
from librarian.errors import BudgetExceeded
from librarian.methods import METHODS

from .conftest import Serving
from .fake_library import FakeLibrary
from .test_methods import guest

ESTIMATE_OF = {
    "answer.ask": "answer.estimate",
    "summary.create": "summary.estimate",
    "summary.run": "summary.estimate",
    "templates.infer": "templates.estimate",
    "text.rewrite": "text.estimateRewrite",
    "text.continue": "text.estimateContinue",
    "text.generate": "text.estimateGenerate",
}
TOLD_IN_WORDS = {"providers.test", "query.understand"}
"""One request of a sentence or two: what it may cost is said where it is offered."""
READING = {"embedding.estimate", "embedding.agree"}
"""A vault is read by a provider's model only after its price was agreed to, and never by one call."""
DECLARED = {each.name: each for each in METHODS}


def test_every_method_that_may_cost_money_tells_its_price_first() -> None:
    may_spend = {each.name for each in METHODS if any(issubclass(BudgetExceeded, error) for error in each.errors)}
    # These tell in their answer that a budget is used up, and do not fail of it.
    may_spend |= {"templates.infer", "providers.test"}
    assert may_spend == ESTIMATE_OF.keys() | set(ESTIMATE_OF.values()) | TOLD_IN_WORDS | READING


@pytest.mark.parametrize(("act", "estimate"), ESTIMATE_OF.items())
def test_a_price_is_asked_for_with_the_parameters_of_the_act(act: str, estimate: str) -> None:
    assert (
        DECLARED[act].params.model_fields.keys() - {"progress_token"} <= DECLARED[estimate].params.model_fields.keys()
    )
    assert {"provider", "model", "costUsd", "atMostUsd", "asks"} <= {
        field.alias for field in DECLARED[estimate].result.model_fields.values()
    }


REWRITE = {"vaultId": "v1", "path": "a.md", "range": [2, 9], "instruction": "Make it short"}
CONTINUE = {"vaultId": "v1", "path": "a.md", "at": 9}
GENERATE = {"vaultId": "v1", "prompt": "A packing list", "path": "b.md", "at": 0}


async def test_texts_come_word_by_word_and_then_whole(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        for method, params, asked in (
            ("text.rewrite", REWRITE, ("a.md", (2, 9), Wish("Make it short"))),
            ("text.rewrite", {"vaultId": "v1", "text": "Old.", "instruction": "New"}, ("Old.", Wish("New"))),
            ("text.continue", CONTINUE | {"language": "Dansk"}, ("a.md", 9, Wish("", "Dansk"))),
            ("text.generate", GENERATE | {"fresh": True}, ("b.md", 0, Wish("A packing list", None, fresh=True))),
        ):
            peer.notices.clear()
            answer = (await peer.ask(method, {**params, "progressToken": "t"}))["result"]
            assert library.vault("v1").drafting.asked[-1] == asked
            told = [notice["params"]["value"]["text"] for notice in peer.notices]
            assert "".join(told) == answer["text"] == asked[-1].instruction


async def test_a_text_that_broke_off_leaves_what_was_written(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        error = (await peer.ask("text.rewrite", REWRITE | {"instruction": "It is gone"}))["error"]
        assert (error["code"], error["data"]["partial"]) == (-32081, "It is gone")


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("text.rewrite", REWRITE | {"text": "both"}),
        ("text.rewrite", {"vaultId": "v1", "instruction": "neither"}),
        ("text.rewrite", REWRITE | {"instruction": ""}),
        ("text.continue", {"vaultId": "v1", "path": "a.md"}),
        ("text.continue", CONTINUE | {"at": -1}),
        ("text.generate", GENERATE | {"prompt": "x" * 4_001}),
        ("text.generate", GENERATE | {"colour": "red"}),
    ],
)
async def test_what_does_not_fit_is_refused_by_the_act_and_its_price(
    serving: Serving, method: str, params: dict[str, object]
) -> None:
    async with guest(serving.port) as peer:
        for name in (method, ESTIMATE_OF[method]):
            assert (await peer.ask(name, params))["error"]["code"] == -32602


async def test_every_price_is_told_in_one_shape(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        asked = {
            "answer.estimate": {"vaultId": "v1", "question": "How often does it flood?"},
            "summary.estimate": {"vaultId": "v1", "path": "a.md", "fresh": True, "method": "model"},
            "templates.estimate": {"vaultId": "v1", "folder": "Meetings", "useModel": True},
            "text.estimateRewrite": REWRITE,
            "text.estimateContinue": CONTINUE,
            "text.estimateGenerate": GENERATE,
        }
        assert asked.keys() == set(ESTIMATE_OF.values())
        for method, params in asked.items():
            told = (await peer.ask(method, params))["result"]
            assert (told["provider"], told["model"], told["costUsd"], told["atMostUsd"]) == (
                "openai",
                "m",
                "0.01",
                "0.02",
            )
            assert (told["asks"], told["leftUsd"], told["exceeds"], told["cached"]) == (False, "4.99", None, 0)
        assert library.vault("v1").drafting.asked == [
            ("rewrite", ("a.md", (2, 9)), Wish("Make it short")),
            ("continue", ("a.md", 9), Wish("")),
            ("generate", ("b.md", 0), Wish("A packing list")),
        ]  # fmt: skip


async def test_where_no_model_will_be_asked_nothing_has_a_price(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        for method, params in (
            ("templates.estimate", {"vaultId": "v1", "folder": "Meetings"}),
            ("answer.estimate", {"vaultId": "v1", "question": "Why?", "method": "passages"}),
        ):
            told = (await peer.ask(method, params))["result"]
            assert (told["provider"], told["costUsd"], told["calls"]) == (None, None, 0)
