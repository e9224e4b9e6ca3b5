"""One answer by a model: asked, written down as it comes, each cited sentence held against its passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from librarian.chat.conversation import Chat, Finish, Limits
from librarian.chat.conversation import Delta as Piece
from librarian.errors import AnswerBroken, ContentRefused
from librarian.evidence import Found, Scribe, is_supported, link
from librarian.metering.answering import closed
from librarian.prompts.answer import NOT_SAID
from librarian.prompts.prompt import Prompt
from librarian.telling import Delta, Tell

LIMITS = Limits(max_output_tokens=900, reasoning="none", temperature=0.1, expected_output_tokens=200)

Cosine = Callable[[str, str], float]


@dataclass
class Answering:
    """An answer under way; what is there already can be read from it whatever happens."""

    chat: Chat
    found: Sequence[Found]
    cosine: Cosine
    tell: Tell
    is_cut: bool = False
    """It reached its limit."""
    scribe: Scribe = field(init=False)
    _waiting: str = ""
    """The beginning, as long as it may become the word for silence."""
    _told: bool = False

    def __post_init__(self) -> None:
        self.scribe = Scribe(len(self.found), self._supports, self._link)

    async def run(self, prompt: Prompt) -> bool:
        """Ask; False where the model says that the passages do not answer.

        Raises ModelError, MoneyError, StoreError.
        """
        finish = Finish("stop")
        events = self.chat.stream(prompt.messages(), LIMITS)
        try:
            async for event in events:
                if isinstance(event, Piece):
                    self._take(event.text)
                elif isinstance(event, Finish):
                    finish = event
        finally:
            await closed(events)
        if finish.reason == "refused":
            raise ContentRefused(self.chat.provider)
        is_silent = self._waiting.strip().strip(".").startswith(NOT_SAID)
        if not is_silent:
            self._say(self.scribe.take(self._waiting) + self.scribe.end())
            if not self.scribe.text.strip():
                raise AnswerBroken(self.chat.provider, "it is empty")
        self.is_cut = finish.reason == "length"
        return not is_silent

    def broken_off(self) -> str:
        """All that was written by then; what was held back of it is told now."""
        self._say(self.scribe.end(is_whole=False))
        return self.scribe.text

    def _take(self, piece: str) -> None:
        if not self._told:
            self._waiting += piece
            begun = self._waiting.lstrip()
            if NOT_SAID.startswith(begun[: len(NOT_SAID)]):
                return
            piece, self._waiting, self._told = self._waiting, "", True
        self._say(self.scribe.take(piece))

    def _say(self, text: str) -> None:
        if text:
            self.tell(Delta(text=text))

    def _supports(self, claim: str, ids: Sequence[int]) -> bool:
        return is_supported(claim, [told(self.found[each - 1]) for each in ids], self.cosine)

    def _link(self, number: int, supported: bool) -> str:
        found = self.found[number - 1]
        return link(found.path, found.piece.heading, str(number) if supported else f"{number}?")


def told(found: Found) -> str:
    """A passage with what its note and heading are called, which it may not say again."""
    return f"{found.title}\n{found.piece.heading or ''}\n{found.piece.text}"


def label(found: Found) -> str:
    """What a prompt calls a passage by, after its number."""
    return " › ".join(dict.fromkeys(each for each in (found.title, found.piece.heading) if each))
