"""Finding duplicates beside peers: the same texts, each engine from texts to pairs, and which labelled pairs it found.

``measure()`` is what the run asks for. The peers live in an environment of their own below ``.venv-bench``; they are
given the texts in memory, where the librarian reads its notes from a folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Collection
from importlib import metadata
from pathlib import Path
from typing import Any

from tests.corpora import corpus

from librarian import _native
from librarian.meanings import LEAST_COSINE, LEAST_GAP

from . import embedding

HERE = Path(__file__).parent / "peers"
VENV = HERE.parents[2] / ".venv-bench" / "duplicates"
REQUIREMENTS = HERE / "duplicates-requirements.txt"
NOTES = 10_000
"""Of the scale corpus, every so many-th, beside all texts of the labelled pairs."""
THRESHOLD = 0.5
MAX_NOTE_BYTES = 20_000_000

Pairs = Collection[tuple[int, int]]


def measure() -> dict[str, Any]:
    """Texts a second of every engine, and the share of the labelled pairs (Jaccard's index ≥ 0.5) that it found."""
    texts, labelled = _texts()
    package = metadata.distribution(embedding.PACKAGE)
    weights, tokenizer = (str(package.locate_file(name)) for name in (embedding.WEIGHTS, embedding.TOKENIZER))
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder) / "job.json"
        job.write_text(json.dumps({"texts": texts, "weights": weights, "tokenizer": tokenizer}), encoding="utf-8")
        peers = _peers(job)
        vault = Path(folder) / "vault"
        vault.mkdir()
        for place, text in enumerate(texts):
            (vault / f"{place:06}.md").write_text(text, encoding="utf-8")
        index = _native.Index(Path(folder) / "index")
        limits = {"max_note_bytes": MAX_NOTE_BYTES, "threads": os.cpu_count() or 1}
        index.refresh(vault, excluded=_native.Exclusion(), heap_bytes=100_000_000, **limits)
        near = {f"near, {threads} threads": _near(vault, index, threads) for threads in (1, limits["threads"])}
        meaning = _meaning(vault, len(texts), _native.StaticModel(weights, tokenizer), Path(folder) / "vectors")
    shingled_s = peers["shinglingS"]
    engines = {
        "ours": near[f"near, {limits['threads']} threads"],
        "oursOneThread": near["near, 1 threads"],
        "rensa": (peers["rensa"]["s"] + shingled_s, peers["rensa"]["pairs"]),
        "datasketch": (peers["datasketch"]["s"] + shingled_s, peers["datasketch"]["pairs"]),
        "oursMeaning": meaning,
        "semhash": (peers["semhash"]["s"], peers["semhash"]["pairs"]),
    }
    return {
        "texts": len(texts),
        "labelled": len(labelled),
        "versions": peers["versions"],
        "shinglingS": shingled_s,
        "engines": {
            name: {"textsPerS": len(texts) / took_s, "pairs": len(pairs), "recall": _recall(pairs, labelled)}
            for name, (took_s, pairs) in engines.items()
        },
    }


def _texts() -> tuple[list[str], set[tuple[int, int]]]:
    """Different texts, and the pairs among them that are versions of one note."""
    root = corpus("vault-100k")
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.md"))
    some = paths[:: max(1, len(paths) // NOTES)]
    places = {(root / path).read_text("utf-8", errors="replace"): None for path in some}
    rows = (corpus("dups") / "dups" / "md-revisions" / "pairs.jsonl").read_text("utf-8").splitlines()
    pairs = [json.loads(row) for row in rows]
    places |= {pair[side]: None for pair in pairs for side in ("text_a", "text_b")}
    texts = list(places)
    place = {text: at for at, text in enumerate(texts)}
    alike = [pair for pair in pairs if pair["label"] == 1 and pair["jaccard5"] >= THRESHOLD]
    named = (sorted((place[pair["text_a"]], place[pair["text_b"]])) for pair in alike)
    return texts, {(left, right) for left, right in named if left != right}


def _near(vault: Path, index: _native.Index, threads: int) -> tuple[float, Pairs]:
    """From the files to verified pairs; identical bodies are pairs as well."""
    began = time.perf_counter()
    found = _native.Corpus(vault, max_note_bytes=MAX_NOTE_BYTES, threads=threads)
    found.follow(index)
    alike = found.duplicates(least=THRESHOLD)
    took_s = time.perf_counter() - began
    twins = {paths[0]: paths for paths in alike["identical"]}
    # By the same measure as the peers', pages of one mould as well, which nobody is told.
    pairs = {(left, right) for left, right, resemblance, *_ in alike["pairs"] if resemblance >= THRESHOLD}
    closed = {
        (one, other) for left, right in pairs for one in twins.get(left, [left]) for other in twins.get(right, [right])
    }
    closed |= {(one, other) for paths in twins.values() for one in paths for other in paths if one < other}
    return took_s, {_numbered(*pair) for pair in closed}


def _meaning(vault: Path, texts: int, model: _native.StaticModel, folder: Path) -> tuple[float, Pairs]:
    """From the files to pairs near in meaning, embedding included."""
    threads = os.cpu_count() or 1
    paths = [f"{place:06}.md" for place in range(texts)]
    began = time.perf_counter()
    vectors = _native.PassageVectors(folder, model=model.digest, dimensions=model.dimensions)
    vectors.put(
        _native.passages(
            vault,
            paths,
            max_note_bytes=MAX_NOTE_BYTES,
            words=embedding.PASSAGE_WORDS,
            model=model,
            threads=threads,
        )
    )
    alike = vectors.alike(least_gap=LEAST_GAP, threads=threads)
    took_s = time.perf_counter() - began
    return took_s, {_numbered(left, right) for left, right, cosine, _ in alike if cosine >= LEAST_COSINE}


def _numbered(left: str, right: str) -> tuple[int, int]:
    numbers = sorted((int(left[:-3]), int(right[:-3])))
    return numbers[0], numbers[1]


def _recall(pairs: Pairs, labelled: Pairs) -> float:
    found = {tuple(pair) for pair in pairs}
    return sum(pair in found for pair in labelled) / len(labelled)


def _peers(job: Path) -> dict[str, Any]:
    python = embedding.installed(VENV, REQUIREMENTS)
    ran = subprocess.run(
        [str(python), str(HERE / "duplicates_peer.py"), str(job)], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(ran.stdout)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
