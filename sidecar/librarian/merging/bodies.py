"""Uniting the bodies of two notes: section by section, block by block; what the keeper has already is there once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from librarian.merging.alignment import aligned
from librarian.merging.anatomy import Anatomy, Block, Splice, anatomy, spliced
from librarian.merging.labels import Ids
from librarian.merging.layout import Gap, Piece, is_indented, laid_out
from librarian.merging.relinking import body_splices
from librarian.merging.route import Landing, Renames, heading_key, heading_part
from librarian.merging.sections import Blocks, Section, sections, title_of

LONG = 8
"""Words from which a block that the keeper has in any of its sections is not taken in again."""
_BESIDE = 7
"""Deeper than any section: for blocks that join one of the keeper's."""
_TAG = re.compile(r"(?:^|\s)#\w")
_EMPHASIS = re.compile(r"(?<!\w)(?:\*+|==|~~|`+)|(?:\*+|==|~~|`+)(?!\w)")
_REFERENCES = ("footnoteDefinition", "definition")


def _is_alone(section: Section) -> bool:
    """Whether a heading is the only one of its level: of several, the first is no title of the whole note."""
    beside = section.parent.below if section.parent else ()
    return [each for each in beside if each.level == section.level] == [section]


@dataclass(frozen=True)
class Body:
    """A keeper's text with a loser's body in it."""

    text: str
    renames: Renames
    title: str | None
    """The loser's title, where it is no heading of the keeper."""


def united(keeper: Anatomy, loser: Anatomy, eol: str, itself: Callable[[bool], str], *, new_last: bool = False) -> Body:
    """The keeper's text with what only the loser's body says, right after what it is like, or under its headings.

    ``itself``: says how the keeper links to itself, by a wikilink or not. ``new_last``: new sections that follow none
    of the keeper's stand before the next that both have, or at the end, and not at the beginning.
    """
    return _Union(keeper, loser, eol, itself, new_last).body()


