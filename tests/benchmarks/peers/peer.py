"""The part every Python peer shares: read the job, build, wait to be asked, answer the mix, say what was measured.

One JSON object a line on stdout; the parent samples this process's memory meanwhile. These files run in an environment
of their own and import nothing of the project.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEADING = re.compile(r"^#{1,6}\s+(.*)$", re.M)
WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Document:
    path: str
    title: str
    headings: str
    body: str


@dataclass(frozen=True)
class Pass:
    """One way of asking: the same queries may be put to an engine in more than one."""

    name: str
    configured: str
    search: Callable[[str], Sequence[str]]
    as_typed: bool = False
    """It finds words that are not finished and words with a slip."""


def say(event: str, **facts: Any) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)


class Job:
    """What the parent wants done, and the clock that tells reading from indexing."""

    def __init__(self) -> None:
        job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        self.root = Path(job["root"])
        self.files: list[str] = job["files"]
        self.queries: list[dict[str, str]] = job["queries"]
        self.warm: int = job["warm"]
        self.limit: int = job["limit"]
        self.query_budget_s: float = job["queryBudgetMs"] / 1000
        self.scratch = Path(job["scratch"])
        self.read_s = 0.0
        self.began = time.perf_counter()

    def documents(self) -> Iterator[Document]:
        """All notes, read one by one; the time it takes counts as reading."""
        for done, path in enumerate(self.files):
            began = time.perf_counter()
            body = (self.root / path).read_text(encoding="utf-8-sig", errors="replace")
            document = Document(path, Path(path).stem, "\n".join(HEADING.findall(body)), body)
            self.read_s += time.perf_counter() - began
            if done % 5000 == 0:
                say("indexing", documents=done)
            yield document

    def indexed(self, version: str, folder: Path | None) -> None:
        """Say that all documents can be searched, and wait until the parent has weighed this process at rest."""
        total_s = time.perf_counter() - self.began
        say(
            "indexed",
            documents=len(self.files),
            readMs=self.read_s * 1000,
            indexMs=(total_s - self.read_s) * 1000,
            version=version,
            folderBytes=_folder_bytes(folder) if folder else None,
        )
        sys.stdin.readline()

    def ask(self, passes: Sequence[Pass]) -> None:
        """Put the query mix to the engine, once for each way of asking."""
        say("queried", passes=[self._pass(each) for each in passes])

    def _pass(self, way: Pass) -> dict[str, Any]:
        for query in self.queries[: self.warm]:
            way.search(query["text"])
        took_ms, found = [], []
        until = time.perf_counter() + self.query_budget_s
        for query in self.queries:
            asked = time.perf_counter()
            paths = way.search(query["text"])
            took_ms.append((time.perf_counter() - asked) * 1000)
            found.append(query["path"] in paths)
            if time.perf_counter() > until:
                break
        facts = {"name": way.name, "configured": way.configured, "asTyped": way.as_typed}
        return {**facts, "tookMs": took_ms, "found": found}


def _folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
