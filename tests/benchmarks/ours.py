"""The librarian measured as users meet it: spawned, spoken to over its socket, its memory and its folder weighed."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .client import Sidecar
from .corpus import SAVED_FOLDER, SEED, Vault, cache_folder, folder_bytes, warm
from .figures import Latency, Repeated
from .peers import LIMIT, WARM
from .process import MemoryWatch, rollup_mb, settled_private_mb
from .queries import Query

PATIENCE_S = 300.0


@dataclass(frozen=True)
class Repeats:
    """How often the single-shot durations are taken."""

    unseen: int = 3
    known: int = 5
    saves: int = 60
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
        unseen = []
        for _ in range(repeats.unseen):
            shutil.rmtree(data, ignore_errors=True)
            data.mkdir()
            warm(vault)
            unseen.append(_open_unseen(librarian, data, vault, first))
        results["unseen"] = {
            key: Repeated.of([each[key] for each in unseen]).as_dict()
            for key in ("readyMs", "openMs", "firstAnswerMs", "catalogReadyMs", "statisticsMs")
        }
        results["peakMb"] = max(each["peakMb"] for each in unseen)
        results |= {key: unseen[-1][key] for key in ("restMb", "rollupMb", "notes", "status")}
        results["folderBytes"] = folder_bytes(data)
        known = [_open_known(librarian, data, vault, first) for _ in range(repeats.known)]
        results["known"] = Repeated.of(known).as_dict()
        with Sidecar(librarian, data) as sidecar:
            vault_id = _opened(sidecar, vault)
            _wait(sidecar, vault_id, lambda status: all(p["state"] != "checking" for p in status["parts"]))
            results["queries"] = _query_times(sidecar, vault_id, queries)
            results["saved"] = _save_times(sidecar, vault_id, vault, repeats.saves)
            results["restAfterUseMb"] = settled_private_mb(sidecar.pid)
    return results


def _opened(sidecar: Sidecar, vault: Vault) -> str:
    sidecar.initialize()
    return str(sidecar.call("vault.open", path=str(vault.root))["vaultId"])


def _open_unseen(librarian: Path, data: Path, vault: Vault, text: str) -> dict[str, Any]:
    """Start on empty stores, open, answer; then wait for the statistics and for rest."""
    with Sidecar(librarian, data) as sidecar:
        with MemoryWatch(sidecar.pid) as watch:
            sidecar.initialize()
            began = sidecar.elapsed_ms()
            opened = sidecar.call("vault.open", path=str(vault.root))
            open_ms = sidecar.elapsed_ms() - began
            _search(sidecar, opened["vaultId"], text)
            first_ms = sidecar.elapsed_ms()
            status = _wait(sidecar, opened["vaultId"], lambda status: status["ready"]["catalog"])
            catalog_ms = sidecar.elapsed_ms() - began
            overview = sidecar.call("statistics.overview", vaultId=opened["vaultId"])
            statistics_ms = sidecar.elapsed_ms()
        if overview["notes"] != opened["notes"]:
            raise ValueError(f"statistics count {overview['notes']} notes, vault.open {opened['notes']}")
        return {
            "readyMs": sidecar.ready_ms,
            "openMs": open_ms,
            "firstAnswerMs": first_ms,
            "catalogReadyMs": catalog_ms,
            "statisticsMs": statistics_ms,
            "peakMb": watch.peak_mb,
            "restMb": settled_private_mb(sidecar.pid),
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
    answer: dict[str, Any] = sidecar.call("search.query", vaultId=vault_id, text=text, limit=LIMIT, mode="keyword")
    if not answer["hits"]:
        raise ValueError(f"no hits for {text!r}, which stands in the vault: not an answer")
    return answer


def _wait(sidecar: Sidecar, vault_id: str, reached: Any) -> dict[str, Any]:
    """Ask for the status, twenty times a second, until it is as wanted."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        status: dict[str, Any] = sidecar.call("vault.status", vaultId=vault_id)
        if reached(status):
            return status
        time.sleep(0.05)
    raise TimeoutError(f"not reached in {PATIENCE_S:.0f} s; last status: {status['parts']}")


def _query_times(sidecar: Sidecar, vault_id: str, queries: Sequence[Query]) -> dict[str, Any]:
    """The mix one by one over the socket: all together, by kind, and as the sidecar itself counts."""
    for query in queries[:WARM]:
        sidecar.call("search.query", vaultId=vault_id, text=query.text, limit=LIMIT, mode="keyword")
    took: dict[str, list[float]] = defaultdict(list)
    inside, found = [], 0
    for query in queries:
        began = time.perf_counter()
        answer = sidecar.call("search.query", vaultId=vault_id, text=query.text, limit=LIMIT, mode="keyword")
        took[query.kind].append((time.perf_counter() - began) * 1000)
        inside.append(answer["tookMs"])
        found += any(hit["path"] == query.path for hit in answer["hits"])
    return {
        "latency": Latency.of([each for kind in took.values() for each in kind]).as_dict(),
        "inside": Latency.of(inside).as_dict(),
        "byKind": {kind: Latency.of(values).as_dict() for kind, values in took.items()},
        "foundShare": found / len(queries),
    }


def _save_times(sidecar: Sidecar, vault_id: str, vault: Vault, saves: int) -> dict[str, Any]:
    """From the end of writing a note to the first answer that shows its new word; half are new notes, half edits."""
    folder = vault.root / SAVED_FOLDER
    folder.mkdir(exist_ok=True)
    rng = random.Random(SEED)
    took = []
    try:
        for number in range(saves):
            path = f"{SAVED_FOLDER}/note {number // 2}.md"
            word = "q" + "".join(rng.choices("bcdfghjklmnpqrstvwxz", k=11))
            kind = "modified" if number % 2 else "created"
            (vault.root / path).write_text(f"# Note {number // 2}\n\nToday's word is {word}.\n", encoding="utf-8")
            began = time.perf_counter()
            sidecar.notify("vault.changed", vaultId=vault_id, changes=[{"kind": kind, "path": path}])
            _poll(sidecar, vault_id, path, word)
            took.append((time.perf_counter() - began) * 1000)
    finally:
        shutil.rmtree(folder)
    return Latency.of(took).as_dict()


def _poll(sidecar: Sidecar, vault_id: str, path: str, word: str) -> None:
    """Search for the word, every two milliseconds or as fast as answers come, until the note shows it."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        hits = sidecar.call("search.query", vaultId=vault_id, text=word, limit=LIMIT, mode="keyword")["hits"]
        # Passages are cut from the file as it is, so the word in one proves nothing: the index must know the word.
        if any(hit["path"] == path and any(why["term"] == word for why in hit["why"]) for hit in hits):
            return
        time.sleep(0.002)
    raise TimeoutError(f"{path} was not findable by {word!r} within 30 s of being saved")
