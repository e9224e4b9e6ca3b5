"""What a model is asked for a summary: of a part, of a whole, and of several summaries together."""

from __future__ import annotations

from collections.abc import Sequence

from librarian.prompts.prompt import DATA_ONLY, Prompt, documents, in_language
from librarian.summary import Style, Wish

VERSION = 1

_SHAPE: dict[Style, str] = {
    "short": "one or two plain sentences",
    "bullets": "a Markdown list of short points, each beginning with '- '",
    "paragraph": "one or a few plain paragraphs",
}
_RULES = (
    "Say what matters most: claims, decisions, results, numbers, names, open questions. Say nothing that the document "
    "does not say; where it is unsure, so is the summary. Do not begin with words like 'This document'. Where you name "
    "another note, write it as the document does."
)


def whole(text: str, label: str, wish: Wish) -> Prompt:
    """Of one text that is read at once."""
    task = f"Summarise the document as {_SHAPE[wish.style]}, in about {wish.words} words."
    return Prompt("summary", VERSION, _system(task, wish), documents([(label, text)]))


def part(text: str, label: str, wish: Wish) -> Prompt:
    """Of a part of a longer text, to be put together with others afterwards."""
    task = (
        "The document is a part of a longer text. Summarise it as a Markdown list of its main points, each beginning "
        "with '- ', in about 120 words. Another summary will be made from it."
    )
    return Prompt("summary-part", VERSION, _system(task, wish), documents([(label, text)]))


def together(texts: Sequence[tuple[str, str]], wish: Wish) -> Prompt:
    """Of summaries of the parts of a text, or of several notes, each with its label."""
    task = (
        f"The documents are summaries of the parts of one text, or of several notes, in their order. Make one summary "
        f"of all of them as {_SHAPE[wish.style]}, in about {wish.words} words. Say each thing once."
    )
    return Prompt("summary-together", VERSION, _system(task, wish), documents(texts))


def _system(task: str, wish: Wish) -> str:
    return f"{task} {_RULES} {in_language(wish.language)}\n\n{DATA_ONLY}"
