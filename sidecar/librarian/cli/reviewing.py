"""Going through groups of duplicates one by one, and deciding on each with a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from librarian.cli import asking, difference, resolving
from librarian.cli.reach import Reached
from librarian.cli.terminal import clean_line
from librarian.errors import GroupNotFound, LibrarianError

DIM: dict[str, Any] = {"dim": True}
SHOWN_ROWS = 24
"""Lines of a comparison that are shown unasked."""
EVERY_LINE = 1_000_000
_ACTIONS = {"m": "merge", "t": "trash", "s": "stub"}
_DONE = {"m": "merged", "t": "trashed", "s": "made stubs"}
_KEYS = "[m]erge  [1-{most}] keep another  [t]rash others  [s]tub  [d]ismiss  [c]ompare  [n]ext  [q]uit"

ShowGroup = Callable[[dict[str, Any]], None]


class Review:
    """One walk through the groups of a vault."""

    def __init__(self, vault: Reached, asked: dict[str, Any], show: ShowGroup) -> None:
        self._vault = vault
        self._asked = asked
        self._show = show
        self._passed: set[str] = set()
        """Groups that are left as they are, and are not shown again."""
        self._done: dict[str, int] = {}

    async def run(self) -> int:
        """Go on until no group is left or nobody wants to; gives how many groups there were at first."""
        left, group = await self._next()
        first = left
        while group is not None:
            click.echo(click.style(f"{left:,} left", **DIM))
            if not await self._decide(group):
                break
            # A change may have ended other groups, or made new ones.
            left, group = await self._next()
        self._tell_end(left)
        return first

    async def _next(self) -> tuple[int, dict[str, Any] | None]:
        """How many groups are left, and the first of them."""
        answer = await self._vault.watch("duplicates.scan", **self._asked, limit=len(self._passed) + 1)
        groups = [group for group in answer["groups"] if group["id"] not in self._passed]
        return (answer["total"] - len(self._passed), groups[0]) if groups else (0, None)

    async def _decide(self, group: dict[str, Any]) -> bool:
        """Show a group and do with it what is wanted; False to end."""
        self._show(group)
        await self._compare(group, rows=SHOWN_ROWS)
        keeper = group["keeper"]
        others = [str(place) for place, _ in enumerate(group["notes"][:9], start=1)]
        click.echo(_KEYS.format(most=others[-1]))
        while True:
            pressed = await asking.key(f"Keep {clean_line(keeper)}:", "".join(["mtsdcnq", *others]))
            if pressed in others:
                keeper = group["notes"][int(pressed) - 1]["path"]
            elif pressed == "c":
                await self._compare(group, rows=None)
            elif pressed == "q":
                return False
            elif pressed == "n":
                self._passed.add(group["id"])
                click.echo()
                return True
            elif await self._act(group, keeper, pressed):
                click.echo()
                return True

    async def _act(self, group: dict[str, Any], keeper: str, pressed: str) -> bool:
        """Do something to a group; False when it is still to be decided on."""
        try:
            if pressed == "d":
                await self._vault.ask("duplicates.dismiss", groupId=group["id"])
                click.echo(f"Dismissed. To take it back: librarian duplicates restore {group['id'][:8]}")
                return self._count("dismissed")
            planned = await resolving.plan(self._vault, group, keeper, _ACTIONS[pressed])
            resolving.print_plan(planned)
            if not await asking.confirmed("Do it?"):
                return False
            applied = await resolving.carry_out(self._vault, planned)
        except LibrarianError as error:
            click.echo(click.style(clean_line(error.message), fg="yellow"))
            # A group that is no more need not be decided on; what became of it comes up again.
            return isinstance(error, GroupNotFound)
        resolving.print_applied(applied)
        return bool(applied["changeId"]) and self._count(_DONE[pressed])

    def _count(self, what: str) -> bool:
        self._done[what] = self._done.get(what, 0) + 1
        return True

    async def _compare(self, group: dict[str, Any], *, rows: int | None) -> None:
        """The first note of a group with each other one; or only the beginning of that with the second.

        Of notes that share a passage, that passage; all of them only where it is asked for.
        """
        first, *others = group["notes"]
        for other in others[:1] if rows else others[:9]:
            passage = other.get("passage") if rows else None
            asked = {"a": first["path"], "b": other["path"], "context": EVERY_LINE if passage else 3}
            try:
                answer = await self._vault.ask("duplicates.compare", **asked)
            except LibrarianError as error:
                click.echo(click.style(clean_line(error.message), **DIM))
                continue
            if passage:
                answer = difference.excerpt(answer, passage["line"], passage["lastLine"])
            difference.print_comparison(answer, beside=difference.is_wide(), rows=rows)
            click.echo()

    def _tell_end(self, left: int) -> None:
        done = [f"{count:,} {what}" for what, count in self._done.items()]
        told = ", ".join([*done, f"{left:,} left" if left else "none left"])
        click.echo(f"{told[0].upper()}{told[1:]}.")
        if any(what != "dismissed" for what in self._done):
            click.echo("What was changed, and how to take it back: librarian changes")
