"""An answer as it comes: its text so far, how it ended, what it took, and whether it is what was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from librarian.chat.conversation import Delta, Finish, Limits, Message, Reason, Usage
from librarian.chat.counting import LETTERS_PER_TOKEN, settled
from librarian.errors import AnswerBroken

SLACK_LETTERS: Final = 4096


class Reply:
    """One answer of one provider."""

    def __init__(self, provider: str, messages: Sequence[Message], limits: Limits) -> None:
        self._provider = provider
        self._messages = messages
        self.most_tokens = limits.max_output_tokens
        self._most_letters = self.most_tokens * LETTERS_PER_TOKEN + SLACK_LETTERS
        self._letters = 0
        self._pieces: list[str] = []
        self.heard = False
        """Whether anything came that belongs to an answer."""
        self.reason: Reason | None = None
        self.usage: Usage | None = None
        self.unseen = ""
        """What was written and is not told, such as thoughts; counted all the same."""

    def add(self, text: object) -> Delta | None:
        """Take a piece, which may be none. Raises AnswerBroken when the answer is longer than it may be."""
        if not isinstance(text, str) or not text:
            return None
        self._grow(text)
        self._pieces.append(text)
        return Delta(text)

    def skip(self, text: object) -> None:
        """Take a piece that is nobody's to read. Raises AnswerBroken like `add`."""
        if isinstance(text, str) and text:
            self._grow(text)
            self.unseen += text

    def _grow(self, text: str) -> None:
        self._letters += len(text)
        if self._letters > self._most_letters:
            raise AnswerBroken(self._provider, "it is longer than it may be")

    def end(self) -> tuple[Finish, Usage]:
        """How it ended, and what it took. Raises AnswerBroken when it did not end."""
        if not self.heard:
            raise AnswerBroken(self._provider, "what came is no answer of a model; is the address right?")
        if self.reason is None:
            raise AnswerBroken(self._provider, "it ends in its midst")
        return Finish(self.reason), settled(self._messages, "".join(self._pieces) + self.unseen, self.usage)
