"""What runs in the worker of a slow model: the one module that knows sentence-transformers.

Its import alone takes many seconds, and with a model it holds a gigabyte, so the sidecar's own process never does it.
"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from librarian.worker import Progress

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def load(params: dict[str, Any], _payload: bytes, _tell: Progress) -> tuple[dict[str, Any], bytes]:
    """Load the model of ``folder``; says how many numbers its vectors have."""
    model = _model(params["folder"], params["threads"], params["max_tokens"])
    return {"dimensions": model.encode([""]).shape[1]}, b""


def embed(params: dict[str, Any], payload: bytes, _tell: Progress) -> tuple[dict[str, Any], bytes]:
    """The vectors of the texts in the payload, a JSON list, as numbers of ``kind``: ``<f2`` or ``<f4``.

    A passage that the model makes no numbers of gets zeros, so that it keeps no other from being read; a query fails.
    """
    model = _model(params["folder"], params["threads"], params["max_tokens"])
    texts: list[str] = json.loads(payload)
    vectors = model.encode(texts, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False)
    are_none = ~(abs(vectors) <= 1.001).all(axis=1)
    if are_none.any():
        if params["kind"] == "<f4":
            raise ValueError("the model made numbers that are none")
        vectors[are_none] = 0
    return {"dimensions": vectors.shape[1]}, vectors.astype(params["kind"]).tobytes()


@functools.lru_cache(maxsize=1)
def _model(folder: str, threads: int, max_tokens: int) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    _limit(threads)
    # Even so a folder could name code to run: `folder.inspect` has refused those.
    model = SentenceTransformer(
        folder, device="cpu", trust_remote_code=False, local_files_only=True, model_kwargs={"use_safetensors": True}
    )
    model.max_seq_length = max_tokens
    return model


@functools.cache
def _limit(threads: int) -> None:
    """Keep torch to so many threads. It can be told that only once."""
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)


CALLS = {"load": load, "embed": embed}
