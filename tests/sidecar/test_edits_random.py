"""Random changes, undos and strangers' edits against a plain dictionary: no byte differs, ever."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from workbench import Bench

from librarian.edit import BOM, Create, Edit, Rename, Replacement, Rewrite, Trash, digest_of, units

PATHS = ("a.md", "b.md", "c.md", "folder/d.md", "folder/e.md")
PIECES = st.sampled_from(["a", "é", "e\u0301", "👩‍🚀", "\r\n", "\n", "[[x]]", "家"])
TEXTS = st.lists(PIECES, max_size=12).map("".join)
CONTENTS = st.builds(lambda mark, text: mark + text.encode(), st.sampled_from([b"", BOM]), TEXTS)
OTHERS = CONTENTS | st.binary(max_size=8)

Vault = dict[str, bytes]
Act = tuple[str, int, list[tuple[str, str]], list[int], bytes, str]
ACTS = st.tuples(
    st.sampled_from(["change", "change", "undo", "stranger"]),
    st.integers(0, 20),
    st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(["rewrite", "create", "rename", "trash"])), max_size=4,
             unique_by=lambda pair: pair[0]),
    st.lists(st.integers(0, 20), min_size=2, max_size=2).map(sorted),
    OTHERS,
    TEXTS,
)  # fmt: skip


def is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not content.removeprefix(BOM).startswith(BOM)


def edit_of(vault: Vault, path: str, kind: str, span: list[int], text: str) -> tuple[Edit, Vault] | None:
    """An edit that fits the vault, and the files that it leaves (None of it where it does not fit)."""
    there = vault.get(path)
    if kind == "create":
        return None if there is not None else (Create(path=path, content=text), {path: text.encode()})
    if there is None:
        return None
    digest = digest_of(there)
    if kind == "trash":
        return Trash(path=path, digest=digest), {}
    if kind == "rename":
        to = f"moved/{path}"
        return None if to in vault else (Rename(path=path, digest=digest, to=to), {to: there})
    if not is_text(there):
        return None
    mark, body = (BOM, there[3:]) if there.startswith(BOM) else (b"", there)
    characters = list(body.decode())
    start, end = (min(place, len(characters)) for place in span)
    place = units("".join(characters[:start]))
    new = Replacement(start=place, end=place + units("".join(characters[start:end])), text=text)
    after = mark + "".join([*characters[:start], text, *characters[end:]]).encode()
    return Rewrite(path=path, digest=digest, replacements=(new,)), {path: after}


class Model:
    """What the vault should hold, and what each change did: path → content, before and after."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.changes: list[tuple[str, list[tuple[Vault, Vault]]]] = []

    def edits(
        self, wanted: list[tuple[str, str]], span: list[int], text: str
    ) -> tuple[list[Edit], list[tuple[Vault, Vault]]]:
        edits, effects = [], []
        for path, kind in wanted:
            if (made := edit_of(self.vault, path, kind, span, text)) is not None:
                edits.append(made[0])
                effects.append(({path: self.vault[path]} if path in self.vault else {}, made[1]))
        return edits, effects

    def put(self, before: Vault, after: Vault) -> None:
        for path in before:
            del self.vault[path]
        self.vault.update(after)

    def stands(self, before: Vault, after: Vault) -> bool:
        """Whether a step is still what it left: its files are there, and those it took away are not."""
        return all(self.vault.get(path) == content for path, content in after.items()) and not any(
            path in self.vault for path in before if path not in after
        )


async def play(folder: Path, start: Vault, acts: list[Act]) -> None:
    root = folder / "vault"
    root.mkdir()
    bench = Bench(root, folder / "ledger.sqlite")
    for path, content in {**start, **bench.others}.items():
        bench.write(path, content)
    model = Model(dict(start))
    async with bench.opened():
        for kind, number, wanted, span, content, text in acts:
            if kind == "change":
                edits, effects = model.edits(wanted, span, text)
                applied = await bench.apply(*edits)
                assert applied.conflicts == ()
                for before, after in effects:
                    model.put(before, after)
                if applied.change_id:
                    model.changes.append((applied.change_id, effects))
            elif kind == "stranger":
                path = PATHS[number % len(PATHS)]
                bench.write(path, content)
                model.vault[path] = content
            elif model.changes:
                change_id, effects = model.changes[number % len(model.changes)]
                await bench.edits.undo(change_id)
                for before, after in reversed(effects):
                    if model.stands(before, after):
                        model.put(after, before)
            seen = {path: data for path, data in bench.contents().items() if not path.startswith(".")}
            assert seen == model.vault
        assert "unfinished" not in await bench.states()


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(PATHS), OTHERS, min_size=1), st.lists(ACTS, max_size=10))
def test_random_changes_and_undos_leave_what_a_dictionary_says(start: Vault, acts: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), start, acts))
