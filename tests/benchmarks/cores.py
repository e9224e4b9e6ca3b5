"""The rates of the Rust core on one core, as its own benches print them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

BENCHES = ("tokens", "note", "digest")
_RATE = re.compile(r"^(?P<name>\S.*?)\s+MB/s\s+(?P<value>\d+(?:\.\d+)?)\s*$", re.M)


def parse_rates(printed: str) -> dict[str, float]:
    """The lines ``NAME MB/s VALUE`` among all that a bench printed."""
    return {found["name"]: float(found["value"]) for found in _RATE.finditer(printed)}


def measure(root: Path, benches: tuple[str, ...] = BENCHES) -> dict[str, dict[str, float]]:
    """Run the benches that exist in the crate; one that prints no rate is an error."""
    rates = {}
    for bench in benches:
        if not (root / "native" / "benches" / f"{bench}.rs").exists():
            continue
        if shutil.which("cargo") is None:
            raise FileNotFoundError("cargo is not installed: the rates of the core cannot be measured")
        run = subprocess.run(
            ["cargo", "bench", "-p", "librarian-native", "--bench", bench],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            raise RuntimeError(f"cargo bench --bench {bench} failed:\n{run.stderr[-2000:]}")
        rates[bench] = parse_rates(run.stdout)
        if not rates[bench]:
            raise ValueError(f"cargo bench --bench {bench} printed no line of the form NAME MB/s VALUE")
    return rates
