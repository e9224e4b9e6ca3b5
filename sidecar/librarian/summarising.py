"""A summary by a model: read in portions where it is long, put together by turns, shown as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from librarian import tokens
from librarian.chat.conversation import Chat, Finish, Limits
from librarian.chat.conversation import Delta as Piece
from librarian.cleaning import Cleaning, links_of
from librarian.errors import AnswerBroken, ContentRefused
from librarian.gathering import Material
from librarian.metering.answering import closed
from librarian.portions import Portion, portions
from librarian.prompts.prompt import Prompt
from librarian.prompts.summary import part, together, whole
from librarian.summary import LeftOut, NoteSummary, SummarySource, Wish
from librarian.telling import Delta, Step, Tell

MOST_CALLS = 200
"""Of one summary."""
LARGE, SMALL = 12_000, 2_500
"""Tokens that are read at once: by models of large providers, and by those of one's own machine, which often are given
room for 4,096, and silently forget the beginning of what is longer."""
AGAIN = "Answer in plain words, without HTML and comments."
PART = Wish("bullets", 120)


@dataclass(frozen=True, slots=True)
class Reading:
    """One text in its portions."""

    material: Material
    portions: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """What is read in which order."""

    readings: tuple[Reading, ...]
    left_out: tuple[LeftOut, ...]
    wish: Wish
    room: int
    """Tokens of a portion."""

    @classmethod
    def of(cls, materials: Sequence[Material], wish: Wish, room: int) -> Course:
        """Cut texts; what would take too many calls is left out."""
        readings: list[Reading] = []
        left_out: list[LeftOut] = []
        calls = 1
        for material in materials:
            found = tuple(portions(material.text, room))
            if not found:
                if len(materials) > 1 and material.path:
                    left_out.append(LeftOut(path=material.path, reason="it says nothing"))
                continue
            calls += len(found) + (len(found) > 1)
            if calls > MOST_CALLS:
                if not readings:
                    readings.append(Reading(material, found[: MOST_CALLS - 2]))
                reason = f"more than {MOST_CALLS} calls of a model"
                left_out.append(LeftOut(path=material.path or "", reason=reason))
                continue
            readings.append(Reading(material, found))
        return cls(tuple(readings), tuple(left_out), wish, room)

    def calls(self) -> int:
        """How many requests there will likely be."""
        of_notes = sum(self._calls([PART.words] * len(each.portions), len(each.portions)) for each in self.readings)
        return self._calls([self.wish.words] * len(self.readings), of_notes)

    def _calls(self, lengths: list[int], calls: int) -> int:
        """With those that put answers of so many words together."""
        if len(lengths) < 2:
            return calls
        texts = [("", "lorem " * length) for length in lengths]
        while len(groups := list(grouped(texts, self.room))) > 1:
            calls += len(groups)
            texts = [("", "lorem " * PART.words)] * len(groups)
        return calls + 1


def limits_of(words: int) -> Limits:
    """How much an answer of so many words may take, in any script."""
    return Limits(
        max_output_tokens=max(400, words * 5), reasoning="none", temperature=0.2, expected_output_tokens=words * 2
    )


def grouped(texts: Sequence[tuple[str, str]], room: int) -> Iterator[list[tuple[str, str]]]:
    """Texts with their labels in groups that can be read at once, of two at least."""
    group: list[tuple[str, str]] = []
    size = 0
    for label, text in texts:
        weight = tokens.expected(text)
        if len(group) > 1 and size + weight > room:
            yield group
            group, size = [], 0
        group.append((label, text))
        size += weight
    if group:
        yield group


@dataclass
class Summarising:
    """One summary under way; what is there already can be read from it whatever happens."""

    chat: Chat
    course: Course
    tell: Tell
    parts: list[NoteSummary] = field(default_factory=list)
    """Notes that are done, of several."""
    text: str = ""
    """What is written, or was when it ended."""
    is_cut: bool = False
    """The answer reached its limit."""
    _links: frozenset[str] = frozenset()
    _done: int = 0
    _total: int = 0

    async def run(self) -> str:
        """Ask the model until the summary is there. Raises ModelError, MoneyError, StoreError."""
        readings = self.course.readings
        self._links = frozenset().union(*(links_of(each.material.text, outside=False) for each in readings))
        if len(readings) == 1:
            return await self._note(readings[0], shown=True)
        for reading in readings:
            said = await self._note(reading, shown=False)
            self.parts.append(NoteSummary(path=reading.material.path or "", text=said))
        labelled = [(each.material.label, one.text) for each, one in zip(readings, self.parts, strict=True)]
        return await self._united(labelled, shown=True)

    def sources(self) -> tuple[SummarySource, ...]:
        """Where each portion begins that was read."""
        return tuple(
            SummarySource(path=reading.material.path, line=reading.material.line + each.line, text=each.heading)
            for reading in self.course.readings
            for each in reading.portions
        )

    async def _note(self, reading: Reading, *, shown: bool) -> str:
        wish = self.course.wish
        if len(reading.portions) == 1:
            return await self._ask(whole(reading.portions[0].text, reading.material.label, wish), wish, shown=shown)
        said = []
        for portion in reading.portions:
            label = _label(reading, portion)
            said.append((label, await self._ask(part(portion.text, label, wish), PART, shown=False)))
        return await self._united(said, shown=shown)

    async def _united(self, texts: list[tuple[str, str]], *, shown: bool) -> str:
        wish = self.course.wish
        while len(groups := list(grouped(texts, self.course.room))) > 1:
            between = Wish(PART.style, PART.length, wish.language)
            texts = [(group[0][0], await self._ask(together(group, between), PART, shown=False)) for group in groups]
        return await self._ask(together(texts, wish), wish, shown=shown)

    async def _ask(self, prompt: Prompt, wish: Wish, *, shown: bool) -> str:
        """One answer, cleaned; asked for once more where nothing is left of it."""
        text = await self._answer(prompt, wish, shown=shown)
        if not text:
            text = await self._answer(replace(prompt, user=f"{prompt.user}\n\n{AGAIN}"), wish, shown=shown)
        if not text:
            raise AnswerBroken(self.chat.provider, "it is empty")
        self._step()
        return text

    async def _answer(self, prompt: Prompt, wish: Wish, *, shown: bool) -> str:
        cleaning, finish = Cleaning(self._links), Finish("stop")
        events = self.chat.stream(prompt.messages(), limits_of(wish.words))
        try:
            async for event in events:
                if isinstance(event, Piece):
                    self._take(cleaning, event.text, shown=shown)
                elif isinstance(event, Finish):
                    finish = event
        finally:
            await closed(events)
        if finish.reason == "refused":
            raise ContentRefused(self.chat.provider)
        self.is_cut = self.is_cut or finish.reason == "length"
        return cleaning.whole()

    def _take(self, cleaning: Cleaning, piece: str, *, shown: bool) -> None:
        new = cleaning.take(piece)
        if shown:
            self.text = cleaning.whole()
            if new:
                self.tell(Delta(text=new))

    def _step(self) -> None:
        self._done += 1
        total = self.course.calls() if self._done == 1 else self._total
        self._total = max(total, self._done)
        if self._total > 1:
            self.tell(Step(phase="summarising", done=self._done, total=self._total))


def _label(reading: Reading, portion: Portion) -> str:
    return " › ".join(each for each in (reading.material.label, portion.heading) if each)
