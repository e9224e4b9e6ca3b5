"""A library without a vault: says what it was asked and answers with plain values, so that only the wire is tested."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from librarian.change import Applied, ChangedNote, Conflict, EditorAnswer, JournalledChange, Plan, PlannedEdit
from librarian.chat import Chats, Choice, Keys
from librarian.chat.provider import Tested
from librarian.edit import Change as NoteChange
from librarian.edit import Create, Rename, Replacement, Rewrite, Trash
from librarian.errors import (
    ChangeNotFound,
    ConfirmationNeeded,
    GroupNotFound,
    LibrarianError,
    NoteNotFound,
    NotInGroup,
    PlanNotFound,
    QueryRefused,
    SavedSearchNotFound,
    SettingInvalid,
    TemplateUnusable,
    TooFewNotes,
    VaultHeld,
    VaultNotFound,
    VaultNotOpen,
)
from librarian.note import Link, Links, Outline
from librarian.overview import Overview, Table
from librarian.passage import Coverage, Hit, Mode, Passage, SavedSearch, SearchAnswer, Why
from librarian.setting import Setting, SettingValue, VaultSettings
from librarian.settings import Settings
from librarian.status import Change, Counts, Opened, Progress, Ready, Status, Timings
from librarian.template import InferredTemplate, TemplateHeading, TemplateProperty
from librarian.usage import CostEstimate
from wire.fake_models import FakeAsking, FakeCosts, FakeDrafting, estimated, free

from .fake_summaries import FakeBatches, FakeSummaries

READY = Ready(keyword=True, catalog=True, semantic=False)


class FakeSearch:
    """Answers every text with itself; ``slow`` waits until the test lets it go, ``broken`` fails unexpectedly."""

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.slow_started = asyncio.Event()
        self.slow_cancelled = asyncio.Event()
        self.kept: dict[str, SavedSearch] = {}

    async def query(self, text: str, *, limit: int = 20, offset: int = 0, mode: Mode = "hybrid") -> SearchAnswer:
        if text == "slow":
            await self._wait()
        if text == "broken":
            raise RuntimeError("CANARY-exception-text")
        if text.startswith("huge"):
            text = text * 20_000
        passage = Passage(text=text, heading=None, line=3, ranges=((0, len(text.encode("utf-16-le")) // 2),))
        why = (Why(field="body", term=text, kind="exact"),)
        hit = Hit(path="a.md", title="A", kind="note", score=1.5, passage=passage, why=why)
        coverage = Coverage(notes=2, searched=2, skipped=0)
        return SearchAnswer(hits=(hit,)[:limit], total=1, coverage=coverage, mode="keyword", took_ms=0.5)

    async def _wait(self) -> None:
        self.slow_started.set()
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.slow_cancelled.set()
            raise

    async def save(self, name: str, text: str, mode: Mode) -> SavedSearch:
        self.kept[name] = SavedSearch(name=name, text=text, mode=mode, saved_at="2026-01-02T03:04:05Z")
        return self.kept[name]

    async def saved(self) -> tuple[SavedSearch, ...]:
        return tuple(self.kept.values())

    async def forget(self, name: str) -> None:
        if name not in self.kept:
            raise SavedSearchNotFound(name)
        del self.kept[name]


class FakeNotes:
    async def outline(self, path: str) -> Outline:
        if path != "a.md":
            raise NoteNotFound(path)
        return Outline(
            path=path,
            title="A",
            aliases=(),
            tags=("x/y",),
            properties={"n": float("nan")},
            headings=(),
            tasks=(),
            words=7,
        )

    async def links(self, path: str) -> Links:
        link = Link(source=path, target=None, text="b#c", display=None, kind="wiki", line=0)
        return Links(outgoing=(link,), backlinks=(), unresolved=(link,))


class FakeStatistics:
    def __init__(self) -> None:
        self.recorded: list[tuple[str, float]] = []

    async def overview(self) -> Overview:
        return Overview(
            notes=2, words=7, links=1, tags=1, attachments=0, tasks_open=0, tasks_done=0, orphan_count=0, orphans=(),
            broken_link_count=0, broken_links=(), top_tags=(), largest=(("a.md", 7),), most_linked=(), growth=(),
            history=(), took_ms=0.1,
        )  # fmt: skip

    async def query(self, sql: str) -> Table:
        if not sql.startswith("select"):
            raise QueryRefused("Only select.")
        return Table(columns=("one",), rows=((1, "x", None, float("inf")),), truncated=False, took_ms=0.1)

    def record(self, method: str, took_ms: float) -> None:
        self.recorded.append((method, took_ms))


class FakeEdits:
    """Knows one plan, ``p1``, that wants the confirmation ``yes``, and one change, ``c1``.

    The plan ``asks`` is carried out by an editor, if there is one; ``said`` keeps what that answered, or its error.
    """

    def __init__(self) -> None:
        self.said: list[EditorAnswer | LibrarianError | None] = []

    async def apply(self, plan_id: str, confirmation: str | None = None, *, editor: Any = None) -> Applied:
        if plan_id == "asks":
            edits = tuple(Rename(path=f"{number}.md", digest="00", to=f"{number}.new") for number in range(150))
            try:
                self.said.append(await editor.carry_out(NoteChange("c9", edits, "test", "tidying")) if editor else None)
            except LibrarianError as error:
                self.said.append(error)
            return Applied(change_id="c9", applied=(), conflicts=())
        if plan_id != "p1":
            raise PlanNotFound(plan_id)
        if confirmation != "yes":
            raise ConfirmationNeeded(21)
        return Applied(change_id="c1", applied=("a.md",), conflicts=())

    async def journalled(self, limit: int) -> tuple[JournalledChange, ...]:
        note = ChangedNote(kind="rename", path="a.md", to="b.md", before="00", after="00")
        change = JournalledChange(
            change_id="c1", actor="test", reason="tidying", undoes=None, made_at="2026-01-02T03:04:05+00:00",
            state="done", notes=(note,),
        )  # fmt: skip
        return (change,)[:limit]

    async def undo(self, change_id: str, confirmation: str | None = None, **_: object) -> Applied:
        if change_id == "many" and confirmation != "sure":
            raise ConfirmationNeeded(21, "sure")
        if change_id not in ("c1", "many"):
            raise ChangeNotFound(change_id)
        conflict = Conflict(path="b.md", reason="changed", read="00", ours="00", found="11")
        return Applied(change_id=None, applied=(), conflicts=(conflict,))


class FakeResolving:
    """Knows one group, ``g1``, of ``a.md`` and ``b.md``."""

    async def plan(self, group_id: str, keeper: str, action: str, notes: Sequence[str] | None = None) -> Plan:
        if group_id != "g1":
            raise GroupNotFound(group_id)
        if keeper not in ("a.md", "b.md"):
            raise NotInGroup(keeper, ("a.md", "b.md"))
        other = (notes or ("b.md",))[0]
        edits = (
            Rewrite(path=keeper, digest="00", replacements=(Replacement(start=0, end=0, text=action),)),
            Trash(path=other, digest="11"),
        )
        shown = PlannedEdit(kind="trash", path=other, to=None, hunks=(), more=0)
        return Plan(plan_id="p1", edits=edits, preview=(shown,), confirmation="yes")


class FakeTemplates:
    """Infers one template, whatever it is asked, and applies it to notes that it then makes."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def infer(self, **asked: Any) -> InferredTemplate:
        self.asked.append(asked)
        if asked["folder"] == "empty":
            raise TooFewNotes(1, 3, [("empty/a.md", "it is a drawing")])
        of_type = TemplateProperty(name="read_on", type="date", share=0.5, default=(), values=())
        heading = TemplateHeading(level=1, text="{{title}}", share=1.0)
        return InferredTemplate(
            text="# {{title}}\n", name="Notes", syntax=asked["syntax"], notes=("a.md",), properties=(of_type,),
            headings=(heading,), confidence=0.75, others=(), left_out=(), found=3, read=3, method="structure",
            took_ms=1.5,
        )  # fmt: skip

    async def estimate(self, **asked: Any) -> CostEstimate:
        self.asked.append(asked)
        return estimated(5)

    async def save(self, path: str, text: str) -> Plan:
        return self._plan([Create(path=path, content=text)])

    async def apply(self, notes: Sequence[str], **asked: Any) -> Plan:
        self.asked.append(asked)
        if asked["text"] == "<%* evil %>":
            raise TemplateUnusable("only Templater itself can tell")
        return self._plan([Create(path=path, content=asked["text"] or "") for path in notes])

    def _plan(self, edits: Sequence[Create]) -> Plan:
        return Plan(plan_id="p1", edits=tuple(edits), preview=(), confirmation=None)


