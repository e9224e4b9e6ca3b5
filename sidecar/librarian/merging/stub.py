"""What is left of a note that became part of another: a few words that say where it went."""

from __future__ import annotations

from librarian.merging.route import Route, Written, spelled, stem, without_extension


def stub(path: str, route: Route, eol: str) -> str:
    """The whole text of the note that stays at ``path``. Raises EditRefused where the keeper cannot be linked to.

    It names the note, or two stubs that lead to one keeper would be notes with the same text: duplicates again.
    """
    name = stem(route.keeper)
    target = spelled(Written(name, path, route.keeper, is_wiki=True), path, route.keeper, route.after)
    went = without_extension(path).replace("`", "'")
    return f"`{went}` was merged into [[{target}]].{eol}"
