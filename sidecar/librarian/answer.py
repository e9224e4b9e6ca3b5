"""What is asked of a vault and what it answers: the question as it was understood, the text, and what it stands on."""

from __future__ import annotations

from typing import Literal

from librarian.passage import Coverage
from librarian.usage import ModelUse
from librarian.value import Value


class Understanding(Value):
    """A question as something to look for. A client may change it and send it back."""

    filters: tuple[str, ...] = ()
    """Clauses of the query language that hold for every note: ``tag:recipe``, ``after:2026-11-16``."""
    words: tuple[str, ...] = ()
    """What it is about; what stood in quotes is one entry."""
    expansions: tuple[str, ...] = ()
    """Other words for it, looked for beside them."""
    sub_questions: tuple[str, ...] = ()
    """The questions it is made of, each looked for by itself; none when it asks one thing."""
    query: str = ""
    """What is looked for, in the query language; made of filters and words where it is left empty."""
    method: Literal["rules", "model", "plain"]
    """``plain``: nothing was found at the times it names, so notes of any time were looked at."""


class AnswerPassage(Value):
    """A passage of a note that an answer may stand on."""

    id: int
    """The number it is cited by, from 1."""
    path: str
    title: str
    heading: str | None
    line: int
    """0-based line of the note on which ``text`` starts."""
    text: str
    score: float


class Citation(Value):
    """A passage that the answer names, and the place to open."""

    id: int
    path: str
    heading: str | None
    line: int
    """0-based line of the note on which ``quote`` starts."""
    quote: str
    """The sentence of the passage that comes nearest to what was said."""
    supported: bool
    """Whether it says what the sentences say that name it, as far as words, numbers, names and meaning tell."""


class Answer(Value):
    """An answer from a vault."""

    text: str
    """Markdown. Each sentence is followed by links to the passages it stands on, ``[[note#heading|1]]``; where the
    passage does not seem to say so, the link's text is ``1?``. Behind one that names no passage stands ``[?]``."""
    citations: tuple[Citation, ...]
    """In the order in which they are named."""
    abstained: bool
    """The vault does not say; ``passages`` are what comes closest."""
    passages: tuple[AnswerPassage, ...]
    """What was looked at, best first."""
    method: Literal["model", "passages"]
    """``passages``: no model was asked, and the text is what the notes themselves say."""
    notice: str | None
    """What a person must know of how it was made."""
    understood: Understanding
    """What was looked for in the end."""
    unsupported: tuple[str, ...]
    """Sentences of the answer that name passages which do not seem to say so."""
    uncited: tuple[str, ...] = ()
    """Sentences of the answer that name no passage, though they claim something."""
    unknown_citations: int
    """Numbers of passages that the model made up; they are left out of the text."""
    usage: ModelUse | None
    coverage: Coverage
    retrieval_ms: float
    """How long it took to find the passages."""


class Turn(Value):
    """A question that was asked before, and what was answered."""

    question: str
    answer: str = ""
