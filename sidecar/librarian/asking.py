"""Asking: a question in, an answer from the notes of one vault out, each sentence with the passage it stands on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from librarian.answer import Answer, AnswerPassage, Citation, Turn, Understanding
from librarian.answering import LIMITS, Answering, label
from librarian.errors import ModelError, MoneyError, NoProvider
from librarian.evidence import Found, link, quotation
from librarian.evidence.silence import silence
from librarian.metering import Desk, Manner
from librarian.money import Purpose
from librarian.pricing import LOCAL
from librarian.prompts import answer as prompts
from librarian.prompts.answer import VERSION
from librarian.telling import Tell
from librarian.understanding import by_a_model, whole
from librarian.usage import CostEstimate, ModelUse

if TYPE_CHECKING:
    from librarian.metering import Desk
    from librarian.prompts.prompt import Prompt
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
NO_MODEL = "No model is chosen, so these are the passages themselves."
ASKED_FOR_PASSAGES = "No model was asked; these are the passages themselves."
CUT = "The model reached the limit of its answer."
UNSUPPORTED = "What the model wrote stands on no passage that says so, so it is left out; these passages come closest."
ROOM, SMALL_ROOM = 2_500, 1_300
"""Tokens of all passages together: of models of large providers, and of one's own, which often have room for 4,096."""
TURNS = 4
"""Earlier questions with their answers that a model is told."""
THIN = "Nothing in the vault comes near enough to the question to ask a model; these passages come closest."

_BLOCK_MARKS = re.compile(r"^(?:>\s?|[-*+]\s+|\d+[.)]\s+|\[[ xX]\]\s+|\[![^\]\n]{1,60}\][+-]?\s*)+")
"""At the beginning of a quoted line, which stands in a quote of its own."""
_CELL_END = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\|[ \t|:-]+")
"""The line below a table's head."""

Method = Literal["auto", "model", "passages"]


class Asking:
    """Answers questions about one vault."""

    def __init__(
        self,
        vault_id: str,
        questions: Questions,
        retrieval: Retrieval,
        desk: Desk,
        today: Callable[[], date],
    ) -> None:
        self._vault_id = vault_id
        self._questions = questions
        self._retrieval = retrieval
        self._desk = desk
        self._today = today

    async def understand(self, text: str, history: Sequence[Turn] = (), *, by_model: bool = False) -> Understanding:
        """What would be looked for. ``by_model``: with other words for it, where a model can give them.

        Raises NoProvider, KeyMissing and MoneyError with ``by_model``; where the model fails, rules have read it.
        """
        before = [turn.question for turn in history]
        read = await self._questions.understood(text, self._today(), before)
        if not by_model:
            return read
        writer = await self._desk.write(
            Purpose("question", self._vault_id), Manner(prompt_version=f"question/{VERSION}")
        )
        return await by_a_model(writer, text, read, before)

    async def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        understood: Understanding | None = None,
        limit: int = PASSAGES,
        method: Method = "auto",
        tell: Tell = lambda _value: None,
    ) -> Answer:
        """Answer a question. ``understood``: what to look for instead of what rules would read.

        Raises, with ``method`` ``model`` or where a model is chosen, ModelError and MoneyError, of which ``data`` then
        has ``partial``: what was written by then.
        """
        writes = method != "passages" and self._has_model(must=method == "model")
        read = whole(understood) if understood else await self.understand(question, history)
        retrieved = await self._retrieval.passages(question, read, limit, self._room() if writes else ROOM, sent=writes)
        if is_thin(retrieved.found):
            return told(silence(question), retrieved, abstained=True, notice=THIN)
        if not writes:
            return quoted(retrieved, NO_MODEL if method == "auto" else ASKED_FOR_PASSAGES)
        return await self._written(question, history, retrieved, tell)

    async def estimate(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        understood: Understanding | None = None,
        limit: int = PASSAGES,
        method: Method = "auto",
    ) -> CostEstimate:
        """What an answer will take, before it is asked for: passages are looked for, and nobody is asked.

        Raises as `ask`, and PriceUnknown.
        """
        if method == "passages" or not self._has_model(must=method == "model"):
            return CostEstimate.of_nobody()
        read = whole(understood) if understood else await self.understand(question, history)
        found = (await self._retrieval.passages(question, read, limit, self._room(), sent=True)).found
        rehearsal = await self._desk.rehearse(*self._asks())
        if not is_thin(found):
            await rehearsal.answer(prompted(question, history, found).messages(), LIMITS)
        return await rehearsal.estimate()

    def cosine(self, one: str, other: str) -> float:
        """Nearness in meaning of two texts, by which sentences are held against passages."""
        return self._retrieval.cosine(one, other)

    def _has_model(self, *, must: bool) -> bool:
        try:
            self._desk.provider()
        except NoProvider:
            if must:
                raise
            return False
        return True

    def _room(self) -> int:
        return SMALL_ROOM if is_small(self._desk.provider()[0]) else ROOM

    def _asks(self) -> tuple[Purpose, Manner]:
        return Purpose("answer", self._vault_id), Manner(prompt_version=f"answer/{VERSION}")

    async def _written(self, question: str, history: Sequence[Turn], retrieved: Retrieved, tell: Tell) -> Answer:
        writer = await self._desk.write(*self._asks())
        answering = Answering(writer, retrieved.found, self.cosine, tell)
        try:
            has_said = await answering.run(prompted(question, history, retrieved.found))
        except (ModelError, MoneyError) as error:
            error.data["partial"] = answering.broken_off()
            raise
        if not has_said:
            return told(silence(question), retrieved, abstained=True, usage=writer.use())
        return composed(question, answering, retrieved, writer.use())


