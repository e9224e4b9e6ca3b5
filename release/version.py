"""The version, copied from Cargo.toml into the manifests that cannot read it there.

``python -m release.version`` writes it; with ``--check`` it only compares, and ``--tag 1.2.3`` compares a tag as well.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NAMES = ("package.json", "package-lock.json", "manifest.json", "versions.json")


def version(root: Path = ROOT) -> str:
    """The version of everything here, as Cargo.toml has it."""
    cargo = tomllib.loads((root / "Cargo.toml").read_text(encoding="utf-8"))
    found: str = cargo["workspace"]["package"]["version"]
    return found


def renewed(root: Path = ROOT) -> dict[Path, str]:
    """Every manifest there is, with the text that it should have."""
    wanted = version(root)
    texts: dict[Path, str] = {}
    for file in (root / "obsidian-plugin" / name for name in NAMES):
        if file.exists():
            content = _versioned(file, wanted)
            texts[file] = json.dumps(content, indent="\t", ensure_ascii=False) + "\n"
    # Obsidian's list of plugins reads the manifest at the root of a repository.
    texts[root / "manifest.json"] = texts[root / "obsidian-plugin" / "manifest.json"]
    return texts


def _versioned(file: Path, wanted: str) -> dict[str, Any]:
    """A manifest's content with the version where its kind has it."""
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if file.name == "versions.json":
        # Which Obsidian each version of the plugin needs; older versions stay listed.
        manifest = json.loads(file.with_name("manifest.json").read_text(encoding="utf-8"))
        return {**content, wanted: manifest["minAppVersion"]}
    if file.name == "package-lock.json":
        content["packages"][""]["version"] = wanted
    return {**content, "version": wanted}


def main(arguments: list[str] | None = None) -> int:
    """Write the version into the manifests, or compare; 1 when something differs."""
    parser = argparse.ArgumentParser(prog="python -m release.version", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, end with 1 if a manifest differs")
    parser.add_argument("--tag", help="write nothing, end with 1 if this tag or a manifest differs")
    asked = parser.parse_args(arguments)
    if asked.tag is not None and asked.tag != version():
        print(f"The tag is {asked.tag}, but the version is {version()}.", file=sys.stderr)
        return 1
    # Read as bytes: a line that ends otherwise is a difference, on Windows too.
    behind = {file: text for file, text in renewed().items() if not file.exists() or file.read_bytes() != text.encode()}
    if asked.check or asked.tag is not None:
        for file in behind:
            print(f"{file.relative_to(ROOT)} is not at version {version()}: make generated", file=sys.stderr)
        return 1 if behind else 0
    for file, text in behind.items():
        file.write_bytes(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
