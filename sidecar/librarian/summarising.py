"""A summary by a model: read in portions where it is long, put together by turns, shown as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from librarian import tokens
from librarian.chat.conversation import Chat, Finish, Limits
from librarian.chat.conversation import Delta as Piece
from librarian.cleaning import Cleaning, links_of
from librarian.errors import AnswerBroken, ContentRefused
from librarian.gathering import Material
from librarian.metering.answering import closed
from librarian.portions import Portion, portions
from librarian.pricing import LOCAL
from librarian.prompts.prompt import Prompt
from librarian.prompts.summary import part, together, whole
from librarian.redaction import redacted
from librarian.summary import SummarySource, Wish
from librarian.telling import Delta, Step, Tell

MOST_PORTIONS = 200
"""Of one note: what comes after them is not read."""
LARGE, SMALL = 12_000, 2_500
"""Tokens that are read at once: by models of large providers, and by those of one's own machine, which often are given
room for 4,096, and silently forget the beginning of what is longer."""
PART = Wish("bullets", 120)


@dataclass(frozen=True, slots=True)
class Reading:
    """One text in its portions, and how it is to be summarised."""

    material: Material
    portions: tuple[Portion, ...]
    wish: Wish
    room: int
    """Tokens of a portion."""
    is_cut: bool
    """Only its beginning is read."""

    @classmethod
    def of(cls, material: Material, wish: Wish, room: int) -> Reading | None:
        """Cut a text; None for one that says nothing."""
        found = portions(redacted(material.text, material.hidden, lines=True), room)
        if not found:
            return None
        return cls(material, tuple(found[:MOST_PORTIONS]), wish, room, len(found) > MOST_PORTIONS)

    def requests(self) -> Iterator[Request]:
        """Every prompt that will be sent, those made of answers by their likely length."""
        if len(self.portions) == 1:
            yield whole(self.portions[0].text, self.material.label, self.wish), self.wish.words
            return
        for portion in self.portions:
            yield part(portion.text, self.label(portion), self.wish), PART.words
        yield from requests_together([PART.words] * len(self.portions), self.wish, self.room)

    def label(self, portion: Portion) -> str:
        """What a prompt calls a portion by."""
        return " › ".join(each for each in (self.material.label, portion.heading) if each)

    @property
    def cut_told(self) -> str | None:
        """That only its beginning is read, where that is so."""
        return f"only its first {MOST_PORTIONS} portions are read" if self.is_cut else None

    def sources(self) -> tuple[SummarySource, ...]:
        """Where each portion begins."""
        material = self.material
        return tuple(
            SummarySource(path=material.path, line=material.line + each.line, text=each.heading)
            for each in self.portions
        )


Request = tuple[Prompt, int]
"""A prompt, and the words of its answer."""


def requests_together(lengths: Iterable[int], wish: Wish, room: int) -> Iterator[Request]:
    """What will be sent to make one summary of several, of so many words each."""
    texts = [("", "lorem " * length) for length in lengths]
    while True:
        groups = list(grouped(texts, room))
        for group in groups if len(groups) > 1 else ():
            yield together(group, PART), PART.words
        if len(groups) <= 1:
            yield together(texts, wish), wish.words
            return
        texts = [("", "lorem " * PART.words)] * len(groups)


def room_of(provider: str | None) -> int:
    """How many tokens are read at once."""
    return SMALL if provider in LOCAL or provider == "custom" else LARGE


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
    tell: Tell
    is_cut: bool = False
    """The answer reached its limit."""
    _links: frozenset[str] = frozenset()
    _done: int = 0
    _total: int = 0
    _shown: Cleaning | None = None

    @property
    def text(self) -> str:
        """What is written, or was when it ended."""
        return self._shown.whole() if self._shown is not None else ""

    async def note(self, reading: Reading) -> str:
        """Ask the model until the summary of a text is there. Raises ModelError, MoneyError, StoreError."""
        self._links = links_of(reading.material.text, outside=False)
        self._total = sum(1 for _ in reading.requests())
        wish = reading.wish
        if len(reading.portions) == 1:
            return await self._ask(whole(reading.portions[0].text, reading.material.label, wish), wish, shown=True)
        said = []
        for portion in reading.portions:
            label = reading.label(portion)
            said.append((label, await self._ask(part(portion.text, label, wish), PART, shown=False)))
        return await self._united(said, wish, reading.room)

    async def together(self, said: Sequence[tuple[str, str]], wish: Wish, room: int) -> str:
        """One summary of those of several notes, each with its label. Raises ModelError, MoneyError, StoreError."""
        self._links = frozenset().union(*(links_of(text, outside=False) for _, text in said))
        self._total = sum(1 for _ in requests_together([wish.words] * len(said), wish, room))
        return await self._united(list(said), wish, room)

    async def _united(self, texts: list[tuple[str, str]], wish: Wish, room: int) -> str:
        while len(groups := list(grouped(texts, room))) > 1:
            between = Wish(PART.style, PART.length, wish.language)
            texts = [(group[0][0], await self._ask(together(group, between), PART, shown=False)) for group in groups]
        return await self._ask(together(texts, wish), wish, shown=True)

    async def _ask(self, prompt: Prompt, wish: Wish, *, shown: bool) -> str:
        """One answer, cleaned; asked for once more where nothing is left of it."""
        text = await self._answer(prompt, wish, shown=shown)
        if not text:
            text = await self._answer(prompt.again(), wish, shown=shown)
        if not text:
            raise AnswerBroken(self.chat.provider, "it is empty")
        self._step()
        return text

    async def _answer(self, prompt: Prompt, wish: Wish, *, shown: bool) -> str:
        cleaning, finish = Cleaning(self._links), Finish("stop")
        self._shown = cleaning if shown else self._shown
        events = self.chat.stream(prompt.messages(), limits_of(wish.words))
        try:
            async for event in events:
                if isinstance(event, Piece):
                    new = cleaning.take(event.text)
                    if new and shown:
                        self.tell(Delta(text=new))
                elif isinstance(event, Finish):
                    finish = event
        finally:
            await closed(events)
        if finish.reason == "refused":
            raise ContentRefused(self.chat.provider)
        self.is_cut = self.is_cut or finish.reason == "length"
        return cleaning.whole()

    def _step(self) -> None:
        self._done += 1
        self._total = max(self._total, self._done)
        if self._total > 1:
            self.tell(Step(phase="summarising", done=self._done, total=self._total))
