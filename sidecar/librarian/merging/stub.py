"""What is left of a note that became part of another: a few words that say where it went."""

from __future__ import annotations

from librarian.merging.route import Route, Written, spelled, stem


def stub(path: str, route: Route, eol: str) -> str:
    """The whole text of the note that stays at ``path``. Raises EditRefused where the keeper cannot be linked to."""
    name = stem(route.keeper)
    target = spelled(Written(name, path, route.keeper, is_wiki=True), path, route.keeper, route.after)
    return f"Merged into [[{target}]].{eol}"
