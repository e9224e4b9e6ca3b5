"""Tests with the real llama.cpp and a tiny model; `make test-llamacpp` installs both and runs them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from importlib import util
from pathlib import Path

import pytest
from tests.e2e.conftest import ROOT, Desk
from tests.llamacpp.furnish import MODEL, SHA256


@pytest.fixture(scope="session")
def gemma() -> Path:
    """Gemma 3 with 270 million parameters. It is a base model: it says anything."""
    if util.find_spec("xllamacpp") is None or not MODEL.exists():
        pytest.skip("NO LLAMA.CPP: make test-llamacpp installs it with a tiny model, and tests with them")
    return MODEL


@pytest.fixture(scope="session", autouse=True)
def _one_core() -> Iterator[None]:
    """Threads on cores that others use, too, wait for one another many times as long as they compute."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.fixture(scope="module")
def desk(gemma: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The example vault, for which the model writes, under its name as after a download."""
    home = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "example-vault", home / "vault")
    # A base model says again what it was given, so little is given to it.
    (home / "vault" / "Lamp.md").write_text("The lamp of the harbour was lit on 3 May 2025 by Greta Moll.\n")
    made = Desk(vault=home / "vault", home=home)
    (made.data / "models").mkdir(parents=True)
    try:
        (made.data / "models" / gemma.name).symlink_to(gemma)
    except OSError:  # Windows lets not everybody make one
        shutil.copyfile(gemma, made.data / "models" / gemma.name)
    pin = {"repository": "made/here", "revision": "0" * 40, "file": gemma.name, "sha256": SHA256}
    pin["size"] = gemma.stat().st_size
    (made.data / "models" / f"{gemma.name}.json").write_text(json.dumps(pin))
    made.text("models", "use", gemma.name)
    return made
