"""What a worker is given to run under: few variables, few cores, and nothing of ours that is secret."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

INHERITED = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "PYTHONHOME", "PYTHONPATH",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TEMP", "TMP", "SYSTEMROOT",
    "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
    "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "CUDA_VISIBLE_DEVICES",
})  # fmt: skip
"""Names a library may need to run. Keys of providers and the like are in none of them."""
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS")
"""Where numeric libraries look up how many threads they may start."""

HEAPS = {"MALLOC_ARENA_MAX": "2"}
"""Threads share heaps, of which glibc would make eight a core and leave holes in each."""


def variables(
    threads: int | None, more: Mapping[str, str], inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment of a worker with at most so many threads, and with the variables of ``more``."""
    kept = {name: value for name, value in inherited.items() if name.upper() in INHERITED or name.startswith("LC_")}
    if "PYTHONPATH" in kept:
        # It runs in another folder; an empty part would mean that one.
        parts = [os.path.abspath(part) for part in kept["PYTHONPATH"].split(os.pathsep) if part]
        kept["PYTHONPATH"] = os.pathsep.join(parts)
    caps = {} if threads is None else dict.fromkeys(THREADS, str(threads))
    return kept | HEAPS | caps | dict(more)


def creation_flags(niceness: int) -> int:
    """How Windows starts it: without a console, behind other programs when it should be nice."""
    if sys.platform != "win32":
        return 0
    return subprocess.CREATE_NO_WINDOW | (subprocess.BELOW_NORMAL_PRIORITY_CLASS if niceness > 0 else 0)
