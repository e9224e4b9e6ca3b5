"""The only place that changes files of the vault: each is as it was or as it should be, even after a power cut.

What is written is written whole beside its place, under a hidden name, and moved there. No symbolic link is followed,
nothing is deleted, and a note that is not the version that was read is left alone.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from librarian import disk, moving
from librarian.edit import (
    Create,
    Edit,
    Rename,
    Rewrite,
    Step,
    Trash,
    content_of,
    digest_of,
    paths_of,
    read_digest,
    rewritten,
    step_of,
)
from librarian.errors import (
    EditRefused,
    NoteChanged,
    NoteExists,
    NoteNotFound,
    PathRefused,
    StorageFull,
    VaultUnavailable,
    VaultUnwritable,
)
from librarian.paths import resolve

log = logging.getLogger(__name__)

State = Literal["before", "after", "other"]
TrashOption = Literal["system", "local", "none"]
MAX_BYTES = 256 << 20
"""The largest file whose content is kept for taking a change back."""
TRASH_FOLDER = ".trash"


class VaultFiles:
    """The files of one vault, for whoever changes them."""

    def __init__(self, root: Path, trash: TrashOption, *, point: Callable[[str], None] = disk.nowhere) -> None:
        self.root = root.resolve()
        self._trash = trash
        self._point = point

    def step(self, edit: Edit) -> Step:
        """An edit with what it takes to carry it out. Raises what stands against it, NoteChanged before all."""
        if isinstance(edit, Create):
            if self.digest(edit.path) is not None:
                raise NoteExists(edit.path)
            return step_of(edit, b"")
        if isinstance(edit, Rename):
            self._place(edit.to)
            if self.digest(edit.to) is not None:
                raise NoteExists(edit.to)
            self._expect(edit.path, self.digest(edit.path), edit.digest)
            return step_of(edit, b"")
        return step_of(edit, self.content(edit), self._mode(edit.path))

    def content(self, edit: Rewrite | Trash) -> bytes:
        """The content that an edit was made from. Raises NoteChanged, NoteNotFound, EditRefused, PathRefused."""
        content = self._content(edit.path)
        self._expect(edit.path, digest_of(content), edit.digest)
        return content

    def now(self, path: str) -> bytes:
        """The content of a file, whatever version it is. Raises NoteNotFound, EditRefused, PathRefused."""
        return self._content(path)

    def state(self, step: Step) -> State:
        """Whether a step is carried out, told by what is there now. Raises VaultUnavailable, VaultUnwritable."""
        try:
            return self._state(step)
        except (PathRefused, EditRefused):
            return "other"

    def _state(self, step: Step) -> State:
        edit, here = step.edit, self.digest(step.edit.path)
        match edit:
            case Create():
                return "after" if here == step.after else "before" if here is None else "other"
            case Rename():
                return self._rename_state(edit, here)
            case _:
                return "after" if here == step.after else "before" if here == edit.digest else "other"

    def _rename_state(self, edit: Rename, here: str | None) -> State:
        there = self.digest(edit.to)
        if here is None:
            return "after" if there == edit.digest else "other"
        return "before" if here == edit.digest and there is None else "other"

    def carry_out(self, step: Step) -> None:
        """Do what the step says. Raises NoteChanged, NoteExists, NoteNotFound, StorageFull, VaultUnwritable."""
        edit = step.edit
        with self._told(edit.path):
            match edit:
                case Rewrite():
                    self._replace(edit)
                case Create():
                    self._create(edit)
                case Rename():
                    self._expect(edit.path, self.digest(edit.path), edit.digest)
                    self._move_note(edit, self._place(edit.to), edit.to)
                case Trash():
                    self._expect(edit.path, self.digest(edit.path), edit.digest)
                    self._put_into_trash(edit)
        self._point("carried out")

    def digest(self, path: str) -> str | None:
        """BLAKE3 of a file; None where there is none. Raises PathRefused, EditRefused for what is no file."""
        try:
            with self._told(path):
                return _digest(self._place(path))
        except NoteNotFound:
            return None

    def sync(self, step: Step) -> None:
        """Put on the disk the files of a step, as they are, and that they are there or not."""
        with self._told(step.edit.path):
            places = [self._place(path) for path in paths_of(step.edit)]
            for place in places:
                with contextlib.suppress(FileNotFoundError), disk.opened(place) as file:
                    os.fsync(file.fileno())
            for folder in {place.parent for place in places}:
                with contextlib.suppress(FileNotFoundError):
                    disk.sync_folder(folder)

    def is_there(self) -> bool:
        """Whether the vault's folder is mounted and not empty."""
        try:
            with os.scandir(self.root) as entries:
                return next(entries, None) is not None
        except OSError:
            return False

    def tidy(self, steps: Sequence[Step]) -> bool:
        """Remove what a killed process left beside the files of its steps.

        What is neither the version before a step nor the one after is somebody's, and gets a name that is seen;
        False where there was such.
        """
        folders: dict[Path, dict[str, Step]] = {}
        for step in steps:
            with contextlib.suppress(PathRefused):
                place = self._place(step.edit.path)
                folders.setdefault(place.parent, {})[disk.mark(place)] = step
        return all([self._tidy(folder, marked) for folder, marked in folders.items()])

    def _tidy(self, folder: Path, marked: dict[str, Step]) -> bool:
        clean = True
        for left in (*folder.glob(disk.PART.format("*", "*")), *folder.glob(disk.OLD.format("*", "*"))):
            step = marked.get(left.name.split("-")[1])
            if step is None:
                continue
            with self._told(step.edit.path):
                place = self._place(step.edit.path)
                if left.suffix == ".part" or disk.is_same(left, place) or _is_of(step, left):
                    left.unlink()
                else:
                    visible = disk.made_visible(left, place)
                    log.warning("a version of a note that somebody else wrote was found, and is kept as %s", visible)
                    clean = False
        return clean

    def _content(self, path: str) -> bytes:
        with self._told(path), disk.opened(self._place(path)) as file:
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                raise EditRefused(path, f"it is larger than {MAX_BYTES >> 20} MB")
            return file.read()

    def _mode(self, path: str) -> int:
        with self._told(path):
            return stat.S_IMODE(self._place(path).lstat().st_mode) & 0o777

    def _expect(self, path: str, found: str | None, digest: str) -> None:
        if found is None:
            raise NoteNotFound(path)
        if found != digest:
            raise NoteChanged(path)

    def _place(self, path: str) -> Path:
        """The file that is meant; no part of the way to it may be a symbolic link. Raises PathRefused."""
        found = resolve(self.root, path)
        for place in (found, *found.parents):
            if place == self.root:
                break
            if place.is_symlink():
                raise PathRefused(path, f"{place.name!r} is a symbolic link, and nothing is written through one")
        return found

    def _replace(self, edit: Rewrite) -> None:
        place = self._place(edit.path)
        with disk.opened(place) as file:
            before, mode = file.read(), stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        self._expect(edit.path, digest_of(before), edit.digest)
        after = rewritten(edit, before)
        part = disk.written(place, after, mode, self._point)
        with disk.removed_on_error(part):
            self._expect(edit.path, self.digest(edit.path), edit.digest)
            self._point("looked again")
            if not self._exchange(part, place, edit, digest_of(after)):
                self._cover(part, place, edit)
        disk.sync_folder(place.parent)

    def _exchange(self, part: Path, place: Path, edit: Rewrite, ours: str) -> bool:
        """Let what is written and the note change places, and back where another note came out than was read.

        False where the disk cannot do that. Raises NoteChanged.
        """
        old = part.with_suffix(".old")
        os.rename(part, old)
        if not moving.exchange(old, place):
            os.rename(old, part)
            return False
        self._point("replaced")
        if not old.exists():
            return True  # a disk that takes the call for a plain move, as some FUSE file systems do
        if _digest(old) == edit.digest:
            old.unlink()
            return True
        moving.exchange(old, place)
        self._point("exchanged back")
        if _digest(old) == ours:
            old.unlink()
        else:
            # Saved twice within this moment: the newer one came out now, and belongs to where it was.
            moving.exchange(old, place)
            disk.made_visible(old, place)
        raise NoteChanged(edit.path)

    def _cover(self, part: Path, place: Path, edit: Rewrite) -> None:
        """Put what is written over the note, on a disk that cannot exchange them.

        A program that moves a whole new file there within the microseconds since our last look loses it.
        """
        old = disk.second_name(place)
        self._point("linked")
        os.replace(part, place)
        self._point("replaced")
        if old is None:
            return
        if _digest(old) != edit.digest:
            # Somebody wrote into the file between our look and our move: theirs goes back into its place.
            os.replace(old, place)
            raise NoteChanged(edit.path)
        old.unlink()

    def _create(self, edit: Create) -> None:
        place = self._place(edit.path)
        disk.make_folders(place.parent)
        mode = disk.mode_of(place.parent) & 0o666 if edit.mode is None else edit.mode & 0o777
        part = disk.written(place, content_of(edit), mode, self._point)
        with disk.removed_on_error(part):
            self._move(part, place, edit.path)

    def _move_note(self, edit: Rename | Trash, target: Path, path: str) -> None:
        """Move a note, and back again where it turns out to be another version than the one that was meant."""
        place = self._place(edit.path)
        self._point("looked again")
        self._move(place, target, path)
        if _digest(target) != edit.digest:
            with contextlib.suppress(NoteExists):
                self._move(target, place, edit.path)
            raise NoteChanged(edit.path)

    def _move(self, source: Path, target: Path, path: str) -> None:
        """Move a file to where there is none. Raises NoteExists."""
        disk.make_folders(target.parent)
        try:
            moving.move(source, target)
        except FileExistsError:
            raise NoteExists(path) from None
        self._point("moved")
        disk.sync_folder(target.parent)
        if source.parent != target.parent:
            disk.sync_folder(source.parent)

    def _put_into_trash(self, edit: Trash) -> None:
        place = self._place(edit.path)
        if self._trash == "system" and _sent_to_system_trash(place):
            self._point("trashed")
            disk.sync_folder(place.parent)
            return
        folder = self.root / TRASH_FOLDER
        if folder.is_symlink():
            raise VaultUnwritable(str(folder), "it is a symbolic link")
        for number in range(1, 10_000):
            name = place.name if number == 1 else f"{place.stem} {number}{place.suffix}"
            with contextlib.suppress(NoteExists):
                self._move_note(edit, folder / name, f"{TRASH_FOLDER}/{name}")
                return
        raise VaultUnwritable(str(folder), f"it is full of files called {place.name}")

    @contextlib.contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Say what an error of the disk means to a person."""
        try:
            yield
        except FileNotFoundError as error:
            if not self.is_there():
                raise VaultUnavailable(os.fspath(self.root)) from error
            raise NoteNotFound(path) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(os.fspath(self.root)) from error
            if error.errno in (errno.ELOOP, errno.EISDIR):
                raise EditRefused(path, "it is not a file") from error
            raise VaultUnwritable(path, error.strerror or type(error).__name__) from error


def _digest(place: Path) -> str:
    with disk.opened(place) as file:
        return disk.digest(file)


def _is_of(step: Step, left: Path) -> bool:
    """Whether a hidden file holds a version that a step knows; what cannot be read, a link too, it does not know."""
    try:
        return _digest(left) in (read_digest(step.edit), step.after)
    except OSError:
        return False


def _sent_to_system_trash(place: Path) -> bool:
    """Whether the system took the file; else it goes into the vault's own trash, as Obsidian does it."""
    from send2trash import send2trash

    try:
        send2trash(os.fspath(place))
    except OSError as error:
        log.warning("the system's trash did not take a file: %s", error)
        return not place.exists()
    return True
