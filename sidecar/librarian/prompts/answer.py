"""What a model is asked to answer a question from passages, and to read a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from librarian.prompts.prompt import DATA_ONLY, Prompt, documents
from librarian.redaction import redacted

VERSION = 1
NOT_SAID: Final = "NOT_IN_NOTES"
"""What the model writes where the passages do not answer."""

_ANSWER = (
    "Answer the question from the passages of a person's notes that come with it, and from nothing else you know. Each "
    "passage has a number. End every sentence with the numbers of the passages that say what it says, in square "
    "brackets, such as [2] or [1][3]. Keep to their words, names and numbers. Where passages disagree, say so, each "
    "with its number. Be brief: one to five sentences, or a short list; no headings, and no list of sources. Write in "
    f"the language of the question. If the passages do not answer it, write {NOT_SAID} and nothing else."
)
_READ = (
    "A person looks for something in their notes with the question below. Do not answer it. Say what to search for, as "
    "a JSON object: `words`, at most eight words of the question, or names, that such notes would have; `expansions`, "
    "at most six other words for the same that the notes may use instead, in the question's language; `sub_questions`, "
    "at most three short questions it is made of, empty when it asks one thing."
)
SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        name: {"type": "array", "items": {"type": "string"}} for name in ("words", "expansions", "sub_questions")
    },
    "required": ["words", "expansions", "sub_questions"],
    "additionalProperties": False,
}
EARLIER_CHARACTERS = 600
"""Of each earlier answer."""


def answer(question: str, passages: Sequence[tuple[str, str]], earlier: Sequence[tuple[str, str]] = ()) -> Prompt:
    """A question with the passages that may answer it. ``passages``: label and text, in the order of their numbers;
    ``earlier``: questions and answers before it, oldest first.
    """
    numbered = [(f"{number}: {label}", text) for number, (label, text) in enumerate(passages, 1)]
    user = f"{_before(earlier)}{documents(numbered)}\n\nThe question:\n{documents([('question', question)])}"
    return Prompt("answer", VERSION, f"{_ANSWER}\n\n{DATA_ONLY}", user)


def reading(question: str, earlier: Sequence[str] = ()) -> Prompt:
    """A question that is to be read. ``earlier``: the questions before it, oldest first."""
    user = _before([(each, "") for each in earlier]) + documents([("question", question)])
    return Prompt("question", VERSION, f"{_READ}\n\n{DATA_ONLY}", user)


def _before(earlier: Sequence[tuple[str, str]]) -> str:
    if not earlier:
        return ""
    told = "\n".join(
        f"Asked: {asked}\n" + (f"Answered: {redacted(answered)[:EARLIER_CHARACTERS]}\n" if answered else "")
        for asked, answered in earlier
    )
    return f"What was asked before, to understand the question by:\n{documents([('before', told)])}\n\n"
