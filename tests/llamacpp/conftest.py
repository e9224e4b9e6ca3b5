"""Tests with the real llama.cpp and a tiny model; `make test-llamacpp` installs both and runs them."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def gemma() -> Path:
    """Gemma 3 with 270 million parameters. It is a base model: it says anything."""
    model = Path(sys.prefix) / "gemma-3-270m.gguf"
    if util.find_spec("xllamacpp") is None or not model.exists():
        pytest.skip("NO LLAMA.CPP: make test-llamacpp installs it with a tiny model, and tests with them")
    return model
