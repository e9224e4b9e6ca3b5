"""What of many notes is still to be summarised, told by what they say now; and what a model will be asked for it.

Both read every note, so they are done in a thread, and end early when nobody waits for them any more.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from librarian.chat.conversation import Limits, Message
from librarian.errors import NoteError
from librarian.gathering import Gathering, Material
from librarian.portions import digest_of
from librarian.summarising import Reading, Request, limits_of, requests_together
from librarian.summary import LeftOut, Wish
from librarian.summary_runs import Kept

NOTHING = "it says nothing"
NOT_SENT = "it lies in a folder of which nothing is sent to a model"
UNREAD = b""
"""In the place of a digest, where a note cannot be read, or may not be sent."""


@dataclass
class Outstanding:
    """Paths of notes of a run."""

    new: list[str] = field(default_factory=list)
    """Of which nothing is known, or that say something else by now."""
    failed: list[str] = field(default_factory=list)
    """Without a summary, and the same as when they were tried."""
    moved: list[tuple[str, str]] = field(default_factory=list)
    """From where they were when they were summarised to where they are."""
    gone: list[str] = field(default_factory=list)


def outstanding(
    gathering: Gathering, paths: Sequence[str], known: Mapping[str, Kept], given_up: threading.Event, *, sends: bool
) -> Outstanding:
    """Compare what is known with what notes say; ``sends``: whether a model will read them."""
    found, present = Outstanding(), set(paths)
    missing = {note.digest: path for path, note in known.items() if note.text and path not in present}
    for path in paths:
        if given_up.is_set():
            break
        digest, before = _digest(gathering, path, sends=sends), known.get(path)
        if before is None and digest in missing:
            found.moved.append((missing.pop(digest), path))
        elif before is None or before.digest != digest:
            found.new.append(path)
        elif before.text is None:
            found.failed.append(path)
    moved = {path for path, _ in found.moved}
    found.gone = [path for path in known if path not in present and path not in moved]
    return found


def _digest(gathering: Gathering, path: str, *, sends: bool) -> bytes:
    if sends and gathering.is_excluded(path):
        return UNREAD
    try:
        return digest_of(gathering.read(path).text)
    except NoteError:
        return UNREAD


@dataclass
class Counting:
    """Every request that a model will be sent for the summaries of some notes, and how many notes that are."""

    gathering: Gathering
    paths: Sequence[str]
    known: Mapping[str, Kept]
    wish: Wish
    room: int
    """Tokens that are read at once."""
    together: bool
    """Whether one summary is made of all."""
    left_out: list[LeftOut]
    notes: int = 0
    done: int = 0
    given_up: threading.Event = field(default_factory=threading.Event)

    def requests(self) -> Iterator[tuple[Sequence[Message], Limits]]:
        """One after the other: what is asked about thousands of notes is more than need be in memory at once."""
        for prompt, words in self._prompts():
            yield prompt.messages(), limits_of(words)

    def _prompts(self) -> Iterator[Request]:
        for path in self.paths:
            if self.given_up.is_set():
                return
            reading = self._reading(path)
            if reading is not None:
                self.notes += 1
                yield from reading.requests()
        if self.together and self.notes + self.done > 1:
            yield from requests_together([self.wish.words] * (self.notes + self.done), self.wish, self.room)

    def _reading(self, path: str) -> Reading | None:
        """A note that is to be asked about."""
        try:
            material = self._material(path)
        except NoteError as error:
            self.left_out.append(LeftOut(path=path, reason=error.message))
            return None
        if material is None:
            return None
        reading = Reading.of(material, self.wish, self.room)
        if reading is None:
            self.left_out.append(LeftOut(path=path, reason=NOTHING))
        return reading

    def _material(self, path: str) -> Material | None:
        if self.gathering.is_excluded(path):
            self.left_out.append(LeftOut(path=path, reason=NOT_SENT))
            return None
        material = self.gathering.read(path)
        before = self.known.get(path)
        if before is not None and before.text and before.digest == digest_of(material.text):
            self.done += 1
            return None
        return material