class FakeVault:
    def __init__(self, path: str) -> None:
        self.id = "v1"
        self.root = Path(path)
        self.search = FakeSearch()
        self.notes = FakeNotes()
        self.statistics = FakeStatistics()
        self.edits = FakeEdits()
        self.resolving = FakeResolving()
        self.templates = FakeTemplates()
        self.summaries = FakeSummaries()
        self.batches = FakeBatches()
        self.asking = FakeAsking()
        self.drafting = FakeDrafting()
        self.changes: list[Change] = []
        self.listeners: list[Callable[[Progress], None]] = []

    def opened(self) -> Opened:
        return Opened(vault_id=self.id, notes=2, ready=READY)

    async def status(self) -> Status:
        counts = Counts(notes=2, canvases=0, bases=0, attachments=0)
        timings = Timings(scan_ms=1, keyword_ms=2)
        return Status(
            vault_id=self.id, path=str(self.root), ready=READY, parts=(), counts=counts, skipped=(), timings=timings
        )

    def listen(self, on_progress: Callable[[Progress], None]) -> Callable[[], None]:
        self.listeners.append(on_progress)
        return lambda: self.listeners.remove(on_progress)

    def tell(self, done: int, total: int = 10) -> None:
        progress = Progress(vault_id=self.id, part="keyword", phase="reading", done=done, total=total)
        for listener in tuple(self.listeners):
            listener(progress)

    async def changed(self, changes: Sequence[Change]) -> None:
        self.changes.extend(changes)

    async def rebuild(self) -> Status:
        self.tell(5)
        return await self.status()


