"""Where keys come from: the plugin, else the environment, else the keyring of the system; kept in no file of ours.

The keyring is an extra; without it, or where the system has none, keys come from the other two.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal

from librarian.chat.presets import Preset
from librarian.chat.secret import Secret
from librarian.errors import KeyringUnusable

if TYPE_CHECKING:
    from types import ModuleType

log = logging.getLogger(__name__)

SERVICE: Final = "vault-librarian"
MAX_LENGTH: Final = 4096
PATIENCE_S: Final = 5.0
"""A keyring may ask the person to unlock it, on a screen that nobody looks at."""

REST_S: Final = 60.0
"""So long a keyring that did not answer is not asked again, so that a list of providers waits for it only once."""

Source = Literal["plugin", "environment", "keyring"]


class Keyring:
    """The keyring of the system, by the package ``keyring``; nobody else imports that."""

    def read(self, name: str) -> str | None:
        """The key of a provider. Raises KeyringUnusable."""
        with _told() as keyring:
            found = keyring.get_password(SERVICE, name)
        return found if isinstance(found, str) and found else None

    def write(self, name: str, key: Secret) -> None:
        """Keep a key. Raises KeyringUnusable."""
        with _told() as keyring:
            keyring.set_password(SERVICE, name, key.reveal())

    def erase(self, name: str) -> bool:
        """Forget a key; False when there was none. Raises KeyringUnusable."""
        with _told() as keyring:
            if keyring.get_password(SERVICE, name) is None:
                return False
            keyring.delete_password(SERVICE, name)
        return True


@contextmanager
def _told() -> Iterator[ModuleType]:
    try:
        import keyring
    except ImportError:
        raise KeyringUnusable(
            "Keys can be kept in the system's keyring once that is installed, from a clone: "
            "uv tool install '.[keyring]'. Else set the provider's environment variable."
        ) from None
    try:
        yield keyring
    except Exception as error:  # noqa: BLE001  # backends raise their own; none of their texts may hold a key
        reason = "it is locked" if isinstance(error, keyring.errors.KeyringLocked) else "it does not work here"
        if isinstance(error, keyring.errors.NoKeyringError):
            reason = "there is none"
        raise KeyringUnusable(
            f"The system's keyring cannot be used: {reason}. Set the provider's environment variable instead."
        ) from None


class Keys:
    """Keys of providers. ``given``: those that came with the start, by the names of presets."""

    def __init__(
        self,
        given: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        keyring: Keyring | None = None,
        *,
        patience_s: float = PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._given = {name: Secret(text) for name, text in (given or {}).items()}
        self._environment = environment or {}
        self._keyring = keyring
        self._patience_s = patience_s
        self._clock = clock
        self._rests_until = -math.inf

    def __repr__(self) -> str:
        return "Keys(…)"

    def find(self, preset: Preset) -> tuple[Secret, Source] | None:
        """The key of a provider and where it is from. May wait for the keyring, so it belongs in a thread."""
        if preset.key == "none":
            return None
        if key := usable(self._given.get(preset.name)):
            return key, "plugin"
        for variable in preset.variables:
            if key := usable(Secret(self._environment.get(variable, ""))):
                return key, "environment"
        key = usable(self._kept(preset.name))
        return (key, "keyring") if key else None

    def _kept(self, name: str) -> Secret | None:
        """What the keyring has; one that fails or does not answer has nothing."""
        keyring = self._keyring
        if keyring is None or self._clock() < self._rests_until:
            return None
        try:
            found = _within(self._patience_s, lambda: keyring.read(name))
        except (KeyringUnusable, TimeoutError) as error:
            log.debug("no key from the keyring: %s", error)
            self._rests_until = self._clock() + REST_S
            return None
        return Secret(found) if found else None


def usable(key: Secret | None) -> Secret | None:
    """A key as it can be sent: without blanks around it; None for what is no key."""
    text = key.reveal().strip() if key is not None else ""
    fits = 0 < len(text) <= MAX_LENGTH and text.isascii() and text.isprintable()
    return Secret(text) if fits else None


def _within(seconds: float, function: Callable[[], str | None]) -> str | None:
    """What ``function`` gives or raises. Raises TimeoutError when it takes longer; it is then left to itself."""
    result: Future[str | None] = Future()

    def run() -> None:
        try:
            result.set_result(function())
        except KeyringUnusable as error:
            result.set_exception(error)

    # Not a pool: at its end, a process would wait for the thread.
    threading.Thread(target=run, name="keyring", daemon=True).start()
    return result.result(seconds)
