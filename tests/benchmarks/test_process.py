"""Memory is that of a process and its children, and the peak is seen although it is gone later."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .process import MemoryWatch, family, private_mb

pytestmark = pytest.mark.elsewhere(not Path("/proc/self/status").exists(), reason="memory is read from /proc (Linux)")

CHILD = "data = b'x' * 60_000_000; print('held', flush=True); input(); del data; print('freed', flush=True); input()"
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"


def test_a_grandchilds_memory_counts_and_its_peak_is_kept_after_it_is_freed():
    command = [sys.executable, "-c", PARENT, CHILD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        assert parent.stdout.readline() == "held\n"
        with MemoryWatch(parent.pid) as watch:
            assert len(family(parent.pid)) == 2
            held = private_mb(parent.pid)
            while watch.peak_mb < 60:
                pass  # the first sample is due at once
            parent.stdin.write("\n")
            parent.stdin.flush()
            assert parent.stdout.readline() == "freed\n"
        freed = private_mb(parent.pid)
        parent.stdin.write("\n")
        parent.stdin.flush()
    assert held > 60
    assert freed < held - 50
    assert watch.peak_mb > 60


def test_a_process_that_has_ended_holds_nothing():
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    assert private_mb(ended.pid) == 0
