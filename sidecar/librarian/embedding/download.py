"""Downloading a model that we know: its folder is named only once every byte of its files is what it should be."""

from __future__ import annotations

import os
from pathlib import Path

from librarian.downloading import HUB, RemoteFile, fetch, make_room, written_to
from librarian.embedding.known import KnownModel
from librarian.worker import Progress


def download(model: KnownModel, models: Path, progress: Progress, *, hub: str = HUB) -> Path:
    """The folder of the model below ``models``, downloaded unless it is there. ``progress`` is told bytes.

    What was received before a failure is kept and goes on from there. Raises DownloadFailed, StorageFull.
    """
    target = models / model.name
    if target.is_dir():
        progress(model.size, model.size)
        return target
    # Visible to nobody as a model until it is renamed; what came of another revision is not mixed in.
    scratch = models / f".{model.name}-{model.revision[:8]}.part"
    with written_to(models):
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        received = sum(file.stat().st_size for file in scratch.rglob("*") if file.is_file())
        make_room(models, model.size - received)
        before = 0

        def told(done: int) -> None:
            progress(before + done, model.size)

        for file in model.files:
            address = f"{hub}/{model.repository}/resolve/{model.revision}/{file.path}"
            final = scratch / file.path
            # It got its name only after its digest was right.
            if not final.exists():
                final.parent.mkdir(mode=0o700, exist_ok=True)
                part = final.with_name(final.name + ".part")
                fetch(RemoteFile(address, file.size, file.sha256), part, told)
                os.replace(part, final)
            before += file.size
        os.replace(scratch, target)
    return target
