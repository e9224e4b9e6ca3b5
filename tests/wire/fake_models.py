"""What a library without a vault says in the place of models: plain values, and no model is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from librarian.answer import Answer, AnswerPassage, Citation, Turn, Understanding
from librarian.draft import Draft
from librarian.drafting import Wish as DraftWish
from librarian.errors import (
    ProviderUnreachable,
)
from librarian.money import Caps
from librarian.passage import Coverage
from librarian.telling import Delta, Tell
from librarian.usage import Budget, By, CostEstimate, Spent, UsageRow, UsageSummary, left


class FakeCosts:
    """Knows one call of a model."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    async def summary(self, by: By, *of: date | str | None) -> UsageSummary:
        self.asked.append((by, *of))
        row = UsageRow.of("openai/gpt-5-mini", 2, 1_000, 100, 0, 0, 40, 450, 1, 0, 0, 0)
        return UsageSummary(by=by, rows=(row,), total_usd="0.00045")

    async def budget(self, vault_id: str | None = None) -> Budget:
        self.asked.append((vault_id,))
        return left(Caps(500_000, 2_000_000, 5_000_000, 20_000_000), Spent(450, 450), date(2026, 3, 10))


def estimated(tokens: int) -> CostEstimate:
    """What a model would take, as every ability tells it."""
    return CostEstimate(
        provider="openai", model="m", local=False, calls=1, cached=0, input_tokens=tokens, cost_usd="0.01",
        at_most_usd="0.02", expected_ms=None, asks=False, left_usd="4.99", exceeds=None,
    )  # fmt: skip


class FakeAsking:
    """Answers every question word by word from one passage; ``what is gone?`` breaks off."""

    async def understand(self, text: str, history: Sequence[Turn] = (), *, by_model: bool = False) -> Understanding:
        words = (*(turn.question for turn in history), text)
        return Understanding(words=words, query=" ".join(words), method="model" if by_model else "rules")

    async def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn],
        understood: Understanding | None,
        limit: int,
        method: str,
        tell: Tell,
    ) -> Answer:
        if question == "what is gone?":
            error = ProviderUnreachable("openai", "it is gone", sent=True)
            error.data["partial"] = "It floods"
            raise error
        for word in ("It ", "floods ", "[[Marsh#Tides|1]]."):
            tell(Delta(text=word))
        await asyncio.sleep(0)
        passage = AnswerPassage(
            id=1, path="Marsh.md", title="Marsh", heading="Tides", line=3, text="It floods.", score=limit
        )
        citation = Citation(id=1, path="Marsh.md", heading="Tides", line=3, quote="It floods.", supported=True)
        return Answer(
            text="It floods [[Marsh#Tides|1]].", citations=(citation,), abstained=False, passages=(passage,),
            method="passages" if method == "passages" else "model", notice=None,
            understood=understood or await self.understand(question, history), unsupported=(), unknown_citations=0,
            usage=None, coverage=Coverage(notes=2, searched=2, skipped=0), retrieval_ms=0.5,
        )  # fmt: skip

    async def estimate(self, question: str, **asked: Any) -> CostEstimate:
        return CostEstimate.of_nobody() if asked["method"] == "passages" else estimated(asked["limit"])


class FakeDrafting:
    """Writes what it was asked for, word by word; where that is ``gone`` it breaks off."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    async def rewrite(self, path: str, at: object, wish: DraftWish, tell: Callable[[str], None]) -> Draft:
        return self._written((path, at), wish, tell)

    async def reword(self, text: str, wish: DraftWish, tell: Callable[[str], None]) -> Draft:
        return self._written((text,), wish, tell)

    async def go_on(self, path: str, at: int, wish: DraftWish, tell: Callable[[str], None]) -> Draft:
        return self._written((path, at), wish, tell)

    async def generate(self, path: str | None, at: int | None, wish: DraftWish, tell: Callable[[str], None]) -> Draft:
        return self._written((path, at), wish, tell)

    async def estimate_rewrite(self, passage: object, wish: DraftWish) -> CostEstimate:
        return self._estimated("rewrite", passage, wish)

    async def estimate_going_on(self, path: str, at: int, wish: DraftWish) -> CostEstimate:
        return self._estimated("continue", (path, at), wish)

    async def estimate_generating(self, path: str | None, at: int | None, wish: DraftWish) -> CostEstimate:
        return self._estimated("generate", (path, at), wish)

    def _estimated(self, *asked: object) -> CostEstimate:
        self.asked.append(asked)
        return estimated(7)

    def _written(self, asked: tuple[object, ...], wish: DraftWish, tell: Callable[[str], None]) -> Draft:
        self.asked.append((*asked, wish))
        for word in wish.instruction.replace(" ", " \0").split("\0"):
            tell(word)
        if wish.instruction.endswith("gone"):
            error = ProviderUnreachable("openai", "it is gone", sent=True)
            error.data["partial"] = wish.instruction
            raise error
        return Draft(text=wish.instruction, hunks=(), more=0, whole=True, plan=None, usage=None)


def free(chat: Any) -> Any:
    """The model as it is tested, in nobody's books."""
    chat.cost_usd = "0.00"
    return chat
