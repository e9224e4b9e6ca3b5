"""A sidecar process with the fake library, started by the tests as the plugin starts the real one."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from librarian.startup import run_serve

sys.path.insert(0, str(Path(__file__).parent.parent))

from wire.fake_library import FakeLibrary


@asynccontextmanager
async def open_library(secrets: Mapping[str, str]) -> AsyncIterator[FakeLibrary]:
    # As careless a log line as anybody could write: the formatter has to save it.
    logging.getLogger("careless").info("secrets are %r", dict(secrets))
    logging.getLogger("websockets").setLevel(logging.DEBUG)
    yield FakeLibrary()


if __name__ == "__main__":
    folder = os.environ.get("DOOR_FOLDER")
    seconds = float(os.environ.get("FIRST_LINE_SECONDS", "10"))
    sys.exit(run_serve(open_library, door_folder=Path(folder) if folder else None, first_line_seconds=seconds))
