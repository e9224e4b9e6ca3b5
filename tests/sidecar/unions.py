"""A few files in memory, of which some give way to another."""

from __future__ import annotations

from librarian.edit import BOM, Edit, Rewrite, Trash, rewritten
from librarian.merging.proposal import Action, Known, Proposal

Vault = dict[str, bytes]


def outcome(vault: Vault, edits: tuple[Edit, ...]) -> Vault:
    """The vault once all edits are carried out."""
    after = dict(vault)
    for edit in edits:
        if isinstance(edit, Trash):
            del after[edit.path]
        else:
            assert isinstance(edit, Rewrite)
            after[edit.path] = rewritten(edit, vault[edit.path])
    return after


def resolved(files: dict[str, str], keeper: str, *losers: str, action: Action = "merge") -> dict[str, str]:
    """What files say once losers have given way to the keeper; whole files, with byte order marks."""
    vault = {path: text.encode() for path, text in files.items()}
    known = Known(tuple(vault), tuple(path for path in vault if path.endswith((".md", ".canvas"))),
                  tuple(path for path in vault if path.endswith(".base")))  # fmt: skip
    edits = Proposal(vault.__getitem__, keeper, losers, action, known).edits()
    return {path: content.decode() for path, content in outcome(vault, edits).items()}


def united(keeper: str, *losers: str) -> str:
    """The text of ``K.md`` once ``L1.md``, ``L2.md`` … are merged into it, without the aliases that it gains."""
    files = {"K.md": keeper} | {f"L{number}.md": text for number, text in enumerate(losers, 1)}
    after = resolved(files, "K.md", *list(files)[1:])["K.md"]
    return without_gained(after, len(losers))


def without_gained(text: str, losers: int) -> str:
    mark, text = ("\ufeff", text[1:]) if text.startswith(BOM.decode()) else ("", text)
    eol = "\r\n" if "\r\n" in text else "\n"
    for number in range(1, losers + 1):
        text = text.replace(f"  - L{number}{eol}", "", 1)
    text = text.replace(f"aliases:{eol}---{eol}", f"---{eol}", 1)
    return mark + text.removeprefix(f"---{eol}---{eol}")
