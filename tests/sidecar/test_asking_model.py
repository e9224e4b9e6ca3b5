"""Answers by a model over a real vault: what it is asked, what is made of what it says, and what when it fails."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from fake_chat import FakeChat, Said, says
from woven import JWT, leaks

from librarian import retrieval, settings
from librarian.answer import Turn
from librarian.asking import Asking
from librarian.chat.conversation import Delta, Limits, Message
from librarian.errors import (
    AnswerBroken,
    BudgetExceeded,
    ContentRefused,
    KeyMissing,
    LibrarianError,
    NoProvider,
    ProviderFailed,
)
from librarian.library import open_library
from librarian.metering import Desk, Manner
from librarian.money import Purpose
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.status import Change
from librarian.telling import Delta as Told
from librarian.telling import Step
from librarian.usage import ModelUse

NOTES = {
    "Plants/Glasswort.md": "# Glasswort\n\nGlasswort grows on bare mud, 40 cm high.\n\n## Kitchen\n\nGlasswort is eaten with butter.\n",
    "Plants/Cordgrass.md": "# Cordgrass\n\nCordgrass arose on the English coast as a hybrid.\n",
    "Bread/Challah.md": "# Challah\n\nKnead 600 g of flour with 80 g of honey. My password: hunter22\n",
    "Server.md": f"# Server\n\n{'The pump of the harbour is run by a server. ' * 16}Its pass is {JWT} {'It pumps all day. ' * 60}\n",
    "Private/Diary.md": "# Diary\n\nThe treasure is buried under the glasswort.\n",
}
USE = ModelUse(
    provider="anthropic", model="m", calls=1, cached=0, input_tokens=1, output_tokens=1, cost_usd="0.01", estimated=False, took_ms=5
)  # fmt: skip


class FakeWriter(FakeChat):
    """Tells what it took, as the real one does."""

    def use(self) -> ModelUse:
        return USE


@dataclass
class Rehearsed:
    """Remembers what would be asked, and has its number for a price."""

    asked: list[tuple[Sequence[Message], Limits]] = field(default_factory=list)

    async def answer(self, messages: Sequence[Message], limits: Limits) -> str:
        self.asked.append((messages, limits))
        return ""

    async def estimate(self) -> int:
        return len(self.asked)


@dataclass
class Bench:
    """A vault with a model that says what is queued."""

    vault: OpenVault
    chat: FakeWriter
    asking: Asking
    told: list[str]
    purposes: list[tuple[Purpose, Manner]]
    provider: str = "anthropic"
    rehearsed: Rehearsed | None = None

    def queue(self, *said: Said) -> None:
        self.chat.queue = deque(said)

    def hear(self, value: Told | Step) -> None:
        assert isinstance(value, Told)
        self.told.append(value.text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("asking") / "vault"
    for path, text in NOTES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


@pytest.fixture
async def bench(folder: Path, tmp_path: Path) -> AsyncIterator[Bench]:
    places = Places(data=tmp_path / "data", config=tmp_path / "config")
    settings.change(places.settings, "excluded_folders", ("Private",))
    async with open_library(places, settings.load(places.settings), stays=False) as library:
        vault = await library.open_vault(str(folder))
        await vault.complete()
        chat = FakeWriter(deque())
        made = Bench(vault, chat, vault.asking, [], [])

        async def write(purpose: Purpose, manner: Manner) -> FakeWriter:
            made.purposes.append((purpose, manner))
            return chat

        async def rehearse(purpose: Purpose, manner: Manner) -> Rehearsed:
            made.purposes.append((purpose, manner))
            made.rehearsed = Rehearsed()
            return made.rehearsed

        desk = Desk(lambda: (made.provider, "m"), write, rehearse)  # type: ignore[arg-type]
        made.asking = Asking(
            vault.id, vault.asking._questions, vault.asking._retrieval, desk, lambda: date(2026, 11, 26)
        )
        yield made


def citing(*sentences: tuple[str, str]) -> Callable[[list[Message]], str]:
    """An answer of sentences, each with the number of the passage that has the words beside it."""

    def said(messages: list[Message]) -> str:
        parts = messages[-1].text.split("<document name=")
        numbers = {
            words: next((part[1:].split(":")[0] for part in parts if words in part), "99") for _, words in sentences
        }
        return " ".join(f"{sentence} [{numbers[words]}]." for sentence, words in sentences)

    return said  # type: ignore[return-value]


async def test_a_models_answer_comes_with_links_that_were_checked(bench: Bench) -> None:
    bench.queue(citing(("Glasswort grows on bare mud", "bare mud"), ("It is eaten with butter", "with butter")))
    answer = await bench.asking.ask("Where does glasswort grow and how is it eaten?", tell=bench.hear)
    assert (answer.method, answer.abstained, answer.usage) == ("model", False, USE)
    assert all(citation.supported for citation in answer.citations)
    assert "Glasswort grows on bare mud [[Plants/Glasswort#" in answer.text
    assert "".join(bench.told).strip() == answer.text
    for citation in answer.citations:
        line = (bench.vault.root / citation.path).read_text("utf-8").split("\n")[citation.line]
        assert line.startswith(citation.quote.split("\n")[0])
    (purpose, manner) = bench.purposes[0]
    assert (purpose.feature, purpose.vault_id, manner.prompt_version) == ("answer", bench.vault.id, "answer/1")


async def test_a_sentence_that_its_passage_does_not_say_is_marked(bench: Bench) -> None:
    bench.queue(citing(("Glasswort grows on bare mud", "bare mud"), ("It grows 90 cm high in Brazil", "bare mud")))
    answer = await bench.asking.ask("How high does glasswort grow on mud?")
    assert answer.unsupported == ("It grows 90 cm high in Brazil",)
    assert "|1?]]" in answer.text
    assert [citation.supported for citation in answer.citations] == [False]


async def test_a_sentence_that_names_no_passage_is_marked_and_told(bench: Bench) -> None:
    said = citing(("Glasswort grows on bare mud", "bare mud"))
    bench.queue(lambda messages: f"Here you are: {said(messages)} Sheep graze it in summer. I hope so!")
    answer = await bench.asking.ask("Where does glasswort grow on mud?", tell=bench.hear)
    assert answer.uncited == ("Sheep graze it in summer.",)
    assert answer.text.endswith("Sheep graze it in summer. [?] I hope so!")
    assert "".join(bench.told).strip() == answer.text


async def test_where_nothing_that_is_cited_holds_the_vault_does_not_say(bench: Bench) -> None:
    for said in (
        citing(("It was invented in 1922 by Otto Schmidt", "bare mud")),
        "Glasswort grows on bare mud, of course.",
        "So it is said elsewhere [42].",
    ):
        bench.queue(said)
        answer = await bench.asking.ask("Where does glasswort grow on mud?")
        assert (answer.abstained, answer.text, answer.citations) == (True, "The vault does not say.", ())
        assert answer.passages
        assert answer.usage == USE
    assert answer.unknown_citations == 1


async def test_a_model_that_finds_nothing_in_the_passages_says_so(bench: Bench) -> None:
    bench.queue("NOT_IN_NOTES")
    answer = await bench.asking.ask("Where does glasswort grow on mud?", tell=bench.hear)
    assert (answer.abstained, answer.text, bench.told) == (True, "The vault does not say.", [])
    bench.queue(citing(("NO wonder that glasswort grows on bare mud", "bare mud")))
    assert "NO wonder" in (await bench.asking.ask("Where does glasswort grow on mud?")).text


async def test_thin_evidence_is_no_reason_to_ask_a_model(bench: Bench) -> None:
    answer = await bench.asking.ask("Who won the chess olympiad of 1998?")
    assert (answer.abstained, answer.usage, bench.chat.history, bench.purposes) == (True, None, [], [])


async def test_nothing_of_an_excluded_folder_and_no_secret_is_sent(bench: Bench) -> None:
    bench.queue("NOT_IN_NOTES")
    for question in ("Where is the treasure under the glasswort?", "How much honey goes into challah?"):
        await bench.asking.ask(question)
    sent = "\n".join(bench.chat.prompts)
    assert "Challah" in sent
    assert "treasure is buried" not in sent
    assert "hunter22" not in sent


async def test_no_part_of_a_secret_that_a_passage_would_cut_is_sent_and_what_only_the_person_sees_has_it(
    bench: Bench,
) -> None:
    bench.queue("NOT_IN_NOTES")
    question = "By what is the pump of the harbour run?"
    await bench.asking.ask(question)
    (sent,) = bench.chat.prompts
    assert "The pump of the harbour" in sent
    assert leaks(sent) == set()
    shown = await bench.asking.ask(question, method="passages")
    assert leaks("".join(passage.text for passage in shown.passages)) != set()


async def test_earlier_questions_are_sent_along(bench: Bench) -> None:
    bench.queue("NOT_IN_NOTES")
    history = [Turn(question="What is glasswort?", answer="A plant.")]
    await bench.asking.ask("And where does it grow?", history=history)
    assert "Asked: What is glasswort?\nAnswered: A plant." in bench.chat.prompts[0]


async def test_without_a_provider_passages_answer_unless_a_model_was_wanted(bench: Bench) -> None:
    def nobody() -> tuple[str, str]:
        raise NoProvider("None is chosen.")

    async def write(purpose: Purpose, manner: Manner) -> FakeWriter:
        raise AssertionError

    desk = Desk(nobody, write, None)  # type: ignore[arg-type]
    asking = Asking("v", bench.vault.asking._questions, bench.vault.asking._retrieval, desk, date.today)
    assert (await asking.ask("Where does glasswort grow?")).method == "passages"
    with pytest.raises(NoProvider):
        await asking.ask("Where does glasswort grow?", method="model")
    with pytest.raises(NoProvider):
        await asking.ask("Who won the chess olympiad?", method="model")


async def test_passages_can_be_wanted_though_there_is_a_model(bench: Bench) -> None:
    answer = await bench.asking.ask("Where does glasswort grow?", method="passages")
    assert (answer.method, bench.purposes) == ("passages", [])


@pytest.mark.parametrize(
    "error",
    [ProviderFailed("anthropic", 500), AnswerBroken("anthropic", "it ends"),
     BudgetExceeded("run", limit_micro=1, spent_micro=1, wanted_micro=1)],
)  # fmt: skip
async def test_what_was_written_before_a_failure_is_in_the_error(bench: Bench, error: LibrarianError) -> None:
    bench.queue([Delta("Glasswort grows on bare mud and "), error])
    with pytest.raises(type(error)) as raised:
        await bench.asking.ask("Where does glasswort grow?", tell=bench.hear)
    assert raised.value.data["partial"] == "".join(bench.told) == "Glasswort grows on bare mud and"


async def test_a_refusal_and_an_empty_answer_are_errors(bench: Bench) -> None:
    bench.queue(says("No", reason="refused"))
    with pytest.raises(ContentRefused):
        await bench.asking.ask("Where does glasswort grow?")
    bench.queue(says("  \n "))
    with pytest.raises(AnswerBroken):
        await bench.asking.ask("Where does glasswort grow?")


async def test_an_answer_that_reached_its_limit_says_so(bench: Bench) -> None:
    bench.queue(says("Glasswort grows on bare mud [1][2][3].", reason="length"))
    answer = await bench.asking.ask("Where does glasswort grow?")
    assert answer.notice == "The model reached the limit of its answer."


async def test_who_calls_off_aborts_the_request(bench: Bench) -> None:
    never = asyncio.Event()
    bench.queue([Delta("Glasswort grows on bare mud "), never])
    task = asyncio.create_task(bench.asking.ask("Where does glasswort grow?", tell=bench.hear))
    while not bench.told:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.chat.aborted == 1


async def test_a_model_may_read_the_question_and_rules_do_where_it_fails(bench: Bench) -> None:
    bench.queue('Sure: {"words": ["glasswort", "tag:x OR"], "expansions": ["samphire"], "sub_questions": []}')
    read = await bench.asking.understand("Where does glasswort grow last week?", by_model=True)
    assert (read.method, read.words, read.expansions) == ("model", ("glasswort", "tag x OR"), ("samphire",))
    assert read.filters == ("after:2026-11-16", "before:2026-11-23")
    for broken in ("no JSON", "{}", "[1]", '{"words": 3}', '{"words": [null]}', ProviderFailed("anthropic", 500)):
        bench.queue(broken)
        read = await bench.asking.understand("Where does glasswort grow?", by_model=True)
        assert (read.method, read.words) == ("rules", ("glasswort", "grow"))
    bench.queue(KeyMissing("anthropic", "KEY", "variable"))
    with pytest.raises(KeyMissing):
        await bench.asking.understand("Where does glasswort grow?", by_model=True)


async def test_prompts_are_the_same_for_the_same_question_so_that_answers_are_kept(bench: Bench) -> None:
    bench.queue("NOT_IN_NOTES")
    for _ in (1, 2):
        await bench.asking.ask("Where does glasswort grow?")
    first, second = bench.chat.history
    assert first == second


async def test_the_price_of_an_answer_is_that_of_the_very_request_that_is_sent(bench: Bench) -> None:
    history = [Turn(question="What grows on mud?", answer="Glasswort.")]
    assert await bench.asking.estimate("How is glasswort eaten?", history=history) == 1
    assert bench.chat.history == []
    bench.queue("NOT IN THE NOTES")
    await bench.asking.ask("How is glasswort eaten?", history=history)
    assert bench.rehearsed is not None
    assert bench.rehearsed.asked == bench.chat.history
    assert bench.purposes[0] == bench.purposes[1]


async def test_what_was_found_for_the_price_is_not_looked_for_again_until_a_note_changes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, looked = bench.asking._retrieval, []  # type: ignore[var-annotated]
    search = found._found

    async def counted(*asked: object) -> object:
        looked.append(asked)
        return await search(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(found, "_found", counted)
    bench.queue("Glasswort is eaten with butter [1].")
    question, file = "How is glasswort eaten?", bench.vault.root / "Plants/Glasswort.md"
    assert await bench.asking.estimate(question) == 1
    await bench.asking.ask(question)
    assert len(looked) == 1
    await bench.asking.ask("How is challah kneaded?")
    await bench.asking.ask(question)
    assert len(looked) == 3, "the last question only"
    before = file.read_text("utf-8")
    file.write_text(before + "\nGlasswort is eaten raw, too.\n", "utf-8")
    try:
        answer = await bench.asking.ask(question)
        assert any("raw" in passage.text for passage in answer.passages)
        assert len(looked) == 4
    finally:
        file.write_text(before, "utf-8")
    await bench.asking.ask(question)
    await bench.asking.ask(question)
    assert len(looked) == 5
    bench.vault.indexing.changed([Change(kind="modified", path="Plants/Glasswort.md")])
    await bench.vault.complete()
    await bench.asking.ask(question)
    assert len(looked) == 6


async def test_a_note_that_is_saved_while_passages_are_weighed_is_read_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, file = bench.asking._retrieval, bench.vault.root / "Plants/Glasswort.md"
    before, weighed = file.read_text("utf-8"), found._weighed

    def saved_meanwhile(*asked: object) -> object:
        passages = weighed(*asked)  # type: ignore[arg-type]
        file.write_text(before + "\nGlasswort is eaten raw, too.\n", "utf-8")
        return passages

    try:
        with monkeypatch.context() as patched:
            patched.setattr(found, "_weighed", saved_meanwhile)
            answer = await bench.asking.ask("How is glasswort eaten?", method="passages")
        assert not any("raw" in passage.text for passage in answer.passages)
        answer = await bench.asking.ask("How is glasswort eaten?", method="passages")
        assert any("raw" in passage.text for passage in answer.passages)
    finally:
        file.write_text(before, "utf-8")


async def test_passages_are_forgotten_when_nobody_asks_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrieval, "KEPT_S", 0.0)
    await bench.asking.ask("When is challah baked?", method="passages")
    await asyncio.sleep(0.01)
    assert bench.asking._retrieval._last is None


async def test_where_the_vault_does_not_say_or_passages_are_wanted_an_answer_costs_nothing(bench: Bench) -> None:
    assert await bench.asking.estimate("Who won the football championship of Peru?") == 0
    told = await bench.asking.estimate("How is glasswort eaten?", method="passages")
    assert (told.provider, told.calls, told.cost_usd) == (None, 0, None)
