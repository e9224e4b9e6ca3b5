"""Static embedding and subword tokenising beside their peers: the same table, tokenizers and texts in one run.

``measure()`` is what the run asks for. The peers live in an environment of their own below ``.venv-bench``.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.corpora import corpus

from librarian import _native

HERE = Path(__file__).parent / "peers"
VENV = HERE.parents[2] / ".venv-bench" / "embedding"
REQUIREMENTS = HERE / "embedding-requirements.txt"
NOTES = 5000
"""Notes whose passages are the texts: every so many-th of the scale corpus."""
SAMPLE = 200
"""Vectors that are compared with model2vec's."""
ROUNDS = 3
PASSAGE_WORDS = 120
PACKAGE = "wordllama"
WEIGHTS = "wordllama/weights/l2_supercat_256.safetensors"
TOKENIZER = "wordllama/tokenizers/l2_supercat_tokenizer_config.json"
"""The table and tokenizer that all embed with."""
TRANSFORMERS = HERE.parents[2] / ".venv-transformers"
"""Made by `make test-transformers`: 5.8 GB that this bench does not ask for by itself."""
SLOW_TEXTS = 512


def measure() -> dict[str, Any]:
    """Texts embedded and megabytes tokenised a second, by us and by each peer, and how far results agree."""
    package = metadata.distribution(PACKAGE)
    weights, pairs = (Path(str(package.locate_file(name))) for name in (WEIGHTS, TOKENIZER))
    texts = _texts()
    with tempfile.TemporaryDirectory() as folder:
        pieces = Path(folder) / "pieces.json"
        # By us, line ends are spaces like others; by a plain reading they are tokens.
        sample = [" ".join(text.split()) for text in texts[:SAMPLE]]
        job = {"texts": texts, "sample": sample, "weights": str(weights), "pairs": str(pairs), "pieces": str(pieces)}
        peers = _peers(Path(folder), job)
        model = _native.StaticModel(weights, pairs)
        worst = _worst_cosine(model, sample, peers["vectors"])
        ours_s = _best_s(lambda: model.embed(texts))
        megabytes = sum(len(text.encode()) for text in texts) / 1e6
        tokenised = {"pairs": model, "pieces": _native.StaticModel(_row_a_token(Path(folder), pieces), pieces)}
        return {
            "texts": len(texts),
            "megabytes": round(megabytes, 1),
            "versions": peers["versions"],
            "textsPerS": {
                "ours": len(texts) / ours_s,
                "model2vec": len(texts) / peers["model2vecS"],
                "wordllama": len(texts) / peers["wordllamaS"],
            },
            "worstCosineToModel2vec": worst,
            "tokenisedMbPerS": {
                name: _rates(megabytes, _best_s(lambda model=model: _tokenise(model, texts)), peers[name])
                for name, model in tokenised.items()
            },
            "tokieDiffers": {name: peers[name]["tokieDiffering"] for name in tokenised},
            **_transformer(texts[:: max(1, len(texts) // SLOW_TEXTS)]),
        }


def _transformer(texts: Sequence[str]) -> dict[str, Any]:
    """What a slow model's worker costs, where there is an environment to run it in."""
    if not (TRANSFORMERS / ".installed").exists():
        return {}
    command = [str(_binary(TRANSFORMERS)), "-m", "tests.benchmarks.transformer"]
    ran = subprocess.run(
        command, input=json.dumps(texts), check=True, stdout=subprocess.PIPE, text=True, cwd=HERE.parents[2]
    )
    return {"transformer": json.loads(ran.stdout)}


def _binary(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _rates(megabytes: float, ours_s: float, peers: dict[str, float]) -> dict[str, float]:
    return {
        "ours": megabytes / ours_s,
        "tokie": megabytes / peers["tokieS"],
        "huggingFace": megabytes / peers["huggingFaceS"],
    }


def _texts() -> list[str]:
    """Passages as they are embedded."""
    root = corpus("vault-100k")
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.md"))
    rows = _native.passages(
        root,
        paths[:: max(1, len(paths) // NOTES)],
        max_note_bytes=20_000_000,
        words=PASSAGE_WORDS,
        model=None,
        threads=os.cpu_count() or 1,
    )
    return pa.table(rows).column("text").to_pylist()


def _best_s(work: Callable[[], Any]) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def _tokenise(model: _native.StaticModel, texts: Sequence[str]) -> None:
    for text in texts:
        model.tokens(text)


def _worst_cosine(model: _native.StaticModel, texts: Sequence[str], theirs: Sequence[Sequence[float]]) -> float:
    """The least cosine of a text's vector here and there; both are of unit length, or zeros."""
    ours = array("f", model.embed(list(texts)))
    width = model.dimensions
    rows = [ours[at : at + width] for at in range(0, len(ours), width)]
    return min(
        sum(a * b for a, b in zip(one, other, strict=True))
        for one, other in zip(rows, theirs, strict=True)
        if any(other)
    )


def _row_a_token(folder: Path, tokenizer: Path) -> Path:
    """A table of one number for each of the tokenizer's tokens."""
    rows = len(json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"])
    header = json.dumps({"embeddings": {"dtype": "F32", "shape": [rows, 1], "data_offsets": [0, rows * 4]}}).encode()
    path = folder / "pieces.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(rows * 4))
    return path


def _peers(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    path = folder / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    command = [str(installed(VENV, REQUIREMENTS)), str(HERE / "embedding_peer.py"), str(path)]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(ran.stdout)


def installed(environment: Path, requirements: Path) -> Path:
    """The Python of a peers' environment, which is made when it is not there or not current."""
    python = _binary(environment)
    stamp = environment / ".installed"
    if not stamp.exists() or stamp.read_text() != requirements.read_text():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        # The product's own constraints are not for this environment.
        own = {name: value for name, value in os.environ.items() if name not in ("PIP_CONSTRAINT", "VIRTUAL_ENV")}
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(requirements)], check=True, env=own)
        stamp.write_text(requirements.read_text())
    return python


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
