"""What a process and its children hold in private memory, and for how long they ran on a core (Linux)."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import TracebackType

PROC = Path("/proc")


def family(pid: int) -> list[int]:
    """The process and all its living descendants."""
    found = [pid]
    for parent in found:
        try:
            lists = [task.joinpath("children").read_text() for task in (PROC / str(parent) / "task").iterdir()]
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended while we looked
        found.extend(int(child) for text in lists for child in text.split())
    return found


def status_kb(pid: int, field: str) -> int:
    """One ``kB`` line of ``/proc/<pid>/status``; 0 when the process has ended or is a zombie, which holds nothing."""
    try:
        text = (PROC / str(pid) / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    for line in text.splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0


def private_mb(pid: int) -> float:
    """RssAnon of the process and its descendants, in megabytes (10^6 bytes)."""
    return sum(status_kb(member, "RssAnon") for member in family(pid)) * 1024 / 1e6


def rollup_mb(pid: int) -> dict[str, float]:
    """``smaps_rollup`` of the process itself, in megabytes: Rss, Pss, Pss_Anon, Private_Dirty …, files included."""
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    return {name: int(value.split()[0]) * 1024 / 1e6 for name, value in (line.split(":", 1) for line in lines)}


class MemoryWatch:
    """Samples the private memory of a process family until left; ``peak_mb`` is the highest sample."""

    def __init__(self, pid: int, interval_s: float = 0.02) -> None:
        self.peak_mb = 0.0
        self._pid = pid
        self._interval_s = interval_s
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.peak_mb = max(self.peak_mb, private_mb(self._pid))
            if self._done.wait(self._interval_s):
                return


def settled_private_mb(pid: int, wait_s: float = 5.0, samples: int = 11) -> float:
    """The median of private memory over half a second, after ``wait_s`` of rest."""
    time.sleep(wait_s)
    seen = []
    for _ in range(samples):
        seen.append(private_mb(pid))
        time.sleep(0.05)
    return sorted(seen)[samples // 2]
