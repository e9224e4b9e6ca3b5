"""The vault's folder from outside: what Obsidian is told to ignore, and what changes while we look."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

log = logging.getLogger(__name__)

_APP_JSON_LIMIT_BYTES = 1 << 20
LOOK_SECONDS = 1.0
"""Between two looks whether the vault's folder is still the one that is watched."""


class AppSettings(BaseModel):
    """The part of ``.obsidian/app.json`` that concerns us; anything else in it is not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    trash_option: Literal["system", "local", "none"] = Field(default="system", alias="trashOption")
    new_link_format: Literal["shortest", "relative", "absolute"] = Field(default="shortest", alias="newLinkFormat")
    use_markdown_links: bool = Field(default=False, alias="useMarkdownLinks")
    ignore_filters: tuple[str, ...] = Field(default=(), alias="userIgnoreFilters")
    """What is excluded: beginnings of paths, and regular expressions between slashes."""

    @field_validator("ignore_filters", mode="before")
    @classmethod
    def _texts(cls, value: object) -> object:
        return [each for each in value if isinstance(each, str)] if isinstance(value, list) else value

    @field_validator("*", mode="wrap")
    @classmethod
    def _or_default(cls, value: object, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
        """What one setting is not must not take the others with it, least of all what is excluded."""
        try:
            return handler(value)
        except ValidationError:
            log.warning("the vault's app.json is not as it should be in %s, its default is used", info.field_name)
            return cls.model_fields[info.field_name or ""].default


def read_app_settings(root: Path) -> AppSettings:
    """Obsidian's own settings of this vault; defaults when they are absent or not what they should be."""
    path = root / ".obsidian" / "app.json"
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _APP_JSON_LIMIT_BYTES:
            return AppSettings()
        return AppSettings.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        log.warning("the vault's app.json is not usable, defaults are: %s", type(error).__name__)
        return AppSettings()


async def watch(root: Path, stop: asyncio.Event) -> AsyncIterator[set[str] | None]:
    """Sets of paths (relative, ``/``) that changed below ``root``, hidden names left out, until ``stop`` is set.

    None says that changes may have been missed, so that everything wants looking at: at the beginning, and when the
    folder went away or came back. Raises OSError when the system cannot watch so many folders.
    """
    loop = asyncio.get_running_loop()
    seen: asyncio.Queue[set[str] | BaseException | None] = asyncio.Queue()
    ended = threading.Event()

    def tell(what: set[str] | BaseException | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(seen.put_nowait, what)

    def look_on() -> None:
        try:
            while not ended.is_set():
                with contextlib.suppress(FileNotFoundError):
                    _watch_until_gone(root, ended, tell)
                tell(None)
                while _identity(root) is None and not ended.wait(LOOK_SECONDS):
                    pass
        except Exception as error:  # noqa: BLE001 - told to whoever iterates
            tell(error)

    # Not a thread of the loop's pool: this one is taken for as long as the vault is open.
    threading.Thread(target=look_on, name="watcher", daemon=True).start()
    try:
        while not stop.is_set():
            said = await seen.get()
            if isinstance(said, BaseException):
                raise said
            yield said
    finally:
        ended.set()


def _watch_until_gone(root: Path, ended: threading.Event, tell: Callable[[set[str] | None], None]) -> None:
    """Watch the folder that is at ``root`` now; return when another one, or none, has taken its place."""
    from watchfiles import watch as watching

    identity = _identity(root)
    if identity is None:
        return
    prefix = os.fspath(root) + os.sep

    def is_visible(_: object, path: str) -> bool:
        return path.startswith(prefix) and not any(part.startswith(".") for part in path[len(prefix) :].split(os.sep))

    is_first = True
    for changes in watching(
        root,
        watch_filter=is_visible,
        debounce=200,
        step=30,
        stop_event=ended,
        rust_timeout=int(LOOK_SECONDS * 1000),
        yield_on_timeout=True,
        raise_interrupt=False,
        ignore_permission_denied=True,
    ):
        if is_first:
            # What happened before the watch was set up is known to nobody.
            tell(None)
            is_first = False
        if changes:
            tell({path[len(prefix) :].replace(os.sep, "/") for _, path in changes})
        if _identity(root) != identity:
            return


def _identity(root: Path) -> tuple[int, int] | None:
    """What tells the folder at ``root`` from another one put there; None when there is none."""
    try:
        found = root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
