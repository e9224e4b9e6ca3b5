"""The vault's folder from outside: what Obsidian is told to ignore, and what changes while we look."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

log = logging.getLogger(__name__)

_APP_JSON_LIMIT_BYTES = 1 << 20


class AppSettings(BaseModel):
    """The part of ``.obsidian/app.json`` that concerns us; anything else in it is not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    trash_option: Literal["system", "local", "none"] = Field("system", alias="trashOption")
    new_link_format: Literal["shortest", "relative", "absolute"] = Field("shortest", alias="newLinkFormat")
    use_markdown_links: bool = Field(False, alias="useMarkdownLinks")
    ignore_filters: tuple[str, ...] = Field((), alias="userIgnoreFilters", max_length=1000)

    @property
    def excluded_folders(self) -> tuple[str, ...]:
        """Ignore filters that are plain paths. Regular expressions (``/…/``) come from the vault and are not run."""
        plain = (text.strip("/") for text in self.ignore_filters if not (len(text) > 1 and text[0] == text[-1] == "/"))
        return tuple(text for text in plain if text)


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


async def watch(root: Path, stop: asyncio.Event) -> AsyncIterator[set[str]]:
    """Sets of paths (relative, ``/``) that changed below ``root``, hidden names left out, until ``stop`` is set.

    Raises OSError when the system cannot watch so many folders.
    """
    from watchfiles import DefaultFilter, awatch

    class Visible(DefaultFilter):
        def __call__(self, change: object, path: str) -> bool:
            try:
                parts = Path(path).relative_to(root).parts
            except ValueError:
                return False
            return not any(part.startswith(".") for part in parts)

    async for changes in awatch(
        root, watch_filter=Visible(ignore_dirs=()), debounce=200, step=30, stop_event=stop, ignore_permission_denied=True
    ):
        yield {Path(path).relative_to(root).as_posix() for _, path in changes}
