"""The command that an editor starts: serve."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from librarian.library import Library


@click.command()
def serve() -> None:
    """Run the sidecar for an editor. The Obsidian plugin starts this by itself.

    It reads one line of JSON from standard input ({"token": "..."}, at least 32 random bytes; "secrets" beside it may
    hold keys of providers, such as {"anthropic": "..."}), listens on a port of
    127.0.0.1 that the system chooses, prints one line of JSON ({"ready": true, "port": ...}) and ends when standard
    input is closed. Clients offer the websocket subprotocols librarian.v1 and bearer.<token>.
    """
    from librarian import door
    from librarian.chat import Keyring, Keys
    from librarian.library import open_library
    from librarian.places import Places
    from librarian.settings import load
    from librarian.startup import run_serve

    places = Places.of()
    folder = door.door_folder(places.data)
    own_door = door.address(folder, os.getpid()) if door.SUPPORTED else None

    def opened(secrets: Mapping[str, str]) -> AbstractAsyncContextManager[Library]:
        keys = Keys(secrets, os.environ, Keyring())
        return open_library(places, load(places.settings), door=own_door, keys=keys)

    sys.exit(run_serve(opened, door_folder=folder))
