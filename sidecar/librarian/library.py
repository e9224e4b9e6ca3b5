"""The one place where the parts meet: opens vaults, their stores and the subjects that answer about them."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import date
from functools import partial
from pathlib import Path

from librarian import _native, settings
from librarian.asking import Asking
from librarian.batching import Batches
from librarian.cache import Cache
from librarian.cataloguing import CatalogKeeper
from librarian.chat import Chats, Choice, Keys
from librarian.chat.presets import NONE, PRESETS
from librarian.chat.provider import Tested
from librarian.comparing import Comparing
from librarian.consent import Consent
from librarian.corpus import Corpus
from librarian.costs import Costs
from librarian.dismissals import Dismissals
from librarian.drafting import Drafting
from librarian.duplicates import Duplicates
from librarian.edits import Edits
from librarian.embedding import DEFAULT, default_embedder, on_this_machine
from librarian.errors import StorageFull, StoreError, VaultNotFound, VaultNotOpen
from librarian.gathering import Gathering
from librarian.indexing import Indexing
from librarian.journal import Journal
from librarian.ledger import Ledger
from librarian.lexical import LexicalIndex, PassLimits
from librarian.meanings import Meanings
from librarian.metering import Desk, Manner, Rehearsal, Terms, Trial, Writer
from librarian.metering.answers import Answers
from librarian.money import Caps, Purpose, micro_usd
from librarian.notes import Notes
from librarian.open_vault import OpenVault
from librarian.places import Places, VaultLock, vault_id
from librarian.pricing import Prices, given, local_providers
from librarian.quoting import Quoting
from librarian.readers import Readers, Unread
from librarian.related import Related
from librarian.resolving import Resolving
from librarian.retrieval import Retrieval
from librarian.search import Search
from librarian.semantics import Semantics
from librarian.setting import SettingValue, VaultSettings
from librarian.settings import Loaded
from librarian.statistics import Statistics
from librarian.status import Progress
from librarian.summaries import Summaries
from librarian.summary_runs import Runs
from librarian.templates import Templates
from librarian.tiers import Embedding
from librarian.understanding import Questions
from librarian.vault import read_app_settings
from librarian.writing import VaultFiles

log = logging.getLogger(__name__)

MEGABYTE = 1_000_000


class Library:
    """Every vault that this process has open. Made by `open_library`."""

    costs: Costs
    """What models cost, over all vaults of the person."""

    def __init__(self, places: Places, loaded: Loaded, *, door: Path | None, stays: bool, keys: Keys) -> None:
        self._places = places
        self._settings = loaded
        self._choosing = asyncio.Lock()
        self._door = door
        self._stays = stays
        self.costs = Costs(places.spend, self._terms)
        self.chats = Chats(keys, places.models, hear=self.costs.learn)
        self._open: dict[str, tuple[OpenVault, AsyncExitStack]] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        self._searching = ThreadPoolExecutor(max(2, min(4, os.cpu_count() or 1)), thread_name_prefix="search")

    async def open_vault(self, path: str, *, on_progress: Callable[[Progress], None] | None = None) -> OpenVault:
        """Open the vault at ``path``, or answer with it when it is open.

        Returns when every note is keyword-searchable. Raises VaultNotFound, VaultHeld, VaultUnavailable, StoreTooNew,
        StorageFull.
        """
        root = await asyncio.to_thread(_canonical, path)
        name = vault_id(root)
        async with self._opening.setdefault(name, asyncio.Lock()):
            if name not in self._open:
                async with AsyncExitStack() as stack:
                    vault = await self._open_stores(stack, root, on_progress)
                    self._open[name] = (vault, stack.pop_all())
            return self._open[name][0]

    def vault(self, vault_id: str) -> OpenVault:
        """An open vault. Raises VaultNotOpen."""
        try:
            return self._open[vault_id][0]
        except KeyError:
            raise VaultNotOpen(vault_id) from None

    async def close_vault(self, vault_id: str) -> None:
        """Let go of a vault's stores. Raises VaultNotOpen."""
        async with self._opening.setdefault(vault_id, asyncio.Lock()):
            try:
                _, stack = self._open.pop(vault_id)
            except KeyError:
                raise VaultNotOpen(vault_id) from None
            await stack.aclose()

    async def close(self) -> None:
        """Close every vault."""
        for open_id in tuple(self._open):
            await self.close_vault(open_id)
        await self.costs.close()
        await self.chats.close()
        self._searching.shutdown(wait=False, cancel_futures=True)

    def choice(
        self,
        vault_id: str | None,
        *,
        provider: str | None = None,
        model: str | None = None,
        base_url: str | None = None,
    ) -> Choice:
        """The model that is chosen for a vault, or for all; what is given goes before. Raises VaultNotOpen."""
        chosen = self._settings.shared if vault_id is None else self._settings.of(self.vault(vault_id).id)
        return chosen.choice(provider=provider, model=model, base_url=base_url)

    async def writer(self, purpose: Purpose, manner: Manner | None = None, *, choice: Choice | None = None) -> Writer:
        """The model that is chosen for the vault of the purpose, to be asked within limits for one act of a person.

        ``choice``: what they chose for this act. Raises VaultNotOpen, NoProvider, KeyMissing, AddressRefused, and
        StoreError where what it costs cannot be recorded.
        """
        chosen = choice or self.choice(purpose.vault_id)
        allowed = self._settings.shared if purpose.vault_id is None else self._settings.of(purpose.vault_id)
        others = [allowed.choice(provider=name) for name in allowed.fallback_providers if name != chosen.provider]
        answers, *theirs = [self._answers(purpose.vault_id, each) for each in (chosen, *others)]
        opening = [partial(self.chats.open, each) for each in others]
        model, meter = await self.chats.open(chosen), await self.costs.meter()
        return Writer(model, list(zip(opening, theirs, strict=True)), meter, purpose, manner or Manner(), answers)

    def _answers(self, vault_id: str | None, choice: Choice) -> Answers | None:
        """Where whole answers of a model are kept. Raises VaultNotOpen."""
        if vault_id is None:
            return None
        return self.vault(vault_id).answers.at(choice.base_url, partial(self.chats.running, choice))

    async def test(self, choice: Choice, vault_id: str | None = None) -> Tested:
        """Ask a model for one word, and tell in words what is wrong or that it works. Raises StoreError."""
        meter, terms = await self.costs.meter(), await self._terms(vault_id, choice)
        return await self.chats.test(choice, lambda chat: Trial(chat, meter, Purpose("test", vault_id), terms))

    def _desk(self, vault_id: str) -> Desk:
        """How a vault's model is asked by its abilities."""

        def named() -> tuple[str, str]:
            return self.chats.named(self.choice(vault_id))

        async def rehearse(purpose: Purpose, manner: Manner) -> Rehearsal:
            chosen = self.choice(vault_id)
            model, meter = await self.chats.open(chosen), await self.costs.meter()
            return Rehearsal(model, meter, (purpose, manner), self._answers(vault_id, chosen))

        return Desk(named, self.writer, rehearse)

    async def read_settings(self, vault_id: str) -> VaultSettings:
        """Every setting of an open vault. Raises VaultNotOpen, StorageFull, StoreError."""
        vault = self.vault(vault_id)
        async with self._choosing:
            with _told(self._places.config):
                # Whoever opens a vault from now on goes by what is told here.
                self._settings = await asyncio.to_thread(settings.load, self._places.settings)
            return await self._settings_of(vault)

    async def change_setting(
        self, vault_id: str, name: str, value: SettingValue | None, *, for_every_vault: bool = False
    ) -> VaultSettings:
        """Choose a value, or take the choice back, and tell every setting.

        Raises VaultNotOpen, SettingInvalid, ModelUnusable, NoProvider, PriceNotAgreed, StorageFull, StoreError.
        """
        vault = self.vault(vault_id)
        if name == "model" and value is not None:
            await asyncio.to_thread(vault.readers.open, settings.checked(name, value))
        async with self._choosing:
            owner = None if for_every_vault else vault_id
            with _told(self._places.config):
                self._settings = await asyncio.to_thread(
                    settings.change, self._places.settings, name, value, vault_id=owner
                )
            if name == "embedding_paused":
                self._let_rest([vault] if owner else [each for each, _ in self._open.values()])
            return await self._settings_of(vault)

    async def _terms(self, vault_id: str | None, choice: Choice | None = None) -> Terms:
        """What may be spent and what is said of prices, as the file says now: whoever changed it, it holds at once.

        ``choice``: a model in place of the one that is chosen.
        """
        with _told(self._places.config):
            loaded = await asyncio.to_thread(settings.load, self._places.settings)
        chosen = loaded.shared if vault_id is None else loaded.of(vault_id)
        caps = Caps.of(
            call=chosen.budget_call_usd,
            run=chosen.budget_run_usd,
            day=chosen.budget_day_usd,
            month=chosen.budget_month_usd,
        )
        asked = choice or chosen.choice()
        local = local_providers(asked.provider, asked.base_url)
        return Terms(caps, Prices(given(chosen.model_prices), local=local), micro_usd(chosen.ask_from_usd))

    def _let_rest(self, vaults: Sequence[OpenVault]) -> None:
        """Pause their slow models, or let them go on, as it is chosen for each."""
        for vault in vaults:
            if self._settings.of(vault.id).embedding_paused:
                vault.semantics.pause()
            else:
                vault.semantics.resume()

    async def _settings_of(self, vault: OpenVault) -> VaultSettings:
        models = await asyncio.to_thread(on_this_machine, self._places.models)
        options = {"model": models, "provider": (NONE, *(preset.name for preset in PRESETS))}
        told = settings.told(self._settings, vault.id, vault.settings, options)
        return VaultSettings(settings=told, notices=self._settings.notices)

    async def _open_stores(
        self, stack: AsyncExitStack, root: Path, on_progress: Callable[[Progress], None] | None
    ) -> OpenVault:
        place = self._places.vault(root)
        chosen = self._settings.of(place.id)
        lock = VaultLock(place)
        with _told(place.folder):
            await asyncio.to_thread(lock.acquire, socket=self._door)
        stack.callback(lock.release)
        ledger = await Ledger.open(place.ledger)
        stack.push_async_callback(ledger.close)
        if ledger.moved_aside:
            log.error("the ledger could not be read and was moved to %s", ledger.moved_aside)
        indexing_thread = ThreadPoolExecutor(1, thread_name_prefix="indexing")
        # Whoever opens the vault next must not meet a pass of ours that still writes.
        stack.push_async_callback(asyncio.to_thread, indexing_thread.shutdown, wait=True)
        app = await asyncio.to_thread(read_app_settings, root)
        max_note_bytes = chosen.max_note_mb * MEGABYTE
        limits = PassLimits(
            excluded=_native.Exclusion(chosen.excluded_folders, app.ignore_filters),
            max_note_bytes=max_note_bytes,
            threads=max(1, os.cpu_count() or 1),
            heap_bytes=chosen.keyword_memory_mb * MEGABYTE,
        )
        lexical = await asyncio.to_thread(LexicalIndex, place.lexical, root, limits, self._searching, indexing_thread)
        keeper = CatalogKeeper(
            place.catalog, ledger, memory_mb=chosen.catalog_memory_mb, threads=chosen.catalog_threads
        )
        cache = Cache(place.cache)
        stack.push_async_callback(cache.close)
        readers = Readers(
            place.id,
            Unread(root, lexical, max_note_bytes, limits.threads),
            Consent(ledger, place.id),
            self.chats,
            self.costs.meter,
            models=self._places.models,
            threads=chosen.embedding_threads,
            cache=cache,
        )
        semantics = Semantics(
            place.vectors,
            root,
            lexical,
            ledger,
            self._searching,
            embedding=Embedding(
                chosen=chosen.model,
                instant=DEFAULT,
                open=readers.open,
                popular=keeper.popular,
                paused=chosen.embedding_paused,
                agreed=readers.agreed,
                whole=readers.whole,
            )
            if chosen.meaning
            else None,
            max_note_bytes=max_note_bytes,
            threads=limits.threads,
            stays=self._stays,
        )
        indexing = Indexing(
            place.id,
            root,
            lexical,
            keeper,
            semantics,
            watches=self._stays and chosen.watch,
            fills_catalog=self._stays,
        )
        stack.push_async_callback(indexing.close)
        statistics = Statistics(indexing.catalog, ledger, records=chosen.record_usage)
        stack.push_async_callback(statistics.close)
        if on_progress is not None:
            stop_telling = indexing.listen(on_progress)
            stack.callback(stop_telling)
        edits = Edits(
            VaultFiles(root, app.trash_option),
            Journal(ledger),
            notes=lambda: lexical.counts()["notes"],
            happened=indexing.followed,
        )
        stack.push_async_callback(edits.close)
        await _settled(edits)
        corpus = Corpus(root, lexical, max_note_bytes=max_note_bytes, threads=limits.threads)
        await indexing.open()
        duplicates = Duplicates(
            root,
            indexing,
            corpus,
            Meanings(root, semantics, corpus, threads=limits.threads),
            Dismissals(root, ledger, max_note_bytes=max_note_bytes),
        )
        search = Search(root, lexical, indexing, semantics, ledger)

        async def find(query: str, limit: int) -> list[str]:
            return [hit.path for hit in (await search.query(query, limit=limit)).hits if hit.kind == "note"]

        gathering = Gathering(root, indexing, find, limits.excluded, max_note_bytes=max_note_bytes)
        retrieval = Retrieval(root, search, lexical, semantics, excluded=limits.excluded, max_note_bytes=max_note_bytes)
        desk, naming = self._desk(place.id), Purpose("templates", vault_id=place.id)
        quoting = Quoting(default_embedder if chosen.meaning else None)
        batches = Batches(place.id, gathering, desk, quoting, Runs(ledger), edits.propose, spent=self.costs.run_spent)
        return OpenVault(
            id=place.id,
            root=root,
            indexing=indexing,
            search=search,
            notes=Notes(root, indexing, max_note_bytes),
            related=Related(root, lexical, indexing, semantics),
            duplicates=duplicates,
            comparing=Comparing(root, max_note_bytes),
            resolving=Resolving(root, indexing, group=duplicates.group, propose=edits.propose),
            templates=Templates(
                root,
                indexing,
                max_note_bytes,
                propose=edits.propose,
                ask=partial(desk.write, naming),
                rehearse=partial(desk.rehearse, naming),
            ),
            semantics=semantics,
            readers=readers,
            statistics=statistics,
            edits=edits,
            drafting=Drafting(
                place.id,
                root,
                edits.propose,
                desk,
                max_note_bytes=max_note_bytes,
                excluded=limits.excluded,
            ),
            asking=Asking(place.id, Questions(lexical), retrieval, desk, date.today),
            summaries=Summaries(place.id, gathering, desk, quoting, batches, edits.propose),
            batches=batches,
            answers=Answers(cache),
            settings=chosen,
        )


