"""Writes everything that is made from the declarations: ``python -m librarian.rpc [--check] [FOLDER]``.

``--check`` writes nothing and fails when a file is not what it would be.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from librarian.methods import METHODS, NOTICES, QUESTIONS
from librarian.rpc import openrpc, reference, typescript


def generated() -> dict[str, str]:
    """The text of each generated file, by its path in the repository."""
    return {
        "docs/openrpc.json": json.dumps(openrpc.document(METHODS, NOTICES, QUESTIONS), indent=2, ensure_ascii=False)
        + "\n",
        "docs/protocol.md": reference.page(METHODS, NOTICES, QUESTIONS),
        "obsidian-plugin/src/protocol.ts": typescript.module(METHODS, NOTICES, QUESTIONS),
    }


def stale(repository: Path) -> list[str]:
    """Paths of generated files that are missing or out of date."""
    files = {path: repository / path for path in generated()}
    return [path for path, text in generated().items() if not files[path].exists() or files[path].read_text() != text]


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    folders = [argument for argument in arguments if not argument.startswith("-")]
    repository = Path(folders[0] if folders else ".")
    old = stale(repository)
    for path in old:
        print(f"{'out of date' if check else 'written'}: {path}")  # noqa: T201
        if not check:
            (repository / path).parent.mkdir(parents=True, exist_ok=True)
            (repository / path).write_text(generated()[path], encoding="utf-8")
    return 1 if check and old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
