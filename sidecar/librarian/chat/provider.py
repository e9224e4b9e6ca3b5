"""What is told about providers: which there are, and whether one works."""

from __future__ import annotations

from typing import Literal

from librarian.value import Value


class Provider(Value):
    """One that can be chosen."""

    name: str
    title: str
    local: bool
    """It runs on the person's own machines and costs nothing but time."""
    base_url: str
    """Where it is asked: its own address, or the one that was chosen."""
    key: Literal["needed", "taken", "none"]
    """`taken`: it works without one, unless it was set up to want one."""
    key_from: Literal["plugin", "environment", "keyring"] | None
    """Where its key comes from; None: there is none."""
    key_page: str
    """The page where one gets a key; empty where there is none."""
    default_model: str
    """Empty: one has to be chosen."""
    chosen: bool


class Tested(Value):
    """How a test of a provider went."""

    works: bool
    model: str
    told: str
    """What is wrong and what to do, or that it works."""
    hint: str | None = None
    """What to type on a command line, where that helps."""
    took_ms: int
    cost_usd: str | None
    """US dollars, as a decimal number; `0.00` where nothing was sent; None where nobody knows its price."""
