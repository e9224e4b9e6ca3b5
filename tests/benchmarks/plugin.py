"""What a person waits for in Obsidian: the release of the plugin in Chromium, with the real sidecar.

``measure()`` runs the journeys that type and that have text written, and reads what they wrote down.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

PLUGIN = Path(__file__).parents[2] / "obsidian-plugin"
ARTIFACTS = PLUGIN / "tests" / "artifacts"


def measure() -> dict[str, Any]:
    """Times in milliseconds: of typing, and under ``streaming`` of a draft. Raises when a journey fails."""
    subprocess.run(["make", "--silent", "plugin"], cwd=PLUGIN.parent, check=True)
    return {**_journey("typing.test.ts", "typing.json"), "streaming": _journey("frames.test.ts", "streaming.json")}


def _journey(test: str, figures: str) -> dict[str, Any]:
    """What a test of the host writes down."""
    written = ARTIFACTS / figures
    written.unlink(missing_ok=True)
    journey = ["npx", "vitest", "run", "--project", "host", f"tests/host/{test}"]
    subprocess.run(journey, cwd=PLUGIN, check=True, stdout=subprocess.DEVNULL)
    measured: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return measured
