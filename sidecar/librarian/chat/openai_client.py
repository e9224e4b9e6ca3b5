"""OpenAI's SDK, which nobody else imports, around a connection of ours; and what its errors mean."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from librarian.chat import connection, faults
from librarian.chat.address import Bounds, Place
from librarian.chat.faults import Told
from librarian.errors import AnswerBroken, ModelError, ProviderFailed, RequestRefused

if TYPE_CHECKING:
    from librarian.chat.refusals import Refusals

T = TypeVar("T")

LIST_S: Final = 30.0


class OpenAIClient:
    """One place that speaks OpenAI's protocol. Importing the SDK takes a second, so make it in a thread."""

    def __init__(self, place: Place, *, bounds: Bounds | None = None, now_s: Callable[[], float] = time.time) -> None:
        import openai

        self.provider = place.provider
        self._sdk = openai
        self._address = place.address
        self._bounds = bounds or Bounds()
        self._now_s = now_s
        self.api = openai.AsyncOpenAI(
            api_key=connection.UNUSED_KEY,
            base_url=place.address.url,
            max_retries=0,
            http_client=connection.connect(place, placed="bearer", bounds=self._bounds),
        )
        # With OPENAI_LOG in the environment it would log every request, notes and all.
        logging.getLogger("openai").setLevel(logging.WARNING)

    async def ask(
        self,
        model: str,
        request: Callable[[], tuple[dict[str, Any], list[str]]],
        refusals: Refusals,
        send: Callable[..., Awaitable[T]],
    ) -> T:
        """Send a request, made anew without what the model refuses of it. ``request``: it, and what may be refused."""
        while True:
            asked, features = request()
            try:
                return await send(**asked)
            except self._sdk.APIStatusError as error:
                if not isinstance(self.fault(error, model, begun=False), RequestRefused):
                    raise
                if not refusals.learn(_told(error), features):
                    raise

    def patience(self, timeout_s: float) -> Any:
        """Timeouts of one call, as the SDK takes them."""
        return connection.patience(timeout_s, self._bounds)

    async def models(self, model: str) -> tuple[str, ...]:
        """Names of the models that there are, in the provider's order; ``model`` is who asks. Raises ModelError."""
        with faults.translated(lambda error: self.fault(error, model, begun=False)):
            page = await self.api.models.list(timeout=self.patience(LIST_S))
            return tuple(model.id for model in page.data or () if isinstance(model.id, str))

    async def told(self, path: str) -> object:
        """What the server tells of itself at a path beside its `/v1`. Raises ModelError."""
        url = f"{self._address.url.removesuffix('/v1')}/{path}"
        with faults.translated(lambda error: self.fault(error, "", begun=False)):
            return await self.api.get(url, cast_to=object, options={"timeout": self.patience(LIST_S)})

    async def close(self) -> None:
        await self.api.close()

    def fault(self, error: Exception, model: str, *, begun: bool) -> ModelError:
        """What an error means. The SDK makes errors of its own of those of the network."""
        if isinstance(error, self._sdk.APIStatusError):
            return faults.fault(self.provider, model, _told(error), self._now_s())
        found = connection.fault(self.provider, self._address, error, begun=begun)
        return found or self._strange(error, model, begun=begun)

    def _strange(self, error: Exception, model: str, *, begun: bool) -> ModelError:
        if isinstance(error, self._sdk.APIConnectionError):
            return connection.lost(self.provider, self._address, begun=begun)
        if isinstance(error, self._sdk.APIResponseValidationError | ValueError | RecursionError):
            return AnswerBroken(self.provider, "it is not what was agreed")
        if isinstance(error, self._sdk.APIError):  # an error object in the midst of an answer
            return faults.fault(self.provider, model, Told(None, error.body, {}), self._now_s())
        if isinstance(error, self._sdk.OpenAIError):
            return ProviderFailed(self.provider)
        raise error


def _told(error: Any) -> Told:
    return Told(error.status_code, error.body, error.response.headers)
