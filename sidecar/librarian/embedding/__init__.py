"""Texts to vectors: the static model that works at once, and slower ones that a person may choose.

Nothing outside this package knows which is which but by `Embedder.is_instant`.
"""

from librarian.embedding.choice import DEFAULT, on_this_machine, open_embedder
from librarian.embedding.embedder import Embedder, SlowEmbedder
from librarian.embedding.static import StaticEmbedder, default_embedder

__all__ = [
    "DEFAULT", "Embedder", "SlowEmbedder", "StaticEmbedder", "default_embedder", "on_this_machine", "open_embedder",
]  # fmt: skip
