"""Asking: a question in, an answer from the notes of one vault out, each sentence with the passage it stands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from librarian.answer import Answer, AnswerPassage, Citation, Turn, Understanding
from librarian.evidence import Found, link, quotation
from librarian.evidence.silence import silence

if TYPE_CHECKING:
    from librarian.retrieval import Retrieval, Retrieved
    from librarian.understanding import Questions

PASSAGES = 8
"""That an answer is made from, unless told."""
LEAST_COVERAGE = 0.5
"""Of the question's words, by their weight, that the best passage has: less is thin evidence, unless it is near."""
LEAST_COVERAGE_NEAR = 0.3
LEAST_COSINE = 0.5
"""Nearness in meaning of question and best passage, for that."""
LEAST_COSINE_ALONE = 0.6
"""The same where they share no words."""
QUOTED = 3
"""Passages that are the answer where no model gives one."""
LEAST_OF_BEST = 0.6
"""Score of each of them, as a share of the best one's."""
QUOTATION = 400
"""Characters of each of them."""
NO_MODEL = "No model is chosen, so these are the passages themselves. Choose one: librarian providers"
ASKED_FOR_PASSAGES = "No model was asked; these are the passages themselves."
THIN = "Nothing in the vault comes near enough to the question to ask a model; these passages come closest."

Method = Literal["auto", "model", "passages"]


class Asking:
    """Answers questions about one vault."""

    def __init__(self, questions: Questions, retrieval: Retrieval, today: Callable[[], date]) -> None:
        self._questions = questions
        self._retrieval = retrieval
        self._today = today

    async def understand(self, text: str, history: Sequence[Turn] = ()) -> Understanding:
        """What would be looked for."""
        return await self._questions.understood(text, self._today(), [turn.question for turn in history])

    async def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        understood: Understanding | None = None,
        limit: int = PASSAGES,
        method: Method = "auto",
    ) -> Answer:
        """Answer a question. ``understood``: what to look for instead of what rules would read."""
        read = understood or await self.understand(question, history)
        retrieved = await self._retrieval.passages(question, read, limit)
        if is_thin(retrieved.found):
            return _told(silence(question), retrieved, abstained=True, notice=THIN)
        return _quoted(retrieved, NO_MODEL if method == "auto" else ASKED_FOR_PASSAGES)


def is_thin(found: Sequence[Found]) -> bool:
    """Whether no passage is near enough to a question to answer it."""
    return not any(
        each.coverage >= LEAST_COVERAGE
        or (each.coverage >= LEAST_COVERAGE_NEAR and each.cosine >= LEAST_COSINE)
        or each.cosine >= LEAST_COSINE_ALONE
        for each in found
    )


def _quoted(retrieved: Retrieved, notice: str) -> Answer:
    """What the best passages say, in their own words."""
    best = retrieved.found[0].score
    near = [each for each in retrieved.found[:QUOTED] if each.score >= LEAST_OF_BEST * best]
    citations = [_citation(at, each, retrieved.understood.words, QUOTATION) for at, each in enumerate(near, 1)]
    text = "\n\n".join(
        f"> {' '.join(each.quote.split())} {link(each.path, each.heading, str(each.id))}" for each in citations
    )
    return _told(text, retrieved, citations=citations, notice=notice)


def _citation(
    number: int, found: Found, wanted: Sequence[str], most_characters: int = 0, *, supported: bool = True
) -> Citation:
    quote, line = quotation(found.piece.text, wanted, most_characters)
    return Citation(
        id=number,
        path=found.path,
        heading=found.piece.heading,
        line=found.piece.line + line,
        quote=quote,
        supported=supported,
    )


def _told(
    text: str,
    retrieved: Retrieved,
    *,
    citations: Sequence[Citation] = (),
    abstained: bool = False,
    notice: str | None = None,
) -> Answer:
    return Answer(
        text=text,
        citations=tuple(citations),
        abstained=abstained,
        passages=tuple(_passage(at, each) for at, each in enumerate(retrieved.found, 1)),
        method="passages",
        notice=notice,
        understood=retrieved.understood,
        unsupported=(),
        unknown_citations=0,
        usage=None,
        coverage=retrieved.coverage,
        retrieval_ms=retrieved.took_ms,
    )


def _passage(number: int, found: Found) -> AnswerPassage:
    return AnswerPassage(
        id=number,
        path=found.path,
        title=found.title,
        heading=found.piece.heading,
        line=found.piece.line,
        text=found.piece.text,
        score=round(found.score, 3),
    )
