"""What is told about settings: each with its value for one vault, who chose it, and whether it holds already."""

from __future__ import annotations

from typing import Literal

from librarian.value import Value

SettingValue = bool | int | str | tuple[str, ...]
Scope = Literal["default", "everyVault", "thisVault"]
Kind = Literal["switch", "number", "text", "folders", "names", "money"]


class Setting(Value):
    """A setting as it is chosen for one vault."""

    name: str
    kind: Kind
    """`folders`, `names`: lists of text. `money`: US dollars, as text such as `0.50`."""
    value: SettingValue
    default: SettingValue
    scope: Scope
    """Whose choice the value is; one for this vault goes before one for every vault."""
    description: str
    minimum: int | None = None
    """For `number`; likewise the next."""
    maximum: int | None = None
    options: tuple[str, ...] = ()
    """For `text`: values that are known to work here; others may, too."""
    holds: bool
    """False while the open vault still goes by another value: until it is closed and opened, or the sidecar is started
    anew.
    """


class VaultSettings(Value):
    """Every setting of one vault."""

    settings: tuple[Setting, ...]
    notices: tuple[str, ...]
    """What was wrong in the file that they are kept in, and is mended."""
