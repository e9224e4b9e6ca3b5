"""What a store of passage vectors promises: the seam where another one (Qdrant, say) would be put.

`tests/sidecar/vector_store_contract.py` is the promise as tests; whatever passes them may stand behind `record.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

Numbers = Literal["float16", "int8"]
"""How a store keeps vectors: as half-precision numbers, or as bytes."""
INDEXED_FROM_ROWS = 30_000
"""Below this a scan of all rows is faster than an index is worth."""


class RowsRefused(Exception):
    """Rows that must not be kept: a wrong shape, numbers that are not finite, vectors that are not of unit length."""


class StoreUnreadable(Exception):
    """The files of a store are damaged, or of another model."""


@dataclass(frozen=True, slots=True)
class Found:
    """A note with its passage that is nearest to a vector."""

    path: str
    ordinal: int
    cosine: float


@dataclass(frozen=True, slots=True)
class Where:
    """Which notes a search may find."""

    paths: tuple[str, ...] | None = None
    """Only these; None for all."""
    folder: str = ""
    """Only what lies below this folder, a path with ``/`` and without one at its end; empty for all."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a store holds. ``version`` changes with every change."""

    notes: int
    rows: int
    version: int


class VectorStore(Protocol):
    """The passages of one model's notes. Not for several threads or processes at once.

    Rows are Arrow tables of (path, note, ordinal, digest, vector): the path of the note, the BLAKE3 of its bytes (32),
    the passage's number in the note, the first 8 bytes of the BLAKE3 of its text, and a unit vector (or zeros, for a
    text the model knows nothing of) of half-precision numbers. All rows of a note stand together.
    """

    def size(self) -> Size: ...

    def put(self, rows: pa.Table) -> None:
        """Put rows in the place of all that the notes they name had. Raises RowsRefused, and then keeps none."""
        ...

    def remove(self, paths: Sequence[str]) -> None:
        """Forget these notes; unknown ones are no error."""
        ...

    def notes(self) -> pa.Table:
        """Path and digest (columns path, note) of every note."""
        ...

    def read(self, batch_rows: int) -> Iterator[pa.Table]:
        """All rows, some notes at a time."""
        ...

    def search(self, vector: Sequence[float], limit: int, where: Where) -> list[Found]:
        """The ``limit`` notes with the passages nearest to a unit vector, best first."""
        ...

    def settle(self) -> Size:
        """Fold small files together, index what is not, and make all of it survive a power cut."""
        ...
