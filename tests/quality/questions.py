"""Questions whose answer stands in one known passage of the example vault, and questions that it does not answer.

Measured without a judge: whether that passage is among those that a model would be given and is quoted first; whether
the vault keeps silent where it has nothing to say; and whether true sentences are told from false ones by the check.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from tests.corpora import REPOSITORY

from librarian.evidence import is_supported
from librarian.library import OpenVault

VAULT = REPOSITORY / "example-vault"
SETS = Path(__file__).parent / "questions.json"


@dataclass(frozen=True)
class Asked:
    """A question, and words that only the passage has that answers it; ``claim``: the answer as a sentence."""

    question: str
    says: str
    claim: str


@dataclass(frozen=True)
class Figures:
    """Shares, 0 to 1."""

    recall_at_1: float
    recall_at_8: float
    quoted: float
    """Answered without a model with a citation that has the answer."""
    silent_wrongly: float
    silent_rightly: float
    true_supported: float
    """Claims that are held to be supported by their passage: the recall of the check."""
    precision: float
    """Claims that are true among those which are held to be supported, of as many false ones."""


@dataclass(frozen=True)
class Goal:
    """What one of the shares has to reach, or may be at most."""

    what: str
    share: str
    """Its name in `Figures`."""
    limit: float
    at_least: bool = True

    def is_met(self, figures: Figures) -> bool:
        reached: float = getattr(figures, self.share)
        return reached >= self.limit if self.at_least else reached <= self.limit


GOALS = (
    Goal("the passage that answers comes first", "recall_at_1", 0.7),
    Goal("it is among the eight that a model is given", "recall_at_8", 0.9),
    Goal("answered without a model with a citation that has the answer", "quoted", 0.8),
    Goal("not answered, though the vault says it", "silent_wrongly", 0.07, at_least=False),
    Goal("not answered, and the vault does not say it", "silent_rightly", 0.9),
    Goal("true sentences held to be supported", "true_supported", 0.9),
    Goal("true among the sentences held to be supported, of as many false ones", "precision", 0.95),
)


def questions() -> tuple[list[Asked], list[str]]:
    """Those that the vault answers, and those that it does not."""
    loaded = json.loads(SETS.read_text("utf-8"))
    return [Asked(**each) for each in loaded["answered"]], loaded["unanswered"]


def _has(text: str, words: str) -> bool:
    return words in " ".join(text.split())


def _falsified(claim: str) -> str:
    """The claim with other numbers, or with another name; one that is false in any case."""
    changed = re.sub(r"\d+", lambda found: str(int(found.group()) + 7), claim)
    if changed != claim:
        return changed
    name = re.search(r"(?<!^)\b[A-Z][a-z]+\b", claim)
    if name is not None:
        return claim[: name.start()] + "Gwendolen" + claim[name.end() :]
    return f"{claim.rstrip('.')} because of 17 zeppelins."


async def measure(vault: OpenVault) -> tuple[Figures, list[str]]:
    """The figures, and what was missed, in words."""
    answered, unanswered = questions()
    missed: list[str] = []
    ranks: list[int | None] = []
    quoted = silent = held = false_held = false = 0
    for place, asked in enumerate(answered):
        answer = await vault.asking.ask(asked.question, method="passages")
        rank = next((at for at, each in enumerate(answer.passages) if _has(each.text, asked.says)), None)
        ranks.append(rank)
        quoted += any(_has(each.quote, asked.says) for each in answer.citations)
        silent += answer.abstained
        if rank is None or answer.abstained:
            missed.append(f"{'silent' if answer.abstained else 'not found'}: {asked.question}")
        if rank is None:
            continue
        passage = answer.passages[rank].text
        others = (answered[(place + step) % len(answered)].claim for step in (11, 17))
        held += is_supported(asked.claim, [passage], vault.asking.cosine)
        for wrong in (_falsified(asked.claim), *others):
            false += 1
            if is_supported(wrong, [passage], vault.asking.cosine):
                false_held += 1
                missed.append(f"held to be true: {wrong}")
    silences = [await vault.asking.ask(question, method="passages") for question in unanswered]
    missed += [f"not silent: {each}" for each, said in zip(unanswered, silences, strict=True) if not said.abstained]
    found = sum(rank is not None for rank in ranks)
    figures = Figures(
        recall_at_1=sum(rank == 0 for rank in ranks) / len(ranks),
        recall_at_8=found / len(ranks),
        quoted=quoted / len(ranks),
        silent_wrongly=silent / len(ranks),
        silent_rightly=sum(each.abstained for each in silences) / len(silences),
        true_supported=held / found,
        # As if true and false were as many.
        precision=(held / found) / (held / found + false_held / false),
    )
    return figures, missed
