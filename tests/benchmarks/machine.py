"""The machine and the versions that figures belong to."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path


def describe() -> dict[str, str]:
    """What a reader needs to place the figures; every value is text."""
    facts = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Python": platform.python_version(),
        "Node": _version("node", "--version"),
        "rustc": _version("rustc", "--version"),
        "librarian commit": _version("git", "describe", "--always", "--dirty"),
    }
    load = load_before()
    facts["load before the run"] = f"{load:.2f}" + (
        " (busy: figures are provisional)" if is_busy(load, os.cpu_count() or 1) else ""
    )
    return facts


def load_before() -> float:
    """Runnable processes, averaged over the last minute."""
    return os.getloadavg()[0]


def is_busy(load: float, cores: int) -> bool:
    """Whether other work takes so much of the machine that times are not to be trusted."""
    return load > 0.25 * cores


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.M) if info.exists() else None
    return found[1] if found else platform.processor() or "unknown"


def _memory() -> str:
    info = Path("/proc/meminfo")
    found = re.search(r"^MemTotal:\s*(\d+) kB", info.read_text(), re.M) if info.exists() else None
    return f"{int(found[1]) / 1024**2:.0f} GiB" if found else "unknown"


def _version(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return "not installed"
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.stdout.strip() or "unknown"
