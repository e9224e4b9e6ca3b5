"""What calls cost: by the list of ``genai-prices`` as it was installed, by prices that a person gave, and nothing for
models on this machine. Asks no network; what it does not know, it does not guess.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from librarian import tokens
from librarian.chat.conversation import Usage
from librarian.chat.presets import PRESETS
from librarian.errors import PriceUnknown, SettingInvalid
from librarian.money import Estimate, micro_usd

if TYPE_CHECKING:
    from librarian.chat.conversation import Limits, Message

MILLION = Decimal(1_000_000)
LOCAL = frozenset(preset.name for preset in PRESETS if preset.local)
"""Providers that run on a person's own machines."""
_FILES = frozenset(preset.name for preset in PRESETS if preset.speaks == "llama")
"""Those that are asked at no address, whatever stands in the settings."""
_NEAR = re.compile(r"[^.]+|.*\.(?:localhost|local|lan|home|internal|home\.arpa)", re.IGNORECASE)
"""Names of machines in one's own network."""
_SHARED = ipaddress.ip_network("100.64.0.0/10")
"""Addresses that virtual private networks give out."""
FREE = re.compile(r":free$")
"""What OpenRouter calls models that it serves for nothing; no other price is taken to be 0."""
GIVEN = re.compile(
    r"(?P<provider>[^/=\s]+)/(?P<model>[^=\s]+)=(?P<read>[0-9]+(?:\.[0-9]+)?)/(?P<written>[0-9]+(?:\.[0-9]+)?)"
)


@dataclass(frozen=True, slots=True)
class Given:
    """A price that a person gave, in US dollars for a million tokens."""

    read: Decimal
    written: Decimal

    def of(self, usage: Usage) -> Decimal:
        asked = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        return (asked * self.read + usage.output_tokens * self.written) / MILLION


def given(lines: Sequence[str]) -> dict[tuple[str, str], Given]:
    """Prices as the setting ``model_prices`` spells them: ``provider/model=read/written``. Raises SettingInvalid."""
    prices = {}
    for line in lines:
        found = GIVEN.fullmatch(line)
        if found is None:
            raise SettingInvalid(
                f"{line[:80]!r} is no price. Write it so: provider/model=0.25/1.25", setting="model_prices"
            )
        prices[found["provider"], found["model"]] = Given(Decimal(found["read"]), Decimal(found["written"]))
    return prices


def local_providers(chosen: str, base_url: str) -> frozenset[str]:
    """Providers that cost nothing: not the chosen one where it is asked at an address that may be anybody's."""
    if not base_url or _is_near(urlsplit(base_url).hostname or ""):
        return LOCAL
    return LOCAL - ({chosen} - _FILES)


def _is_near(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _NEAR.fullmatch(host) is not None
    return address.is_private or address.is_link_local or (address.version == 4 and address in _SHARED)


class Prices:
    """Prices of models, in micro-dollars, each call's rounded up."""

    def __init__(
        self,
        own: Mapping[tuple[str, str], Given] | None = None,
        *,
        local: frozenset[str] = LOCAL,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``own``: what a person said, by provider and model; it goes before the list."""
        self._own = own or {}
        self._local = local
        self._clock = clock

    def at(self, provider: str, base_url: str) -> Prices:
        """The same where a provider is asked at this address, empty for its own."""
        return Prices(self._own, local=local_providers(provider, base_url), clock=self._clock)

    def is_local(self, provider: str) -> bool:
        """Whether calls cost time and no money."""
        return provider in self._local

    def price(self, provider: str, model: str, usage: Usage) -> int:
        """What these tokens cost. Raises PriceUnknown."""
        if self.is_local(provider):
            return 0
        own = self._own.get((provider, model))
        return micro_usd(own.of(usage) if own else max(_listed(provider, model, usage, self._clock())))

    def embedding(self, provider: str, model: str, texts: Sequence[str], *, ratio: float = 1.0) -> Estimate:
        """What it may cost to embed texts, before it is done. Raises PriceUnknown. ``ratio`` as for `estimate`."""
        counts = [tokens.count(text) for text in texts]
        counted, most = sum(each.expected for each in counts), sum(each.at_most for each in counts)
        read = round(counted * ratio)
        return Estimate(
            counted_tokens=counted,
            input_tokens=read,
            expected_micro=self.price(provider, model, Usage(input_tokens=read)),
            at_most_micro=self.price(provider, model, Usage(input_tokens=max(most, round(read * 1.1)))),
        )

    def estimate(
        self,
        provider: str,
        model: str,
        messages: Sequence[Message],
        limits: Limits,
        *,
        ratio: float = 1.0,
    ) -> Estimate:
        """What a call may cost, before it is made. Raises PriceUnknown.

        ``ratio``: how many tokens this model was found to count for one of ours.
        """
        texts = [message.text for message in messages]
        if limits.json_schema is not None:
            texts.append(str(dict(limits.json_schema)))
        counts = [tokens.count(each) for each in texts]
        read = sum(each.expected + tokens.OF_A_MESSAGE for each in counts)
        read_at_most = sum(each.at_most + 2 * tokens.OF_A_MESSAGE for each in counts)
        counted, read = read, round(read * ratio)
        read_at_most = max(read_at_most, round(read * 1.1))
        written = limits.expected_output_tokens
        if written is None:
            written = limits.max_output_tokens // 2
        bounds = (
            Usage(input_tokens=read_at_most, output_tokens=limits.max_output_tokens),
            # Writing to a provider's cache costs more than reading afresh.
            Usage(cache_write_tokens=read_at_most, output_tokens=limits.max_output_tokens),
        )
        return Estimate(
            counted_tokens=counted,
            input_tokens=read,
            expected_micro=self.price(provider, model, Usage(input_tokens=read, output_tokens=written)),
            at_most_micro=max(self.price(provider, model, usage) for usage in bounds),
            output_tokens=written,
        )


def _listed(provider: str, model: str, usage: Usage, at: datetime) -> Iterator[Decimal]:
    """The price in the list, or the prices where that depends on who serves the model. Raises PriceUnknown without one.

    genai-prices raises LookupError for what it does not know, and ValueError for tokens that it cannot tell apart.
    """
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    if provider == "openrouter" and FREE.search(model):
        yield Decimal(0)
        return
    counted = Counted(
        # Theirs has those of the cache in it.
        input_tokens=usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        output_tokens=usage.output_tokens,
    )
    found = False
    for name, bare in _sellers(provider, model):
        try:
            calculated = calc_price(counted, bare, provider_id=name, genai_request_timestamp=at)
        except (LookupError, ValueError):
            continue
        if _is_whole(calculated.model_price, usage):
            found = True
            yield calculated.total_price
    if not found:
        raise PriceUnknown(provider, model)


def _is_whole(price: Any, usage: Usage) -> bool:
    """Whether it has a price for every kind of token that was used; a missing one would count as nothing."""
    asked = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    return bool((not asked or price.input_mtok) and (not usage.output_tokens or price.output_mtok))


def _sellers(provider: str, model: str) -> Iterator[tuple[str, str]]:
    """Under which names the list may have a model: provider and model."""
    if provider != "huggingface":
        yield provider, model
        return
    # Its router takes "model:seller", and chooses a seller itself where none is named.
    bare, _, seller = model.partition(":")
    from genai_prices.data import providers

    names = [each.id for each in providers if each.id.startswith("huggingface_")]
    chosen = f"huggingface_{seller}"
    yield from ((name, bare) for name in names if chosen in (name, "huggingface_") or seller in ("fastest", "cheapest"))
