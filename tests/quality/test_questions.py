"""Questions to the example vault: the passage that answers is found, what is not there is not answered, and the check
of cited sentences tells true from false.
"""

from __future__ import annotations

from pathlib import Path

from tests.quality.asking import opened
from tests.quality.questions import VAULT, measure


async def test_the_example_vault_answers_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    async with opened(VAULT, tmp_path) as vault:
        figures, missed = await measure(vault)
    print(figures, *missed, sep="\n")
    assert figures.recall_at_8 >= 0.9, missed
    assert figures.recall_at_1 >= 0.7, missed
    assert figures.silent_wrongly <= 0.07, missed
    assert figures.silent_rightly >= 0.9, missed
    assert figures.true_supported >= 0.9, missed
    assert figures.precision >= 0.95, missed
