"""What a person waits for in Obsidian: the release of the plugin in Chromium, with the real sidecar and 10,000 notes.

``measure()`` runs the journey that types, and reads what it wrote down.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

PLUGIN = Path(__file__).parents[2] / "obsidian-plugin"
FIGURES = PLUGIN / "tests" / "artifacts" / "typing.json"


def measure() -> dict[str, Any]:
    """Times in milliseconds, as ``tests/host/typing.test.ts`` writes them down. Raises when the journey fails."""
    FIGURES.unlink(missing_ok=True)
    subprocess.run(["make", "--silent", "plugin"], cwd=PLUGIN.parent, check=True)
    journey = ["npx", "vitest", "run", "--project", "host", "tests/host/typing.test.ts"]
    subprocess.run(journey, cwd=PLUGIN, check=True, stdout=subprocess.DEVNULL)
    figures: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return figures
