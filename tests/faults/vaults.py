"""Vaults that tests may break: made by rule, so that what can be found in them is known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

WORDS = [
    "marsh",
    "tide",
    "sediment",
    "carbon",
    "reading",
    "garden",
    "sourdough",
    "ledger",
    "compass",
    "harbour",
    "lantern",
    "meadow",
    "orchard",
    "puzzle",
    "quarry",
    "river",
    "saddle",
    "timber",
    "umbrella",
    "violin",
    "willow",
    "yarrow",
    "zenith",
    "anchor",
    "basil",
    "cedar",
    "dahlia",
    "ember",
    "falcon",
    "ginger",
]
QUERIES = (
    "marsh",
    "tide sedim",
    '"garden notes"',
    "violin -river",
    "path:Folder3 ember",
    "tag:colour/red",
    "falkon ginger",
    "Note 17",
)


def note(number: int, *, notes: int, seed: int = 0) -> str:
    """A note's text: properties, tags, links to other notes of its vault, and a word that only it has."""
    dice = random.Random(number * 1009 + seed)
    words = [dice.choice(WORDS) for _ in range(60)]
    links = " ".join(f"[[Note {dice.randrange(notes)}]]" for _ in range(3))
    tag = dice.choice(("colour/red", "colour/blue", "project"))
    return (
        f"---\ntags: [{tag}]\nstatus: {dice.choice(('open', 'done'))}\n---\n# Note {number}\n\n{' '.join(words[:30])}\n\n"
        f"## garden notes\n\n{' '.join(words[30:])} {links} unique{number}x{seed}\n- [ ] {words[0]}\n"
    )


def place(number: int) -> str:
    return f"Folder{number % 20}/Note {number}.md"


def make(root: Path, notes: int) -> Path:
    """A vault of so many notes."""
    for number in range(notes):
        write(root, number, notes=notes)
    (root / ".obsidian").mkdir()
    (root / ".obsidian" / "app.json").write_text("{}")
    return root


def write(root: Path, number: int, *, notes: int, seed: int = 0) -> str:
    """Write one note and give its path."""
    path = place(number)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(note(number, notes=notes, seed=seed))
    return path


def contents(root: Path) -> dict[str, bytes]:
    """Bytes of every regular file below ``root``."""
    return {
        str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()
    }


def sample(notes: int, size: int, seed: int) -> Sequence[int]:
    return random.Random(seed).sample(range(notes), size)
