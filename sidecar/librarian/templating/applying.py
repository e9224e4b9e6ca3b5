"""A filled template and a note that is there: what the note lacks is added in the template's order, and nothing else.

The note's own values win and lists are united. A section that the note has stays as it is, unless it is empty: what a
template writes below a heading is there to be replaced. Only queries and embeds are added to sections with a text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from librarian.errors import EditRefused
from librarian.merging import bodies, properties
from librarian.merging.anatomy import Anatomy, Block, Splice, anatomy, spliced
from librarian.merging.labels import clashing_reference, relabelled
from librarian.merging.merge import line_end, with_yaml
from librarian.merging.route import stem
from librarian.merging.sections import Blocks, Section, sections, title_of
from librarian.merging.yaml import Entry, Malformed, comments, entries

_EMBED: Final = re.compile(r"!\[\[[^\]\n]*\]\]|!\[[^\]\n]*\]\([^)\n]*\)")
_LABELLED: Final = re.compile(r"\[\^|\]:|\^[\w-]+\s*$|^\s*---")
"""Footnotes, references and ids."""
_SPACES: Final = re.compile(r"[ \t]*")


def applied(path: str, text: str, template: str) -> str:
    """The note's text with what it lacks of a template that was filled for it. Raises EditRefused."""
    after = _with_missing(path, text, template)
    if after != text and _with_missing(path, after, template) != after:
        # Two blocks that became one, say; whatever it is, it would be added again each time.
        raise EditRefused(path, "parts of the template would run together in it; set them apart by a line of text")
    return after


def _with_missing(path: str, text: str, template: str) -> str:
    eol = line_end(text)
    note = anatomy(text)
    filled, title = _retitled(anatomy(template.replace("\r\n", "\n")), note)
    filled = anatomy(relabelled(filled, note))
    if label := clashing_reference(filled, note):
        raise EditRefused(path, f"its reference [{label}] leads elsewhere than that of the template")
    yaml = _properties(path, note, filled, eol)
    missing = _missing(note, filled)
    body = bodies.united(
        note, missing, eol, lambda wiki: stem(path) if wiki else path.rpartition("/")[2], new_last=True
    )
    after = with_yaml(_titled(body.text, title, eol), yaml, eol)
    _check(path, note, missing, anatomy(after))
    return after


def _retitled(filled: Anatomy, note: Anatomy) -> tuple[Anatomy, str | None]:
    """The template under the note's own title, and the one that the note is to get, if it has none."""
    titles = [heading for heading in filled.headings if heading.level == 1]
    first = next((block.start for block in filled.blocks if block.kind == "heading"), None)
    if len(titles) != 1 or titles[0].range[0] != first:
        return filled, None
    start, end = titles[0].range
    own = [heading for heading in note.headings if heading.level == 1]
    if len(own) == 1:
        splices = [Splice(start, end, f"# {own[0].text}"), *_opening(filled, note)]
        return anatomy(spliced(filled.text, splices)), None
    without = anatomy(spliced(filled.text, [Splice(start, end, "")]))
    return without, None if own else filled.text[start:end].rstrip()


def _opening(filled: Anatomy, note: Anatomy) -> list[Splice]:
    """What makes a template begin as a note that has a text before its title, so that the titles are still paired."""
    ours, theirs = sections(note).blocks, sections(filled).blocks
    plain = (note.text[block.start : block.end] for block in ours if block.kind == "paragraph")
    text = next((text for text in plain if not _LABELLED.search(text)), None)
    return [Splice(filled.body, filled.body, f"{text}\n\n")] if text and not theirs else []


def _properties(path: str, note: Anatomy, filled: Anatomy, eol: str) -> str:
    try:
        mine = entries(note.yaml)
    except Malformed as error:
        where = f"line {error.line + 2} of it, in its properties, cannot be read ({error.reason})"
        raise EditRefused(path, f"{where}; put that right, then apply the template") from None
    if "excalidraw-plugin" in mine:
        raise EditRefused(path, "it is a drawing")
    try:
        yaml = _united(note.yaml, _without_comments(filled.yaml), eol)
        after = entries(yaml)
    except Malformed as error:
        raise EditRefused(path, f"the template's properties do not fit ({error.reason})") from None
    lost = next((key for key, entry in mine.items() if key not in after or not _holds(after[key], entry)), None)
    if lost is not None:
        raise EditRefused(path, f"its property {lost!r} would get lost, which is a fault of the librarian")
    return yaml


def _holds(after: Entry, before: Entry) -> bool:
    """Whether a property still has every value that it had."""
    new, old = after.node.value, before.node.value
    if new == old or old in (None, "", []):
        return True
    if not isinstance(new, list):
        return False
    values = old if isinstance(old, list) else [old]
    return all(value in new for value in values) or set(re.findall(r"[^,\s]+", str(old))) <= set(map(str, new))


def _without_comments(yaml: str) -> str:
    return spliced(yaml, [Splice(place, place + len(comment), "") for place, comment in comments(yaml)])


def _united(ours: str, theirs: str, eol: str) -> str:
    """The note's YAML with what it lacks; new properties stand where the template has them. Raises Malformed."""
    wanted = entries(theirs)
    have = {key.casefold() for key in entries(ours)}
    lines = {key.casefold(): _lines(theirs[entry.start : entry.end], eol) for key, entry in wanted.items()}
    shared = "".join(text + eol for key, text in lines.items() if key in have)
    text = properties.united(ours, shared, eol, keeper_wins=True) if shared else ours
    return _inserted(text, {key: text for key, text in lines.items()}, eol)


