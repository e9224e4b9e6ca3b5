"""The licences of what is compiled into the wheel, for those who pass it on: written to THIRD-PARTY-LICENSES.txt.

MIT, BSD and their like ask that their text goes with every binary, and the crates that the core consists of leave no
other trace in it. ``python -m release.notices`` collects, for every system that wheels are built for, the licence files
of each crate that ends in the binary (what only builds or tests it does not), equal texts once.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FILE = ROOT / "THIRD-PARTY-LICENSES.txt"
SYSTEMS = (
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
)
LICENCE_FILE = re.compile(r"(?i)(licen[cs]e|copying|notice|unlicense|copyright)")
RULE = "=" * 100

HEAD = """\
The core of Obsidian Librarian is compiled from the crates below, on every system or on some, and from the standard
library of Rust (MIT or Apache-2.0). After the list stand the texts of their licences, as the crates carry them; each
text names the crates it came with. Where a crate offers a choice of licences, each of them is here. A crate that
carries no text stands with the others of its repository; without such, what its author declared is all there is.
"""


@dataclass(frozen=True, order=True)
class Crate:
    """A crate in the binary, and the licence that its author declared."""

    name: str
    version: str
    licence: str
    repository: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def texts(self) -> list[str]:
        """The licence files in its folder."""
        files = sorted(file for file in self.folder.iterdir() if LICENCE_FILE.match(file.name) and file.is_file())
        return [_tidied(file.read_text(encoding="utf-8", errors="replace")) for file in files]


def crates(systems: Iterable[str] = SYSTEMS, *, offline: bool = False) -> list[Crate]:
    """The crates that end in the binary on one of ``systems``, by name."""
    command = [
        "cargo", "metadata", "--locked", "--format-version", "1", "--features", "python",
        "--manifest-path", str(ROOT / "native/Cargo.toml"),
        *(part for system in systems for part in ("--filter-platform", system)),
        *(["--offline"] if offline else []),
    ]  # fmt: skip
    told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout)
    packages = {package["id"]: package for package in told["packages"]}
    linked = _linked(packages, {node["id"]: node for node in told["resolve"]["nodes"]})
    return sorted(_crate(packages[each]) for each in linked if packages[each]["source"] is not None)


def _linked(packages: dict[str, Any], nodes: dict[str, Any]) -> set[str]:
    """Ids of what normal dependencies of the core lead to, without macros, which run in the compiler only."""
    found: set[str] = set()
    ahead = [each for each, package in packages.items() if package["source"] is None]
    while ahead:
        here = ahead.pop()
        if here in found or any("proc-macro" in target["kind"] for target in packages[here]["targets"]):
            continue
        found.add(here)
        ahead += [
            edge["pkg"] for edge in nodes[here]["deps"] if any(kind["kind"] is None for kind in edge["dep_kinds"])
        ]
    return found


def _crate(package: dict[str, Any]) -> Crate:
    return Crate(
        name=package["name"],
        version=package["version"],
        licence=package["license"] or "see its text",
        repository=(package["repository"] or "").removesuffix(".git").rstrip("/"),
        folder=Path(package["manifest_path"]).parent,
    )


def notices(found: list[Crate]) -> str:
    """The whole file. A crate without a licence file is under the text of a crate from the same repository, if any."""
    of_repository: defaultdict[str, list[str]] = defaultdict(list)
    for crate in found:
        of_repository[crate.repository] += crate.texts() if crate.repository else []
    holders: defaultdict[str, list[Crate]] = defaultdict(list)
    wording: dict[str, str] = {}
    for crate in found:
        for said, text in {sense(text): text for text in crate.texts() or of_repository[crate.repository]}.items():
            wording.setdefault(said, text)
            holders[said].append(crate)
    names = "\n".join(f"  {crate}  ({crate.licence})" for crate in found)
    blocks = [f"{RULE}\n{', '.join(map(str, of))}\n{RULE}\n\n{wording[said]}" for said, of in _most_used_first(holders)]
    return "\n".join([HEAD, names, "", *blocks])


def _most_used_first(holders: dict[str, list[Crate]]) -> list[tuple[str, list[Crate]]]:
    return sorted(holders.items(), key=lambda entry: (-len(entry[1]), entry[1], entry[0]))


def _tidied(text: str) -> str:
    lines = [line.rstrip() for line in text.replace("\ufeff", "").expandtabs().splitlines()]
    return "\n".join(lines).strip("\n") + "\n"


def sense(text: str) -> str:
    """What a text says, however it is wrapped; the Apache licence is one, whatever its appendix has for an example."""
    words = " ".join(text.split()).replace("https://", "http://")
    plain = words.startswith("Apache License Version 2.0") and not words.partition("END OF TERMS AND CONDITIONS")[2]
    example = words.startswith("Apache License Version 2.0") and words.endswith("limitations under the License.")
    return "Apache License Version 2.0" if plain or example else words


def main() -> int:
    """Write the file anew."""
    FILE.write_text(notices(crates()), encoding="utf-8", newline="\n")
    print(f"{os.path.relpath(FILE)}: {FILE.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
