"""Templates inferred over the socket from a folder of 500 notes, written from one template and changed since.

``measure()`` is what the run asks for. The first look of a process also reads the notes from the disk's cache.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.quality.template_notes import SPECS, written

from .client import Sidecar
from .corpus import cache_folder
from .figures import Repeated

NOTES = 500
PROSE_WORDS = 60
"""Added below each heading, so that notes are as long as people's."""
TIMES = 5


def measure(librarian: Path) -> dict[str, Any]:
    """Milliseconds of the first look of a process, and of several after it."""
    chance = random.Random(7)
    notes = written(SPECS[0], NOTES, chance, folder="Daily").notes
    with tempfile.TemporaryDirectory(dir=cache_folder()) as scratch:
        vault = Path(scratch) / "vault"
        for path, text in notes.items():
            (vault / path).parent.mkdir(parents=True, exist_ok=True)
            (vault / path).write_text(_longer(text, chance), encoding="utf-8")
        with Sidecar(librarian, Path(scratch) / "data") as sidecar:
            sidecar.initialize()
            vault_id = sidecar.call("vault.open", path=str(vault))["vaultId"]
            sidecar.call("vault.status", vaultId=vault_id, wait=True)
            took = [_infer(sidecar, vault_id) for _ in range(TIMES + 1)]
    return {"notes": NOTES, "firstMs": took[0], "againMs": Repeated.of(took[1:]).as_dict()}


def _longer(text: str, chance: random.Random) -> str:
    """A note with some sentences below each heading."""
    lines = []
    for line in text.splitlines():
        lines.append(line)
        if line.startswith("## "):
            lines += ["", " ".join(chance.choice(SPECS[0].words) for _ in range(PROSE_WORDS)) + ".", ""]
    return "\n".join(lines) + "\n"


def _infer(sidecar: Sidecar, vault_id: str) -> float:
    began = time.perf_counter()
    answer = sidecar.call("templates.infer", vaultId=vault_id, folder="Daily")
    took_ms = (time.perf_counter() - began) * 1000
    if len(answer["notes"]) != NOTES or "## Noticed" not in answer["text"]:
        raise ValueError(f"not the template of the notes: {answer['text']!r}, from {len(answer['notes'])}")
    return took_ms


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.executable).with_name("librarian")), indent=2))
