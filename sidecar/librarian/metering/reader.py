"""A provider's model that reads a vault: which it is, and how many numbers its vectors have.

How many those are is asked once, when the model is chosen, and kept beside the models on this machine: whoever opens a
vault asks nobody.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from librarian.chat.presets import Choice
from librarian.embedding.prompts import Prompts, family_prompts
from librarian.places import private_folder, write_whole

FILE: Final = "providers.json"
PASSAGE_WORDS: Final = 120
"""Larger passages find less, however long a text a model would take (measured, see docs/decisions)."""
SHORTENED: Final = re.compile(r"(?:^|/)text-embedding-3-\w+$")
"""Models whose vectors may be cut short by the provider …"""
SHORT: Final = 512
"""… to so many numbers, a third of what the smaller one makes, which lose about a hundredth of what they find."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A model with all that its vectors depend on."""

    choice: Choice
    url: str
    """Where it is asked."""
    dimensions: int

    @property
    def name(self) -> str:
        """As the setting ``model`` has it."""
        return named(self.choice)

    @property
    def asks(self) -> bool:
        """Whether it is told how many numbers a vector shall have."""
        return is_shortened(self.choice)

    @property
    def prompts(self) -> Prompts:
        return family_prompts(self.choice.model)

    @property
    def identity(self) -> str:
        """Vectors compare only when this is equal."""
        prompts = self.prompts
        parts = [self.choice.provider, self.url, self.choice.model, self.dimensions, prompts.query, prompts.passage]
        digest = hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
        return f"{digest}/{PASSAGE_WORDS}"


def named(choice: Choice) -> str:
    """A choice as the setting ``model`` has it."""
    return f"{choice.provider}/{choice.model}" + (f"@{choice.base_url}" if choice.base_url else "")


def is_shortened(choice: Choice) -> bool:
    """Whether the provider can give fewer numbers than the model makes."""
    return SHORTENED.search(choice.model) is not None


def known_dimensions(models: Path, choice: Choice) -> int | None:
    """How many numbers its vectors have, if it was asked once. Reads a file in the folder of models."""
    if is_shortened(choice):
        return SHORT
    number = _kept(models).get(named(choice))
    return number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else None


def remember_dimensions(models: Path, choice: Choice, dimensions: int) -> None:
    """Keep how many there are. May raise OSError."""
    private_folder(models.parent)
    private_folder(models)
    kept = {**_kept(models), named(choice): dimensions}
    write_whole(models / FILE, json.dumps(kept, indent=2, sort_keys=True).encode() + b"\n")


def _kept(models: Path) -> dict[str, Any]:
    try:
        kept = json.loads((models / FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}
