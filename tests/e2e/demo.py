"""The demonstration: real commands on a copy of the example vault, with their real answers, all of it thrown away.

``python -m tests.e2e.demo`` (which ``make demo`` runs) needs no network, no keys and no model, and ends by itself. It runs
the librarian of its own interpreter, or the one whose command it is given: ``python -m tests.e2e.demo fresh/bin/librarian``.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
VAULT = ROOT / "example-vault"


@dataclass(frozen=True)
class Step:
    """A remark and the command it speaks of; ``lines`` is how much of the answer is shown."""

    remark: str
    command: str
    lines: int = 40


STEPS = (
    Step("A vault the librarian has never seen: index it.", "librarian index"),
    Step("Search as you would type.", "librarian search glasswort seedlings -n 2"),
    Step("The last word may be unfinished.", "librarian search rye sourd -n 2"),
    Step("Or misspelt.", "librarian search surface elevaton table -n 1"),
    Step(
        "A phrase, under a tag (and all tags below it).", "librarian search '\"window of opportunity\" tag:source' -n 1"
    ),
    Step("A tag and a property.", "librarian search 'tag:meeting [project:samphire] plots' -n 1"),
    Step("Chinese, where words have no spaces.", "librarian search 互花米草 治理 -n 1"),
    Step("Japanese, the beginning of a title.", "librarian search 味噌汁 -n 1"),
    Step("Hebrew.", "librarian search זיכרונות -n 1"),
    Step("A question, as one would ask it.", "librarian search which bread did Greta like best -n 2"),
    Step(
        "What a search means, without any of its words.",
        "librarian search --mode semantic saving money every month -n 2",
    ),
    Step("Notes that belong together, linked or not.", "librarian related 'Samphire Survey' -n 3"),
    Step("Notes that say the same, and which to keep.", "librarian duplicates -n 3"),
    Step("What two of them differ in.", "librarian duplicates compare 'Rye Sourdough' 'Rye Sourdough (revised)'", 30),
    Step(
        "One note of the two: every word kept, every link led to it.",
        "librarian duplicates merge 'Rye Sourdough' --yes",
    ),
    Step("What led to the one leads to the other.", "librarian links 'Rye Sourdough (revised)'"),
    Step("What was changed, and all of it taken back, to the byte.", "librarian changes"),
    Step("", "librarian undo --yes"),
    Step(
        "A summary: without a model, of the note's own sentences.",
        "librarian summarise 'Samphire Survey' --style short",
    ),
    Step("An answer: without a model, the passages that give it.", "librarian ask which bread did Greta like best", 12),
    Step("The template that a folder's notes were made from.", "librarian template infer Meetings"),
    Step("Where a note leads, what leads to it, and what is broken.", "librarian links 'Salt marsh zonation'"),
    Step("The vault in figures.", "librarian stats", 80),
    Step(
        "Any other question, in SQL.",
        'librarian stats --sql "SELECT folder, count(*) AS notes, sum(words)::INT AS words FROM notes GROUP BY ALL ORDER BY words DESC LIMIT 5"',
    ),
)

NEXT = """\
What to do next

  Try your own vault         {librarian} search --vault ~/MyVault what I am looking for
  Read about searching       docs/guide.md, or: {librarian} search --help
  See how it works           docs/walkthrough.md
  Run the tests              make test
"""


def main(librarian: Sequence[str]) -> int:
    """Run every step with the command ``librarian``; 0 when each did what it should."""
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    with tempfile.TemporaryDirectory(prefix="librarian-demo-") as folder:
        vault = Path(folder) / VAULT.name
        shutil.copytree(VAULT, vault)
        environment = {**os.environ, "LIBRARIAN_DATA": f"{folder}/data", "LIBRARIAN_CONFIG": f"{folder}/config"}
        environment.pop("LIBRARIAN_VAULT", None)
        took: list[tuple[str, float]] = []
        for step in STEPS:
            print(f"\n{_styled(f'# {step.remark}', '2', colour)}" if step.remark else "")
            print(f"{_styled('$', '32', colour)} {_styled(step.command, '1', colour)}")
            seconds, code, shown = _run(
                [*librarian, *shlex.split(step.command)[1:]], step.lines, vault, environment, colour=colour
            )
            print(shown)
            took.append((step.command, seconds))
            if code != 0:
                print(f"This ended with exit code {code}.", file=sys.stderr)
                return 1
        if _contents(vault) != _contents(VAULT):
            print("The vault is not what it was.", file=sys.stderr)
            return 1
        _print_timings(took, colour=colour)
    print(NEXT.format(librarian=_typed(librarian)))
    return 0


def _run(
    command: Sequence[str], most: int, vault: Path, environment: dict[str, str], *, colour: bool
) -> tuple[float, int, str]:
    """Run a command; gives its seconds, its exit code and what it printed, up to ``most`` lines of it."""
    started = time.perf_counter()
    # Through a pipe the command would leave its colours out.
    environment = {**environment, "FORCE_COLOR": "1"} if colour else environment
    done = subprocess.run(
        command, cwd=vault, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    seconds = time.perf_counter() - started
    lines = (done.stdout + done.stderr).rstrip("\n").splitlines()
    hidden = len(lines) - most
    more = [f"  … and {hidden} more lines"] if hidden > 0 else []
    return seconds, done.returncode, "\n".join([*lines[:most], *more])


def _contents(vault: Path) -> dict[str, bytes]:
    """Every file but those in the trash, which keeps what went through it."""
    files = (path for path in vault.rglob("*") if path.is_file() and ".trash" not in path.parts)
    return {path.relative_to(vault).as_posix(): path.read_bytes() for path in files}


def _typed(librarian: Sequence[str]) -> str:
    """The command as one would type it here."""
    installed = Path(librarian[0]).with_name("librarian")
    return os.path.relpath(installed) if installed.exists() else shlex.join(librarian)


def _print_timings(took: list[tuple[str, float]], *, colour: bool) -> None:
    print(f"\n{_styled('How long it took', '1', colour)}  (each is a whole process, from its start to its end)\n")
    for command, seconds in took:
        print(f"  {seconds:6.2f} s  {command if len(command) < 70 else command[:69] + '…'}")
    print()


def _styled(text: str, code: str, wanted: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if wanted else text


if __name__ == "__main__":
    given = [os.path.abspath(each) for each in sys.argv[1:2]]
    sys.exit(main(given or [sys.executable, "-m", "librarian"]))
