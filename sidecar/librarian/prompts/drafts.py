"""What a model is asked where it writes for a note: to rewrite a passage, to go on, to write something new.

What stands around a place comes without its secrets, since it is cut here: `redaction.apart`.
"""

from __future__ import annotations

from librarian.prompts.prompt import DATA_ONLY, Prompt, documents, in_language

AROUND = 800
"""Characters of the note on either side of a passage that is rewritten."""
BEFORE, AFTER = 6_000, 1_500
"""Characters of the note around the place where it is gone on with."""

_MARKDOWN = "Write Obsidian Markdown: keep the marks of headings, lists, tasks, links, tags and emphasis."


def rewriting(passage: str, instruction: str, around: tuple[str, str], language: str | None) -> Prompt:
    """Rewrite a passage as a person asks. ``around``: what stands before and behind it."""
    before, after = around
    system = (
        "You rewrite a passage of a person's notes. The passage is the document named “passage”; the others stand "
        "before and behind it and are only there to be understood. Do what the person asks to all of the passage, and "
        "change nothing that they do not ask for. Signs such as ⟦3⟧ stand for pictures, code and the like: keep each "
        f"of them, once, where it belongs. {_MARKDOWN} {in_language(language)} {DATA_ONLY}"
    )
    texts = [("before", before[-AROUND:]), ("passage", passage), ("behind", after[:AROUND])]
    shown = documents([(label, text) for label, text in texts if label == "passage" or text.strip()])
    return Prompt("rewrite", 1, system, f"{shown}\n\nWhat the person asks: {instruction.strip()}")


def continuing(before: str, after: str, instruction: str | None, language: str | None) -> Prompt:
    """Write what comes next at a place of a note."""
    system = (
        "You go on with a person's note, in their voice, from where the document named “before” ends; what stands "
        "behind that place is the document named “behind”, if there is any. Write one or two paragraphs, or as many "
        "items of the list that is begun. Do not repeat what is there. Say nothing as a fact that you do not know. "
        f"{_MARKDOWN} {in_language(language)} {DATA_ONLY}"
    )
    texts = [("before", before[-BEFORE:]), ("behind", after[:AFTER])]
    shown = documents([(label, text) for label, text in texts if label == "before" or text.strip()])
    asked = f"\n\nWhat the person asks: {instruction.strip()}" if instruction and instruction.strip() else ""
    return Prompt("continue", 1, system, shown + asked)


def generating(wanted: str, note: str, language: str | None) -> Prompt:
    """Write what a person describes. ``note``: what the note says that it is for."""
    spoken = in_language(language) if language or note.strip() else "Write in the language that the person writes in."
    system = (
        "You write a text for a person's notes, as they ask. The document, if there is one, is the note that it is "
        f"for. Say nothing as a fact that you do not know. {_MARKDOWN} {spoken} {DATA_ONLY}"
    )
    shown = documents([("note", note[-BEFORE:])]) + "\n\n" if note.strip() else ""
    return Prompt("generate", 1, system, f"{shown}What the person asks: {wanted.strip()}")