class FakeLibrary:
    """Opens one vault, whatever the path; ``/missing`` and ``/held`` fail as the real one would."""

    def __init__(self) -> None:
        self.open: dict[str, FakeVault] = {}
        self.costs = FakeCosts()
        self.closed: list[str] = []
        self.excluded: tuple[str, ...] = ()
        self.chats = Chats(Keys({"anthropic": "CANARY-key"}))

    def choice(self, vault_id: str | None, **given: Any) -> Choice:
        if vault_id is not None:
            self.vault(vault_id)
        return Settings(provider="anthropic").choice(**given)

    async def test(self, choice: Choice, vault_id: str | None = None) -> Tested:
        return await self.chats.test(choice, free)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.open.clear()

    async def open_vault(self, path: str, *, on_progress: Callable[[Progress], None] | None = None) -> FakeVault:
        if path == "/missing":
            raise VaultNotFound(path)
        if path == "/held":
            raise VaultHeld(4321)
        if on_progress:
            on_progress(Progress(vault_id="v1", part="keyword", phase="reading", done=1, total=2))
        return self.open.setdefault("v1", FakeVault(path))

    def vault(self, vault_id: str) -> FakeVault:
        if vault_id not in self.open:
            raise VaultNotOpen(vault_id)
        return self.open[vault_id]

    async def read_settings(self, vault_id: str) -> VaultSettings:
        self.vault(vault_id)
        told = Setting(
            name="excluded_folders", kind="folders", value=self.excluded, default=(), scope="thisVault",
            description="Folders.", holds=self.excluded == (),
        )  # fmt: skip
        return VaultSettings(settings=(told,), notices=())

    async def change_setting(
        self, vault_id: str, name: str, value: SettingValue | None, *, for_every_vault: bool = False
    ) -> VaultSettings:
        if not isinstance(value, tuple):
            raise SettingInvalid("Folders are a list.", setting=name)
        self.excluded = value
        return await self.read_settings(vault_id)

    async def close_vault(self, vault_id: str) -> None:
        del self.open[vault_id]
        self.closed.append(vault_id)
