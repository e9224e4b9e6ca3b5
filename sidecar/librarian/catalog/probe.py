"""A child process that opens a catalog before we do: replaying a damaged log can abort the process that tries.

Run as ``python -m librarian.catalog.probe PATH``; exit code 0 means that the file opens, replays and reads.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OPENS, REFUSED, HELD = 0, 1, 3


def opens(path: Path, *, timeout_s: float = 60.0) -> bool:
    """True when a child process could open ``path`` and read its tables. False when it failed, died or hung."""
    command = [sys.executable, "-P", "-X", "utf8", "-m", "librarian.catalog.probe", str(path)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode in {OPENS, HELD}


def main(path: Path) -> int:
    import duckdb

    from librarian.catalog.engine import connect, first_line, read_all

    try:
        connection = connect(path, memory_mb=192, threads=1)
        read_all(connection)
        connection.close()
    except duckdb.Error as error:
        print(first_line(str(error)), file=sys.stderr)  # noqa: T201 — the parent reads it
        return HELD if "onflicting lock" in str(error) else REFUSED
    return OPENS


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
