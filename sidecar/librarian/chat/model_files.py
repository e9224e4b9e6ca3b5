"""Model files (GGUF) on this machine: which have a name here, which file a name means, and what each must be.

Beside every file that was downloaded lies its pin: where it came from and its SHA-256. A file is called by its name
only while it has one, and nothing else is ever taken for it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import util
from pathlib import Path
from typing import Final

from librarian.downloading import HUB, RemoteFile, fetch, make_room, written_to
from librarian.errors import DownloadFailed, ModelNotFound, NoProvider
from librarian.places import alone, private_folder, write_whole

LIBRARY: Final = "xllamacpp"
MAGIC: Final = b"GGUF"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}\.gguf", re.ASCII)


@dataclass(frozen=True)
class Pin:
    """One file of one revision of a repository, which never changes."""

    repository: str
    revision: str
    file: str
    """Its path in the repository."""
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """What it is called here."""
        return self.file.rpartition("/")[2]


@dataclass(frozen=True)
class KnownFile:
    """A model file that is offered."""

    pin: Pin
    licence: str
    languages: str


def download(pin: Pin, models: Path, progress: Callable[[int, int], None], *, hub: str = HUB) -> Path:
    """The file in the folder ``models``, downloaded unless it is there. ``progress`` is told bytes.

    What was received before a failure is kept and goes on from there. Raises DownloadFailed, also where the name is
    pinned to another file, and StorageFull.
    """
    with written_to(models):
        private_folder(models)
        try:
            with alone(models / ".downloading", timeout_s=0):
                _bring(pin, models, progress, hub)
        except TimeoutError as error:
            raise DownloadFailed("Another download is running. Wait until it is done, then try again.") from error
    progress(pin.size, pin.size)
    return models / pin.name


def _bring(pin: Pin, models: Path, progress: Callable[[int, int], None], hub: str) -> None:
    pinned = pin_of(pin.name, models)
    if pinned is not None and pinned.sha256 != pin.sha256:
        raise DownloadFailed(
            _pinned_otherwise(pinned, pin),
            hint=f"To have it instead of the other: librarian models remove {pin.name}",
        )
    if is_here(pin.name, models):
        return
    # Not mixed with what came of another file of that name.
    part = models / f".{pin.name}-{pin.sha256[:8]}.part"
    make_room(models, pin.size - (part.stat().st_size if part.exists() else 0))
    address = f"{hub}/{pin.repository}/resolve/{pin.revision}/{pin.file}"
    fetch(RemoteFile(address, pin.size, pin.sha256), part, lambda done: progress(done, pin.size))
    write_whole(_pin_file(pin.name, models), json.dumps(asdict(pin), indent=2).encode())
    os.replace(part, models / pin.name)


def remove(name: str, models: Path) -> bool:
    """Remove a file with its pin, and what came of it by downloads that were not finished; whether there was any."""
    if not NAME.fullmatch(name):
        return False
    found = [models / name, _pin_file(name, models), *models.glob(f".{name}-*.part")]
    found = [each for each in found if each.is_file()]
    with written_to(models):
        for each in found:
            each.unlink()
    return bool(found)


def names(models: Path) -> tuple[str, ...]:
    """What can be run by its name; what is only half here is not."""
    found = sorted(file.name for file in models.glob("*.gguf")) if models.is_dir() else []
    return tuple(name for name in found if is_here(name, models))


def is_here(name: str, models: Path) -> bool:
    """Whether a file of this name was downloaded, and is whole."""
    pin = pin_of(name, models)
    try:
        return pin is not None and (models / name).stat().st_size == pin.size
    except OSError:
        return False


def pin_of(name: str, models: Path) -> Pin | None:
    """What the name is pinned to; None for one that is not, or a pin that cannot be read."""
    if not NAME.fullmatch(name):
        return None
    try:
        return Pin(**json.loads(_pin_file(name, models).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def require_library(provider: str) -> None:
    """Raises NoProvider when more has to be installed to run model files."""
    if util.find_spec(LIBRARY) is None:
        raise NoProvider(
            "To run model files here, more has to be installed. From a clone: uv tool install '.[llamacpp]'",
            provider=provider,
        )


def usable(provider: str, model: str, models: Path | None) -> Path:
    """The file of a model that is called by its name in the folder ``models``, or by its whole path.

    Raises ModelNotFound: also for what is no model file, and nothing is loaded from inside a vault.
    """
    try:
        file = Path(model).expanduser()
        named = models is not None and not file.is_absolute()
        if models is not None and named:
            if not is_here(model, models):
                raise _missing(provider, model)
            file = models / model
        begins = _begins(file) if file.is_absolute() and file.is_file() else None
        whole = file.resolve()
    except (OSError, ValueError, RuntimeError):
        raise ModelNotFound(provider, model, "The file cannot be read.") from None
    if begins is None:
        raise ModelNotFound(provider, model, "There is no such file; give its whole path.")
    if begins != MAGIC:
        raise ModelNotFound(provider, model, "That is no model file: those begin with GGUF.")
    if any((folder / ".obsidian").exists() for folder in whole.parents):
        raise ModelNotFound(provider, model, "Nothing is loaded from inside a vault. Move the file elsewhere.")
    return whole


def known(name: str) -> KnownFile | None:
    """The file that is offered under this name."""
    return next((each for each in KNOWN if each.pin.name == name), None)


def _missing(provider: str, name: str) -> ModelNotFound:
    if known(name) is not None:
        return ModelNotFound(provider, name, "It is not downloaded yet.", hint=f"Run: librarian models download {name}")
    reason = "Give the whole path of a model file (GGUF), or the name of one that is downloaded."
    return ModelNotFound(provider, name, reason, hint="See which are: librarian models")


def _pinned_otherwise(pinned: Pin, wanted: Pin) -> str:
    return (
        f"{wanted.name} is pinned to a file of {pinned.repository} (SHA-256 {pinned.sha256}); this one is another "
        f"(SHA-256 {wanted.sha256})."
    )


def _pin_file(name: str, models: Path) -> Path:
    return models / f"{name}.json"


def _begins(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(len(MAGIC))


# Their makers' own files. Sizes and digests were taken from what several unrelated projects publish, which agree.
KNOWN: Final = (
    KnownFile(
        Pin(
            repository="Qwen/Qwen2.5-1.5B-Instruct-GGUF",
            revision="91cad51170dc346986eccefdc2dd33a9da36ead9",
            file="qwen2.5-1.5b-instruct-q4_k_m.gguf",
            sha256="6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e",
            size=1_117_320_736,
        ),
        licence="Apache-2.0",
        languages="29 languages",
    ),
    KnownFile(
        Pin(
            repository="Qwen/Qwen3-4B-GGUF",
            revision="bc640142c66e1fdd12af0bd68f40445458f3869b",
            file="Qwen3-4B-Q4_K_M.gguf",
            sha256="7485fe6f11af29433bc51cab58009521f205840f5b4ae3a32fa7f92e8534fdf5",
            size=2_497_280_256,
        ),
        licence="Apache-2.0",
        languages="100 languages",
    ),
    KnownFile(
        Pin(
            repository="Qwen/Qwen3-8B-GGUF",
            revision="7c41481f57cb95916b40956ab2f0b139b296d974",
            file="Qwen3-8B-Q4_K_M.gguf",
            sha256="d98cdcbd03e17ce47681435b5150e34c1417f50b5c0019dd560e4882c5745785",
            size=5_027_783_488,
        ),
        licence="Apache-2.0",
        languages="100 languages",
    ),
)
