"""From the setting ``model`` to a model."""

from __future__ import annotations

import os
from pathlib import Path

from librarian.embedding import folder as folders
from librarian.embedding.embedder import Embedder
from librarian.embedding.known import KNOWN, by_name
from librarian.embedding.queries import QueryCache
from librarian.embedding.static import default_embedder, static_embedder
from librarian.embedding.transformer import TransformerEmbedder
from librarian.errors import ModelUnusable

DEFAULT = "default"


def open_embedder(
    model: str, models: Path, *, threads: int, vault: Path | None = None, cache: QueryCache | None = None
) -> Embedder:
    """The model that is called so: ``default``, one of those we know, in the folder ``models``, or any folder.

    Reads all of a slow model's files once, so it belongs in a thread, but loads none. ``vault``: the folder of notes
    that a model must not come from; ``cache``: where vectors of queries are kept. Raises ModelUnusable.
    """
    if model == DEFAULT:
        return default_embedder()
    path = folder_of(model, models)
    found = folders.inspect(path, vault=vault, is_ours=path.parent == models)
    if found.kind == "static":
        return static_embedder(found.path / "model.safetensors", found.path / "tokenizer.json", found.path.name)
    return TransformerEmbedder(found, found.path.name, threads=threads, cache=cache)


def on_this_machine(models: Path) -> tuple[str, ...]:
    """Names of models that can be used without a download."""
    return (DEFAULT, *(known.name for known in KNOWN if (models / known.name).is_dir()))


def folder_of(model: str, models: Path) -> Path:
    """Where the model is or will be. Raises ModelUnusable when it is neither known nor a folder."""
    if by_name(model) is not None:
        if not (models / model).is_dir():
            hint = f"Run: librarian models download {model}"
            raise ModelUnusable(f"The model {model} is not downloaded yet.", hint=hint)
        return models / model
    if not os.path.isabs(Path(model).expanduser()):
        names = ", ".join(known.name for known in KNOWN)
        raise ModelUnusable(f"No model is called {model[:80]!r}. Give one of {DEFAULT}, {names}, or a whole path.")
    return Path(model)