def _lines(text: str, eol: str) -> str:
    return eol.join(line.rstrip() for line in text.split("\n"))


def _inserted(text: str, wanted: Mapping[str, str], eol: str) -> str:
    """YAML with the properties that it lacks, each after the one that it follows among those wanted."""
    mine = {key.casefold(): entry for key, entry in entries(text).items()}
    splices: list[Splice] = []
    after: Entry | None = None
    ahead: list[str] = []
    for key, lines in wanted.items():
        if key in mine:
            after = mine[key]
            splices += [Splice(after.start, after.start, "".join(f"{each}{eol}" for each in ahead))] if ahead else []
            ahead = []
        elif after is None:
            ahead.append(lines)
        else:
            splices.append(Splice(after.end, after.end, f"{eol}{lines}"))
    text = spliced(text, splices)
    if ahead and text and not text.endswith("\n"):
        text += eol
    return text + "".join(f"{each}{eol}" for each in ahead)


def _missing(note: Anatomy, filled: Anatomy) -> Anatomy:
    """The template with no block but those that the note is to get, and the headings that say where."""
    blocks = [_with_spaces(filled, block) for block in filled.blocks]
    bare = replace(filled, blocks=tuple(blocks))
    pairing = _Pairing(note, bare)
    return replace(bare, blocks=tuple(sorted(pairing.wanted(), key=lambda block: block.start)))


def _with_spaces(note: Anatomy, block: Block) -> Block:
    """An empty item with the space that one goes on writing after."""
    if block.kind != "item":
        return block
    spaces = _SPACES.match(note.text, block.end)
    return block._replace(end=spaces.end() if spaces else block.end)


class _Pairing:
    """Sections of a template beside those of a note, as `bodies` pairs them."""

    def __init__(self, note: Anatomy, filled: Anatomy) -> None:
        self._root, self._theirs = sections(note), sections(filled)
        self._title = title_of(note, self._root)
        self._ours, self._filled = Blocks(note), Blocks(filled)
        self._named: dict[str, list[Section]] = defaultdict(list)
        for section in self._root.walk():
            self._named[section.key[1]].append(section)
        self._said = {self._ours.normal(block) for block in note.blocks}
        # Titles are paired as sections; where only the note has one, what the template has outermost belongs below it.
        has_title = any(section.level == 1 for section in self._theirs.below)
        self._beside = self._root if has_title else self._title or self._root
        self._met: set[Section] = {self._root, self._beside}

    def wanted(self) -> Iterator[Block]:
        """The blocks that the note is to get, and headings of sections that it has."""
        own = [*self._root.blocks, *(self._title.blocks if self._title else [])]
        both = {self._ours.normal(block) for block in own}
        yield from (block for block in self._theirs.blocks if self._filled.normal(block) in both)
        yield from self._lacking(self._theirs.blocks, own)
        for section in self._theirs.below:
            yield from self._of(section, self._beside)

    def _of(self, section: Section, parent: Section | None) -> Iterator[Block]:
        """``parent``: the note's section that is the counterpart of the one that it is in; None in a new one."""
        same = self._counterpart(section, parent)
        if same is not None:
            self._met.add(same)
        # What the note has elsewhere is not to be part of a new section.
        if section.heading is not None and (same is None or parent is not None):
            yield section.heading
            yield from section.blocks if same is None else self._lacking(section.blocks, same.blocks)
        for below in section.below:
            yield from self._of(below, same)

    def _lacking(self, blocks: Sequence[Block], own: Sequence[Block]) -> Iterable[Block]:
        if not own:
            return blocks
        return [each for each in blocks if self._works(each) and self._filled.normal(each) not in self._said]

    def _works(self, block: Block) -> bool:
        """Whether a block does something in a note, and is not there to be replaced."""
        is_fence = block.kind == "code" and self._filled.text(block).startswith(("```", "~~~"))
        return is_fence or _EMBED.fullmatch(self._filled.text(block)) is not None

    def _counterpart(self, section: Section, parent: Section | None) -> Section | None:
        among = [each for each in self._named.get(section.key[1], ()) if each not in self._met]
        same = [each for each in among if each.key == section.key]
        beside = [each for each in same if each.parent is parent] or same or among
        return beside[0] if beside else None


def _titled(text: str, title: str | None, eol: str) -> str:
    """The text with this title at its top."""
    if title is None:
        return text
    found = anatomy(text)
    place = found.blocks[0].start if found.blocks else len(text)
    # The first block may be indented.
    place = max(text.rfind("\n", 0, place) + 1, found.body) if found.blocks else place
    lead = eol if text[:place] and not text[:place].endswith("\n") else ""
    heading = title.replace("\n", eol)
    return f"{text[:place]}{lead}{heading}{eol}{eol if found.blocks else ''}{text[place:]}"


def _check(path: str, note: Anatomy, missing: Anatomy, after: Anatomy) -> None:
    """See that every block of the note stands there as before, and every new one is one. Raises EditRefused."""
    before, now = Blocks(note), Blocks(after)
    said = iter([now.normal(block) for block in after.blocks])
    if lost := next((block for block in note.blocks if before.normal(block) not in said), None):
        begin = before.text(lost).partition("\n")[0][:40].strip()
        told = "would become part of something else; is a '%%', '$$', '```' or '<!--' in it not closed?"
        raise EditRefused(path, f"{begin!r} {told} Put that right, then apply the template")
    titles = {section.key[1] for section in sections(after).walk()}
    if any(section.key[1] not in titles for section in sections(missing).walk() if section.heading):
        raise EditRefused(path, "what comes from the template would not be read as headings; is a '%%' not closed?")