class _Union:
    def __init__(
        self, keeper: Anatomy, loser: Anatomy, eol: str, itself: Callable[[bool], str], new_last: bool
    ) -> None:
        self._keeper, self._loser = Blocks(keeper), Blocks(loser)
        self._eol, self._itself, self._new_last = eol, itself, new_last
        self._headings: dict[str, str] = {}
        self._root = sections(keeper)
        self._ours = self._root.all()
        self._named: dict[str, list[Section]] = defaultdict(list)
        for section in self._root.walk():
            self._named[section.key[1]].append(section)
        self._number = {block.start: number for number, block in enumerate(self._ours)}
        self._known = {self._keeper.normal(block) for block in self._ours}
        self._met: set[Section] = set()
        self._after: dict[int, list[tuple[int, Block]]] = defaultdict(list)
        """By the number of a block of the keeper, or -1: the loser's blocks that come after it, each with the level of
        the new section that it is in, or `_BESIDE`.
        """
        self._links: list[Splice] | None = None
        self._ids = Ids(keeper, loser)
        self._new_ids: dict[int, str] = {}
        """By the number of a block of the keeper: the id that it gets."""

    def body(self) -> Body:
        title, self._headings = self._titles()
        for following in self._after.values():
            # What belongs to a section comes before new ones, and deeper sections before those that would take them in.
            following.sort(key=lambda pair: -pair[0])
        taken = sorted(
            (block for following in self._after.values() for _, block in following), key=lambda one: one.start
        )
        self._ids.take_in([each for block in taken for each in self._loser.ids(block)])
        splices = [splice for number in {*self._after, *self._new_ids} for splice in self._insertion(number)]
        text = spliced(self._keeper.note.text, splices)
        if self._keeper.note.frontmatter is None and anatomy(text).frontmatter is not None:
            text = self._eol + text  # a rule at its begin and one that came in are no front matter
        return Body(text, Renames(self._headings, self._ids.changed()), title)

    def _titles(self) -> tuple[str | None, dict[str, str]]:
        """Unite all sections, beginning with those of the titles; the loser's title and what it is called now."""
        root = sections(self._loser.note)
        ours, theirs = title_of(self._keeper.note, self._root), title_of(self._loser.note, root)
        if theirs is not None and not self._is_title(theirs, root, ours):
            theirs = None
        self._met.add(self._root)
        if theirs is None:
            self._unite(ours or self._root, root)
            return None, {}
        self._met.update([ours] if ours else [])
        if ours is not None and ours.heading is not None and theirs.heading is not None:
            self._pair(ours.heading, theirs.heading)
        self._unite(ours or self._root, theirs)
        self._below(self._root, [section for section in root.below if section is not theirs], last=ours)
        if ours is not None and ours.key == theirs.key:
            return None, {}
        return _EMPHASIS.sub("", theirs.title), {heading_key(theirs.title): heading_part(ours.title) if ours else ""}

    def _is_title(self, section: Section, root: Section, ours: Section | None) -> bool:
        """Whether a loser's first heading says what the note is called, and can be an alias as well."""
        if ours is not None and ours.key == section.key:
            return True
        note, heading = self._loser.note, root.all()[0]
        places = [link.range[0] for link in note.links] + [footnote.range[0] for footnote in note.footnotes]
        marked = any(heading.start <= place < heading.end for place in places)
        marked = marked or self._loser.own_id(heading) is not None or _TAG.search(section.title) is not None
        return not marked and bool(section.title) and _is_alone(section) and (ours is None or _is_alone(ours))

    def _unite(self, ours: Section, theirs: Section) -> None:
        rows = [self._keeper.normal(block) for block in ours.blocks], [self._loser.normal(b) for b in theirs.blocks]
        found = aligned(*rows)
        for mine, its in found.same:
            if not self._pair(ours.blocks[mine], theirs.blocks[its]):
                found.after.append((mine, its))
        begin = self._number[ours.heading.start] if ours.heading else -1
        for mine, its in sorted(found.after, key=lambda pair: (pair[1], pair[0])):
            number = begin if mine < 0 else self._number[ours.blocks[mine].start]
            if not self._is_known(theirs.blocks[its]):
                self._take_in(theirs.blocks[its], number)
        self._below(ours, theirs.below)

    def _below(self, ours: Section, theirs: Sequence[Section], last: Section | None = None) -> None:
        """Unite the sections below one; those that the keeper has not come after the one that they followed.

        ``last``: the section of the keeper that the first of them followed.
        """
        if self._new_last and last is None:
            last = self._ahead(ours, theirs)
        for section in theirs:
            same = self._counterpart(ours, section)
            if same is not None:
                self._met.add(same)
                if same.heading is not None and section.heading is not None:
                    self._pair(same.heading, section.heading)
                self._unite(same, section)
                last = same if same.parent is ours else last
                continue
            number = self._end(ours, last, section.level)
            for block in section.all():
                if block.kind == "heading" or not self._is_known(block):
                    self._take_in(block, number, section.level)

    def _ahead(self, ours: Section, theirs: Sequence[Section]) -> Section | None:
        """The section of the keeper before the first that both have; the last one where there is none."""
        for section in theirs:
            same = self._counterpart(ours, section)
            if same is not None and same.parent is ours:
                place = ours.below.index(same)
                return ours.below[place - 1] if place else None
        return ours.below[-1] if ours.below else None

    def _counterpart(self, ours: Section, section: Section) -> Section | None:
        """The section of the keeper under the same heading: in the same section, else anywhere, else of any level."""
        among = [each for each in self._named.get(section.key[1], ()) if each not in self._met]
        same = [each for each in among if each.key == section.key]
        beside = [each for each in same if each.parent is ours] or same or among
        return beside[0] if beside else None

    def _end(self, ours: Section, last: Section | None, level: int) -> int:
        """After which block a new section belongs: no section of the keeper that follows may become part of it."""
        place = 0 if last is None else ours.below.index(last) + 1
        if level <= ours.level:
            place = len(ours.below)
        while place < len(ours.below) and ours.below[place].level > level:
            place += 1
        blocks = ours.below[place - 1].all() if place else ours.own()
        return self._number[blocks[-1].start] if blocks else -1

    def _is_known(self, block: Block) -> bool:
        """Whether the keeper says a block's text somewhere, and that is long enough to be no coincidence."""
        normal = self._loser.normal(block)
        long = len(normal.split()) > LONG or block.kind in _REFERENCES
        return long and normal in self._known and not self._loser.ids(block)

    def _take_in(self, block: Block, number: int, level: int = _BESIDE) -> None:
        """Have a block put in after one of the keeper; footnotes stand with its others, or at the end."""
        if block.kind in _REFERENCES:
            others = (each for each, ours in enumerate(self._ours) if ours.kind == block.kind)
            number, level = max(others, default=len(self._ours) - 1), _BESIDE
        self._after[number].append((level, block))

    def _pair(self, ours: Block, theirs: Block) -> bool:
        """Let a block of the keeper stand for one of the loser's, id and all; False where it cannot take the id."""
        wanted = self._loser.own_id(theirs)
        if wanted is None:
            return True
        number = self._number[ours.start]
        own = self._keeper.own_id(ours)
        have = own.id if own is not None else self._new_ids.get(number)
        if have is None:
            if ours.kind == "item" and self._keeper.takes_id_inline(ours) is None:
                return False
            have = self._new_ids[number] = self._ids.free(wanted.id)
        self._ids.call(wanted, have)
        return True

    def _insertion(self, number: int) -> list[Splice]:
        """What is put in after a block of the keeper."""
        splices: list[Splice] = []
        before = self._ours[number] if number >= 0 else None
        pieces: list[Piece] = []
        place = before.end if before else self._keeper.note.body
        if before and number in self._new_ids:
            inline = self._keeper.takes_id_inline(before)
            if inline is None:
                pieces.append(Piece("id", f"^{self._new_ids[number]}"))
            else:
                splices.append(Splice(inline, inline, f" ^{self._new_ids[number]}"))
        following = [block for _, block in self._after.get(number, ())]
        mark = self._keeper.bullet(before) if before else ""
        for block in following:
            mark = mark if block.kind == "item" else ""
            pieces.append(Piece(block.kind, self._written(block, mark)))
        if pieces:
            splices.append(Splice(place, place, laid_out(pieces, self._gap(number), self._eol)))
        return splices

    def _gap(self, number: int) -> Gap:
        """The place after a block of the keeper."""
        text, body = self._keeper.note.text, self._keeper.note.body
        before = self._ours[number] if number >= 0 else None
        after = self._ours[number + 1] if number + 1 < len(self._ours) else None
        start, end = before.end if before else body, after.start if after else len(text)
        return Gap(
            before=before.kind if before else None,
            after=after.kind if after else None,
            breaks=text.count("\n", start, end),
            is_indented=after is not None and is_indented(Piece(after.kind, self._keeper.text(after))),
            closing=self._keeper.closing(before) if before else "",
            is_first=body == 0,
            on_a_line=before is None and not text[:body].endswith("\n") and body > 0,
        )

    def _written(self, block: Block, mark: str) -> str:
        """A block of the loser as it stands in the keeper: ids by their new names, lines as the keeper ends them.

        ``mark``: the bullet of the keeper's list that it joins, if it is an item and that has bullets.
        """
        splices = [Splice(each.mark[0] + 1, each.mark[1], self._ids.name(each)) for each in self._loser.ids(block)]
        splices += [link for link in self._links_inside() if block.start <= link.start < block.end]
        bullet = self._loser.bullet(block)
        if mark and bullet:
            place = block.start + self._loser.text(block).index(bullet)
            splices.append(Splice(place, place + 1, mark))
        text = spliced(self._loser.note.text, splices, block.start, block.end)
        closing = self._loser.closing(block)
        text += "\n" + closing if closing else ""
        return text.replace("\r\n", "\n").replace("\n", self._eol)

    def _links_inside(self) -> list[Splice]:
        """The loser's links to places in itself, by the names that those have now."""
        if self._links is not None:
            return self._links
        renames = Renames(self._headings, self._ids.changed())

        def turn(target: str, subpath: str | None, wiki: bool) -> Landing | None:
            new = renames.of(subpath) if subpath and not target else subpath
            if new == subpath:
                return None
            return Landing("", new) if new else Landing(self._itself(wiki), None, is_itself=True)

        self._links = body_splices(self._loser.note, turn)
        return self._links
