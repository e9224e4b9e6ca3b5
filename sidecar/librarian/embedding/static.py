"""Static models: a table of vectors in the core, which embeds in microseconds.

The default one arrives in the package ``wordllama``, whose code is never imported: the core reads its two files.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from librarian import _native
from librarian.errors import ModelUnusable

DEFAULT = "default"
PACKAGE = "wordllama"
WEIGHTS = "wordllama/weights/l2_supercat_256.safetensors"
TOKENIZER = "wordllama/tokenizers/l2_supercat_tokenizer_config.json"
MEGABYTES = 17


LETTERS_A_PIECE = 1.75
"""On average at least, of a language that a model was made for: English has some four, single letters have one."""


class StaticEmbedder:
    """A table of vectors in the core. Embeds a query in microseconds, a vault in less than a minute."""

    is_instant = True
    may_be_away = False
    passage_words = 120
    """Words in a passage: as many as a mean of vectors can stand for (measured, see docs/decisions)."""

    def __init__(self, model: _native.StaticModel, name: str) -> None:
        self.model = model
        self.name = name

    @property
    def identity(self) -> str:
        """Vectors compare only when this is equal: the model's digest and the size of passages."""
        return f"{self.model.digest}/{self.passage_words}"

    @property
    def dimensions(self) -> int:
        return self.model.dimensions

    def vector(self, text: str) -> bytes:
        """Little-endian f32, of unit length; zeros when no token is known."""
        return self.model.embed([text])

    def trust(self, text: str) -> float:
        """How much of the text the model knows, 0 to 1."""
        return self.model.known_share(text)

    def reads(self, text: str) -> bool:
        """Whether it cuts the text into pieces of two letters and more: of a language that it does not know, it has
        little but single letters.
        """
        letters = sum(character.isalnum() for character in text)
        return letters > 0 and len(self.model.tokens(text)) * LETTERS_A_PIECE <= letters

    async def query(self, text: str) -> bytes:
        """As `vector`."""
        return self.vector(text)

    async def close(self) -> None:
        """Forget the words it remembers."""
        self.model.rest()


def default_embedder() -> StaticEmbedder:
    """The model that comes with the installation. Raises ModelUnusable with what to do."""
    try:
        package = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError as error:
        raise ModelUnusable(f"The package {PACKAGE} with the default model is not installed.") from error
    weights, tokenizer = (Path(str(package.locate_file(name))) for name in (WEIGHTS, TOKENIZER))
    return static_embedder(weights, tokenizer, f"{PACKAGE} {package.version}")


def static_embedder(weights: Path, tokenizer: Path, name: str) -> StaticEmbedder:
    """The model of these two files, as model2vec keeps them. Raises ModelUnusable."""
    try:
        return StaticEmbedder(_native.StaticModel(weights, tokenizer), name)
    except _native.ModelInvalid as error:
        raise ModelUnusable(str(error)) from error


Embedder = StaticEmbedder