async def _settled(edits: Edits) -> None:
    """Bring changes that were cut short to an end; where that is not possible now, the next change does it first."""
    try:
        await edits.settle()
    except Exception:  # a vault can be read whatever its journal is like
        log.exception("changes that were cut short cannot be settled now")


@asynccontextmanager
async def open_library(
    places: Places, loaded: Loaded, *, door: Path | None = None, stays: bool = True, keys: Keys | None = None
) -> AsyncIterator[Library]:
    """A library that closes its vaults at the end.

    ``door``: where the command line finds this process. ``stays``: this process lives on after its first answers, so it
    watches vaults and fills their catalogs without being asked. ``keys``: those of providers of models.
    """
    _native.share_heaps()
    library = Library(places, loaded, door=door, stays=stays, keys=keys or Keys())
    try:
        yield library
    finally:
        await library.close()


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say what an error of the disk means to a person."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(os.fspath(folder)) from error
        raise StoreError(f"The librarian's own folder {folder} cannot be written to: {error.strerror}.") from error


def _canonical(path: str) -> Path:
    try:
        root = Path(path).expanduser().resolve(strict=True)
        if root.is_dir():
            return root
    except (OSError, RuntimeError, ValueError) as error:
        raise VaultNotFound(path) from error
    raise VaultNotFound(path)
