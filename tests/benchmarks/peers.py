"""Runs the peers, each in its own child process, over the same notes and queries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .corpus import Vault, cache_folder
from .figures import Latency
from .process import MemoryWatch, settled_private_mb
from .queries import Query

HERE = Path(__file__).parent / "peers"
ROOT = HERE.parents[2]
VENV = ROOT / ".venv-bench"
NODE = ("node", "--expose-gc", "--max-old-space-size=8192")
BUDGET_S = 600.0
QUERY_BUDGET_S = 120.0
WARM = 30
LIMIT = 20


Outcome = dict[str, Any]
"""What a peer did, as raw results keep it."""


@dataclass(frozen=True)
class Peer:
    """An engine and the script that drives it."""

    key: str
    script: str
    what: str

    def command(self) -> list[str]:
        runner = NODE if self.script.endswith(".mjs") else (str(venv_python()),)
        return [*runner, str(HERE / self.script)]


PEERS = (
    Peer("minisearch", "minisearch.mjs", "MiniSearch (Omnisearch's engine)"),
    Peer("orama", "orama.mjs", "Orama (Copilot's engine)"),
    Peer("lancedb", "lancedb_peer.py", "LanceDB full-text"),
    Peer("tantivy", "tantivy_py.py", "tantivy-py"),
    Peer("bm25s", "bm25s_peer.py", "bm25s"),
)


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install() -> None:
    """Make the peers' two environments, unless they are there and current."""
    _once(HERE / "package-lock.json", HERE / "node_modules" / ".installed", _npm_ci)
    _once(HERE / "requirements.txt", VENV / ".installed", _venv)


def _once(wanted: Path, stamp: Path, make: Callable[[], None]) -> None:
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        make()
        stamp.write_text(wanted.read_text())


def _npm_ci() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is not installed: the Node peers need Node 20 or later")
    subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)


def _venv() -> None:
    if not venv_python().exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    # The versions are all in the file; constraints of the product's own environment are not for this one.
    own = {name: value for name, value in os.environ.items() if name not in ("PIP_CONSTRAINT", "VIRTUAL_ENV")}
    install = [str(venv_python()), "-m", "pip", "install", "-q", "-r", str(HERE / "requirements.txt")]
    subprocess.run(install, check=True, env=own)


def measure(peer: Peer, vaults: Sequence[Vault], queries: Sequence[Query], budget_s: float = BUDGET_S) -> Outcome:
    """Measure on the first of ``vaults`` (largest first) that the peer can finish; every failure on the way is kept."""
    failures: list[str] = []
    for vault in vaults:
        outcome = _run(peer, vault, queries, budget_s)
        if "failure" not in outcome:
            return {**outcome, "failures": failures}
        failures.append(outcome["failure"])
    return {"what": peer.what, "failures": failures}


def _run(peer: Peer, vault: Vault, queries: Sequence[Query], budget_s: float) -> Outcome:
    with tempfile.TemporaryDirectory(dir=cache_folder()) as scratch:
        job = Path(scratch) / "job.json"
        job.write_text(
            json.dumps(
                {
                    "root": str(vault.root),
                    "files": vault.files,
                    "queries": [asdict(query) for query in queries],
                    "warm": WARM,
                    "limit": LIMIT,
                    "queryBudgetMs": QUERY_BUDGET_S * 1000,
                    "scratch": scratch,
                }
            )
        )
        with (Path(scratch) / "stderr").open("w+") as errors:
            child = subprocess.Popen(
                [*peer.command(), str(job)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            )
            try:
                events, ending = _followed(child, budget_s)
            finally:
                child.kill()
                child.wait()
            errors.seek(0)
            if "passes" not in events:
                print(errors.read()[-2000:], file=sys.stderr)
                return {"failure": _failure(vault, events, ending)}
    return _outcome(peer, vault, len(queries), events)


def _followed(child: subprocess.Popen[str], budget_s: float) -> tuple[dict[str, Any], str]:
    """What the child said until its end, or until its time was up, and which of the two it was."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        child.kill()

    stopper = threading.Timer(budget_s, stop)
    stopper.start()
    try:
        events = _listen(child)
        code = child.wait(timeout=budget_s)
    finally:
        stopper.cancel()
    return events, f"stopped after {budget_s:.0f} s" if late.is_set() else f"ended with code {code}"


def _listen(child: subprocess.Popen[str]) -> dict[str, Any]:
    """Follow the child's lines to the end, weighing it while it indexes and when it rests."""
    if child.stdin is None or child.stdout is None:
        raise ValueError("the child needs pipes")
    seen: dict[str, Any] = {"documents": 0}
    with MemoryWatch(child.pid) as watch:
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] != "indexing":
                break
            seen["documents"] = event["documents"]
        else:
            seen["peakMb"] = watch.peak_mb
            return seen
    seen |= {"documents": event["documents"], "indexed": event, "peakMb": watch.peak_mb}
    seen["restMb"] = settled_private_mb(child.pid, wait_s=1.0)
    try:
        child.stdin.write("\n")
        child.stdin.flush()
    except BrokenPipeError:
        return seen  # its time was up, or it fell, while it rested
    answer = child.stdout.readline()
    if answer:
        seen["passes"] = json.loads(answer)["passes"]
    return seen


def _failure(vault: Vault, events: dict[str, Any], ending: str) -> str:
    stage = "answering queries" if "indexed" in events else f"indexing, after {events['documents']:,} notes"
    return f"{len(vault.files):,} notes: {ending} while {stage}, at {events['peakMb']:,.0f} MB"


def _outcome(peer: Peer, vault: Vault, asked: int, events: dict[str, Any]) -> Outcome:
    indexed = events["indexed"]
    return {
        "what": peer.what,
        "version": indexed["version"],
        "documents": indexed["documents"],
        "vault": vault.name,
        "readMs": indexed["readMs"],
        "indexMs": indexed["indexMs"],
        "peakMb": events["peakMb"],
        "restMb": events["restMb"],
        "folderBytes": indexed.get("folderBytes"),
        "passes": [_pass(each, asked) for each in events["passes"]],
    }


def _pass(measured: dict[str, Any], asked: int) -> dict[str, Any]:
    answered = len(measured["found"])
    return {
        "name": measured["name"],
        "configured": measured["configured"],
        "asTyped": measured["asTyped"],
        "asked": asked,
        "answered": answered,
        "latency": Latency.of(measured["tookMs"]).as_dict(),
        "foundShare": sum(measured["found"]) / answered,
    }
