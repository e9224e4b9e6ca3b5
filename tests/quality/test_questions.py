"""Questions to the example vault: the passage that answers is found, what is not there is not answered, and the check
of cited sentences tells true from false.
"""

from __future__ import annotations

from pathlib import Path

from tests.quality.asking import opened
from tests.quality.questions import GOALS, VAULT, measure


async def test_the_example_vault_answers_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    async with opened(VAULT, tmp_path) as vault:
        figures, missed = await measure(vault)
    print(figures, *missed, sep="\n")
    assert [goal.what for goal in GOALS if not goal.is_met(figures)] == [], missed
