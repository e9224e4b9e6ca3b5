"""The machine and the versions that figures belong to."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

QUIET_SHARE = 0.10
_IDLE, _IOWAIT = 3, 4


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
    return facts


def other_work(seconds: float = 2.0) -> float:
    """The share of all cores that is busy while this process sleeps: what else runs on the machine."""
    before = _ticks()
    time.sleep(seconds)
    return busy_share(before, _ticks())


def busy_share(before: Sequence[int], after: Sequence[int]) -> float:
    """The share of ticks between two readings of ``/proc/stat`` that were neither idle nor waiting."""
    passed = [late - early for early, late in zip(before, after, strict=True)]
    return 1 - (passed[_IDLE] + passed[_IOWAIT]) / sum(passed)


def told(before: float, after: float) -> str:
    """Other work at both ends of a run, with a warning where it is enough to spoil times."""
    warning = " – figures are provisional" if max(before, after) > QUIET_SHARE else ""
    return f"{before:.0%} of the cores before the run, {after:.0%} after it{warning}"


def _ticks() -> list[int]:
    """User, nice, system, idle, iowait, irq, softirq and steal of all cores together."""
    return [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]


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
