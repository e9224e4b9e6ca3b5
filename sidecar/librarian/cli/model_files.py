"""What the commands about models do with model files, which write: bring them here, choose them, list them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from librarian.cli.terminal import clean_line, padded

PROVIDER = "embedded"


def is_named(name: str) -> bool:
    """Whether a model file is meant."""
    return name.partition("?")[0].endswith(".gguf") and not Path(name).is_dir()


def download(name: str, sha256: str | None) -> dict[str, Any]:
    """Bring in a file that is offered, or any of the hub's, and say which. Raises DownloadFailed, StorageFull."""
    from librarian.chat import hub, model_files
    from librarian.cli.progress import Bytes
    from librarian.places import Places

    offered, reference = model_files.known(name), hub.Reference.of(name)
    if offered is not None:
        pin = offered.pin
        if sha256 not in (None, pin.sha256):
            raise click.UsageError(f"{name} is offered here with the SHA-256 {pin.sha256}, and with no other.")
    elif reference is not None:
        pin = hub.pinned(reference, sha256=sha256)
    else:
        raise click.UsageError(
            f"'{clean_line(name)}' is no file of the hub. Write OWNER/REPOSITORY/FILE.gguf, or a name that "
            "'librarian models' lists."
        )
    with Bytes(f"Downloading {pin.name}") as bar:
        file = model_files.download(pin, Places.of().models, bar.show)
    return {"model": pin.name, "file": str(file), "repository": pin.repository, "revision": pin.revision,
            "sha256": pin.sha256}  # fmt: skip


def use(name: str, vault_id: str | None) -> dict[str, Any]:
    """Let a model file write, for all vaults or for one. Raises NoProvider, ModelNotFound."""
    from librarian.chat import model_files
    from librarian.places import Places
    from librarian.settings import change

    places = Places.of()
    file = Path(name).expanduser()
    model = str(file.absolute()) if file.is_file() else name
    model_files.require_library(PROVIDER)
    model_files.usable(PROVIDER, model, places.models)
    for setting, value in (("provider", PROVIDER), ("chat_model", model)):
        change(places.settings, setting, value, vault_id=vault_id)
    return {"provider": PROVIDER, "model": model}


def rows(provider: str, chosen: str) -> list[dict[str, Any]]:
    """Model files that are offered, those that are here, and the one in use."""
    from librarian.chat import model_files
    from librarian.places import Places

    models = Places.of().models
    here = model_files.names(models)
    used = chosen if provider == PROVIDER else ""
    offered = {file.pin.name: file for file in model_files.KNOWN}
    names = list(dict.fromkeys([*offered, *here, *([used] if used else [])]))
    return [{"name": name, **_told(offered.get(name), model_files.pin_of(name, models)), "writes": True,
             "onDisk": name in here or Path(name).is_file(), "inUse": name == used} for name in names]  # fmt: skip


def _told(offered: Any, pinned: Any) -> dict[str, Any]:
    pin = pinned or (offered.pin if offered else None)
    told = {"licence": offered.licence, "languages": offered.languages} if offered else {}
    if pin is not None:
        told |= {"megabytes": round(pin.size / 1e6), "source": f"{pin.repository}@{pin.revision}"}
    return told


def lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """The rows as a person reads them."""
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        mark = click.style("●", fg="green") if row["inUse"] else "○" if row["onDisk"] else " "
        size = f"{row['megabytes']:>5} MB" if "megabytes" in row else ""
        more = f"{row['licence']:<10}  {row['languages']}" if "licence" in row else clean_line(row.get("source", ""))
        yield f"{mark} {padded(clean_line(row['name']), width)}  {size}  {more}".rstrip()