def prompted(question: str, history: Sequence[Turn], found: Sequence[Found]) -> Prompt:
    """What a model is asked."""
    passages = [(label(each), each.piece.text) for each in found]
    return prompts.answer(question, passages, [(turn.question, turn.answer) for turn in history[-TURNS:]])


def is_small(provider: str) -> bool:
    """Whether models of this provider may have little room to read in, and forget what is too much without a word."""
    return provider in LOCAL or provider == "custom"


def composed(question: str, answering: Answering, retrieved: Retrieved, usage: ModelUse | None) -> Answer:
    """What a model said with what it stands on; nothing of it where no sentence stands on anything."""
    claims = answering.scribe.claims
    unsupported = tuple(claim.text for claim in claims if not claim.supported)
    if not any(claim.supported for claim in claims):
        return told(
            silence(question), retrieved, abstained=True, notice=UNSUPPORTED, usage=usage,
            unsupported=unsupported, unknown=answering.scribe.unknown,
        )  # fmt: skip
    ids = dict.fromkeys(number for claim in claims for number in claim.ids)
    citations = []
    for number in ids:
        citing = [claim for claim in claims if number in claim.ids]
        said = next((claim for claim in citing if claim.supported), citing[0])
        supported = all(claim.supported for claim in citing)
        citations.append(_citation(number, retrieved.found[number - 1], [said.text], supported=supported))
    return told(
        answering.scribe.text.strip(), retrieved, citations=citations, method="model",
        notice=CUT if answering.is_cut else None, usage=usage, unsupported=unsupported,
        uncited=answering.scribe.uncited, unknown=answering.scribe.unknown,
    )  # fmt: skip


def is_thin(found: Sequence[Found]) -> bool:
    """Whether no passage is near enough to a question to answer it."""
    return not any(
        each.coverage >= LEAST_COVERAGE
        or (each.coverage >= LEAST_COVERAGE_NEAR and each.cosine >= LEAST_COSINE)
        or each.cosine >= LEAST_COSINE_ALONE
        for each in found
    )


def quoted(retrieved: Retrieved, notice: str) -> Answer:
    """What the best passages say, in their own words."""
    best = retrieved.found[0].score
    near = [each for each in retrieved.found[:QUOTED] if each.score >= LEAST_OF_BEST * best]
    citations = [_citation(at, each, retrieved.understood.words, QUOTATION) for at, each in enumerate(near, 1)]
    text = "\n\n".join(f"> {_unmarked(each.quote)} {link(each.path, each.heading, str(each.id))}" for each in citations)
    return told(text, retrieved, citations=citations, notice=notice)


def _unmarked(quote: str) -> str:
    """What was quoted, on one line: without the marks of its lists and quotes, with points between a table's cells."""
    return " ".join(plain for line in quote.splitlines() if (plain := _unmarked_line(" ".join(line.split()))))


def _unmarked_line(line: str) -> str:
    body = _BLOCK_MARKS.sub("", line)
    if not body.startswith("|"):
        return body
    cells = () if _RULE.fullmatch(body) else _CELL_END.split(body)
    return " · ".join(cell.strip().replace(r"\|", "|") for cell in cells if cell.strip())


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


def told(  # noqa: PLR0913  # the parts of an answer
    text: str,
    retrieved: Retrieved,
    *,
    citations: Sequence[Citation] = (),
    abstained: bool = False,
    notice: str | None = None,
    method: Literal["model", "passages"] = "passages",
    usage: ModelUse | None = None,
    unsupported: Sequence[str] = (),
    uncited: Sequence[str] = (),
    unknown: int = 0,
) -> Answer:
    """An answer from what was found."""
    return Answer(
        text=text,
        citations=tuple(citations),
        abstained=abstained,
        passages=tuple(_passage(at, each) for at, each in enumerate(retrieved.found, 1)),
        method=method,
        notice=notice,
        understood=retrieved.understood,
        unsupported=tuple(unsupported),
        uncited=tuple(uncited),
        unknown_citations=unknown,
        usage=usage,
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
