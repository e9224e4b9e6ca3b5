"""Notes that come, change, move and go, reported by a client or seen by the watcher alone."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from . import vaults
from .product import SLOWNESS, Sidecar, sidecar, stores, until

FINDABLE_SECONDS = 2.0
NOTES = 200
IN_FOLDER = 500


async def shows(running: Sidecar, text: str, path: str | None) -> float:
    """Seconds until ``path`` is the first hit for ``text``, or until nothing is."""
    started = time.monotonic()

    async def is_so() -> bool:
        """the change is visible"""
        found = await running.found(text)
        return found[:1] == [path] if path else not found

    await until(is_so, seconds=FINDABLE_SECONDS * SLOWNESS)
    return time.monotonic() - started


async def test_the_watcher_alone_finds_what_comes_changes_and_goes(tmp_path: Path) -> None:
    vault = vaults.make(tmp_path / "vault", NOTES)
    async with sidecar(tmp_path / "data", vault) as running:
        (vault / "New.md").write_text("a quokka")
        await shows(running, "quokka", "New.md")
        (vault / "New.md").write_text("a wallaby")
        await shows(running, "wallaby", "New.md")
        await shows(running, '"quokka"', None)
        (vault / "deep" / "er").mkdir(parents=True)
        (vault / "deep" / "er" / "Note.md").write_text("a bandicoot")
        await shows(running, "bandicoot", "deep/er/Note.md")
        (vault / "deep" / "er" / "Second.md").write_text("a numbat")
        await shows(running, "numbat", "deep/er/Second.md")
        part = vault / "deep" / "er" / "Second.md.tmp"
        part.write_text("a potoroo")
        part.replace(vault / "deep" / "er" / "Second.md")
        await shows(running, "potoroo", "deep/er/Second.md")
        (vault / "New.md").unlink()
        await shows(running, '"wallaby"', None)
        shutil.rmtree(vault / "deep")
        await shows(running, '"potoroo"', None)
        await running.settled()
    await same_as_clean(tmp_path, vault)


async def same_as_clean(folder: Path, vault: Path) -> None:
    async with sidecar(folder / "clean", vault) as running:
        await running.settled()
    held, wanted = stores(folder / "data", vault), stores(folder / "clean", vault)
    for name, rows in wanted.items():
        assert held[name] == rows, name


def with_links(folder: Path) -> Path:
    """A vault with a folder of many notes, and notes outside that link into it by name and by path."""
    vault = vaults.make(folder / "vault", 30)
    (vault / "Many").mkdir()
    for number in range(IN_FOLDER):
        (vault / "Many" / f"Leaf {number}.md").write_text(
            f"leafword{number}z [[Leaf {(number + 1) % IN_FOLDER}]] [[Hub]]"
        )
    (vault / "Hub.md").write_text("[[Leaf 3]] and [[Many/Leaf 4]] and [[Moved/Leaf 5]]")
    return vault


async def links_of_hub(running: Sidecar) -> dict[str, str | None]:
    links = await running.call("notes.links", path="Hub.md")
    return {link["text"]: link["target"] for link in links["outgoing"] + links["unresolved"]}


BEFORE = {"Leaf 3": "Many/Leaf 3.md", "Many/Leaf 4": "Many/Leaf 4.md", "Moved/Leaf 5": None}
AFTER = {"Leaf 3": "Moved/Leaf 3.md", "Many/Leaf 4": None, "Moved/Leaf 5": "Moved/Leaf 5.md"}


async def moved(running: Sidecar) -> None:
    """Everything is under the new path, nothing under the old."""

    async def is_moved() -> bool:
        """the folder has moved"""
        there = await running.search("path:Moved/ leafword3z", 1)
        here = await running.search("path:Many/", 1)
        return there["total"] > 0 and here["total"] == 0

    await until(is_moved, seconds=FINDABLE_SECONDS * SLOWNESS)
    assert (await running.found("leafword77z"))[0] == "Moved/Leaf 77.md"
    await running.changed("Hub.md")

    async def links_follow() -> bool:
        """links lead to the new path"""
        return await links_of_hub(running) == AFTER

    await until(links_follow, seconds=FINDABLE_SECONDS * SLOWNESS)
    backlinks = (await running.call("notes.links", path="Moved/Leaf 10.md"))["backlinks"]
    assert [link["source"] for link in backlinks] == ["Moved/Leaf 9.md"]
    await running.settled()


async def test_a_folder_of_500_notes_that_a_client_renames(tmp_path: Path) -> None:
    vault = with_links(tmp_path)
    async with sidecar(tmp_path / "data", vault) as running:
        await running.settled()
        assert await links_of_hub(running) == BEFORE
        (vault / "Many").rename(vault / "Moved")
        change = {"kind": "renamed", "path": "Many", "newPath": "Moved"}
        await running.call("vault.changed", changes=[change])
        assert (await running.found("leafword77z"))[0] == "Moved/Leaf 77.md"
        await moved(running)
    await same_as_clean(tmp_path, vault)


async def test_a_folder_of_500_notes_that_the_watcher_sees_renamed(tmp_path: Path) -> None:
    vault = with_links(tmp_path)
    async with sidecar(tmp_path / "data", vault) as running:
        await running.settled()
        (vault / "Many").rename(vault / "Moved")
        await moved(running)
    await same_as_clean(tmp_path, vault)


async def test_a_note_that_moves_takes_its_links_along(tmp_path: Path) -> None:
    vault = with_links(tmp_path)
    async with sidecar(tmp_path / "data", vault) as running:
        await running.settled()
        (vault / "Many" / "Leaf 3.md").rename(vault / "Leaf 3.md")
        change = {"kind": "renamed", "path": "Many/Leaf 3.md", "newPath": "Leaf 3.md"}
        await running.call("vault.changed", changes=[change])
        assert (await running.found("leafword3z"))[0] == "Leaf 3.md"
        assert "Many/Leaf 3.md" not in await running.found("leafword3z")
        (vault / "Leaf 600.md").write_text("first")
        (vault / "Leaf 601.md").write_text("[[Leaf 600]]")
        (vault / "Hub.md").write_text("[[Leaf 3]] [[Leaf 700]] [[Leaf 701]]")
        await running.changed("Leaf 600.md", "Leaf 601.md", "Hub.md")
        for number in (700, 701):
            (vault / f"Leaf {number}.md").write_text("linked before it was there")
        await running.changed("Leaf 700.md", "Leaf 701.md", kind="created")

        async def links_follow() -> bool:
            """links lead to what came later"""
            return await links_of_hub(running) == {
                "Leaf 3": "Leaf 3.md", "Leaf 700": "Leaf 700.md", "Leaf 701": "Leaf 701.md",
            }  # fmt: skip

        await until(links_follow)
        (vault / "Leaf 700.md").unlink()
        await running.changed("Leaf 700.md", kind="deleted")

        async def link_is_broken() -> bool:
            """the link to what went leads nowhere"""
            return (await links_of_hub(running))["Leaf 700"] is None

        await until(link_is_broken)
        await running.settled()
    await same_as_clean(tmp_path, vault)


async def test_without_a_watcher_what_a_client_names_is_looked_at(tmp_path: Path) -> None:
    vault = vaults.make(tmp_path / "vault", NOTES)
    config = tmp_path / "data-config"
    config.mkdir()
    (config / "settings.json").write_text('{"version": 1, "settings": {"watch": false}}')
    async with sidecar(tmp_path / "data", vault) as running:
        await running.settled()
        (vault / "New").mkdir()
        (vault / "One.md").write_text("a quokka")
        (vault / "New" / "Two.md").write_text("a wallaby")
        await running.changed("One.md", kind="created")
        assert [await running.found('"quokka"'), await running.found('"wallaby"')] == [["One.md"], []]
        await running.changed("")
        assert await running.found('"wallaby"') == ["New/Two.md"]
        (vault / "New").rename(vault / "Moved")
        await running.call("vault.changed", changes=[{"kind": "renamed", "path": "New", "newPath": "Moved"}])
        assert await running.found('"wallaby"') == ["Moved/Two.md"]
        shutil.rmtree(vault / "Moved")
        await running.changed("Moved", kind="deleted")
        assert await running.found('"wallaby"') == []
