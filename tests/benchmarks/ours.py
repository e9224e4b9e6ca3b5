"""The librarian measured as users meet it: spawned, spoken to over its socket, its memory and its folder weighed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import answers, exact, saves
from .client import Sidecar
from .corpus import Vault, cache_folder, folder_bytes, stores, warm
from .figures import Repeated
from .peers import LIMIT
from .process import MemoryWatch, rollup_mb, settled_private_mb
from .queries import Query

PATIENCE_S = 900.0

Status = dict[str, Any]


@dataclass(frozen=True)
class Repeats:
    """How often the single-shot durations are taken."""

    unseen: int = 3
    known: int = 5
    saves: int = 60
    related: int = 200
    summaries: int = 40
    help: int = 11


def help_times(librarian: Path, times: int) -> Repeated:
    """``librarian --help`` from start to exit, after one run that fills the page cache."""
    took = []
    for _ in range(times + 1):
        began = time.perf_counter()
        subprocess.run([str(librarian), "--help"], check=True, capture_output=True)
        took.append((time.perf_counter() - began) * 1000)
    return Repeated.of(took[1:])


def measure(librarian: Path, vault: Vault, queries: Sequence[Query], repeats: Repeats) -> dict[str, Any]:
    """Every figure of one vault: opened unseen, opened known, queried, written to, weighed."""
    first = next(query.text for query in queries if query.kind == "words")
    results: dict[str, Any] = {"vault": vault.name, "files": len(vault.files), "textBytes": vault.text_bytes}
    with tempfile.TemporaryDirectory(dir=cache_folder()) as scratch:
        data = Path(scratch) / "data"
        results |= _never_seen(librarian, data, vault, first, repeats.unseen)
        results |= {"folderBytes": folder_bytes(data), "stores": stores(data)}
        known = [_open_known(librarian, data, vault, first) for _ in range(repeats.known)]
        results["known"] = Repeated.of(known).as_dict()
        with Sidecar(librarian, data) as sidecar:
            vault_id = _opened(sidecar, vault)
            _settled(sidecar, vault_id)
            results |= _answered(sidecar, vault_id, vault, queries, repeats)
            plain = [query for query in queries if query.kind != "phrase"]
            near = answers.by_meaning(sidecar, vault_id, plain, exact.DEPTH)
    results["recall"] = {"at": exact.DEPTH, "queries": len(near), "share": exact.recall(near, vault)}
    return results


def _never_seen(librarian: Path, data: Path, vault: Vault, text: str, times: int) -> dict[str, Any]:
    """Opened on empty stores several times; the last time until every store is whole, which takes long, and weighed."""
    opened = []
    for left in reversed(range(times)):
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        warm(vault)
        opened.append(_open_unseen(librarian, data, vault, text, until_settled=left == 0))
    durations = [key for key in opened[-1] if key.endswith("Ms")]
    unseen = {key: Repeated.of([each[key] for each in opened if key in each]).as_dict() for key in durations}
    return {"unseen": unseen, **{key: value for key, value in opened[-1].items() if key not in durations}}


def _answered(
    sidecar: Sidecar, vault_id: str, vault: Vault, queries: Sequence[Query], repeats: Repeats
) -> dict[str, Any]:
    """Everything that is asked of a vault whose indexes are whole, and what was held in memory at the end."""
    return {
        "queries": answers.query_times(sidecar, vault_id, queries, "keyword"),
        "hybrid": answers.query_times(sidecar, vault_id, queries, "hybrid"),
        "related": answers.related_times(sidecar, vault_id, vault, repeats.related),
        "saved": saves.times(sidecar, vault_id, vault, repeats.saves),
        "savedByMeaning": saves.times_by_meaning(sidecar, vault_id, vault, repeats.saves),
        "restAfterUseMb": settled_private_mb(sidecar.pid),
        # Last: what it keeps of all texts is held from the first look for duplicates on.
        "asked": answers.asked_times(sidecar, vault_id, queries),
        "summaries": answers.summary_times(sidecar, vault_id, vault, repeats.summaries),
        "duplicates": answers.duplicate_times(sidecar, vault_id, vault, repeats.related),
        "restAfterDuplicatesMb": settled_private_mb(sidecar.pid),
    }


def _opened(sidecar: Sidecar, vault: Vault) -> str:
    sidecar.initialize()
    return str(sidecar.call("vault.open", path=str(vault.root))["vaultId"])


def _open_unseen(librarian: Path, data: Path, vault: Vault, text: str, *, until_settled: bool) -> dict[str, Any]:
    """Start on empty stores, open, answer, wait for the statistics; then for meaning, every store and rest."""
    with Sidecar(librarian, data) as sidecar, MemoryWatch(sidecar.pid) as watch:
        sidecar.initialize()
        began = sidecar.elapsed_ms()
        opened = sidecar.call("vault.open", path=str(vault.root))
        vault_id = opened["vaultId"]
        took = {"readyMs": sidecar.ready_ms, "openMs": sidecar.elapsed_ms() - began}
        _search(sidecar, vault_id, text)
        took["firstAnswerMs"] = sidecar.elapsed_ms()
        _wait(sidecar, vault_id, lambda status: status["ready"]["catalog"])
        took["catalogReadyMs"] = sidecar.elapsed_ms() - began
        overview = sidecar.call("statistics.overview", vaultId=vault_id)
        took["statisticsMs"] = sidecar.elapsed_ms()
        if overview["notes"] != opened["notes"]:
            raise ValueError(f"statistics count {overview['notes']} notes, vault.open {opened['notes']}")
        if not until_settled:
            return took
        _wait(sidecar, vault_id, lambda status: status["ready"]["semantic"])
        took["semanticMs"] = sidecar.elapsed_ms()
        status = _settled(sidecar, vault_id)
        took["settledMs"] = sidecar.elapsed_ms()
        rest_mb = settled_private_mb(sidecar.pid)
        return {
            **took,
            "peakMb": watch.peak_mb,
            "restMb": rest_mb,
            "rollupMb": rollup_mb(sidecar.pid),
            "notes": opened["notes"],
            "status": {key: status[key] for key in ("counts", "timings")},
        }


def _open_known(librarian: Path, data: Path, vault: Vault, text: str) -> float:
    """From the start of the process to the first answer over stores that are there."""
    with Sidecar(librarian, data) as sidecar:
        _search(sidecar, _opened(sidecar, vault), text)
        return sidecar.elapsed_ms()


def _search(sidecar: Sidecar, vault_id: str, text: str) -> dict[str, Any]:
    """Ask as people do: in the default mode, which answers by words as long as nothing else can be found."""
    answer: dict[str, Any] = sidecar.call("search.query", vaultId=vault_id, text=text, limit=LIMIT)
    if not answer["hits"]:
        raise ValueError(f"no hits for {text!r}, which stands in the vault: not an answer")
    return answer


def _settled(sidecar: Sidecar, vault_id: str) -> Status:
    """The status once nothing is left to do: every store is whole, and what is kept behind those that answer, too."""
    status: Status = sidecar.call("vault.status", vaultId=vault_id, wait=True)
    # A folder that cannot be watched is looked at every minute; that is no store.
    unfinished = [part for part in status["parts"] if part["state"] != "ready" and part["name"] != "watcher"]
    if unfinished:
        raise ValueError(f"not every store could be made whole: {unfinished}")
    return status


def _wait(sidecar: Sidecar, vault_id: str, reached: Callable[[Status], bool]) -> Status:
    """Ask for the status, twenty times a second, until it is as wanted."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        status: Status = sidecar.call("vault.status", vaultId=vault_id)
        if reached(status):
            return status
        time.sleep(0.05)
    raise TimeoutError(f"not reached in {PATIENCE_S:.0f} s; last status: {status['parts']}")
