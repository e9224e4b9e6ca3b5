"""How a method of the wire is declared: a value made from one async function, its models and its errors.

``@method`` registers nothing. ``librarian.methods`` lists what is served; the dispatcher, the OpenRPC document, the
TypeScript client and the reference page are all made from that list.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from librarian.errors import Cancelled, LibrarianError, NotInitialized, TooBusy
from librarian.status import Progress
from librarian.telling import Delta, Step
from librarian.value import Value

if TYPE_CHECKING:
    from librarian.library import Library
    from librarian.rpc.session import InFlight, Session

PROTOCOL: Final = 1
SUBPROTOCOL: Final = "librarian.v1"

P = TypeVar("P", bound="Params")

COMMON_ERRORS: tuple[type[LibrarianError], ...] = (NotInitialized, TooBusy, Cancelled)
"""What any method may answer with, besides the protocol's own codes."""


PROGRESS: tuple[type[BaseModel], ...] = (Progress, Delta, Step)
"""What ``$/progress`` may carry, told apart by ``kind``, which the first has not."""


class Params(Value):
    """Parameters by name. JSON types are taken as they are: ``"5"`` is not a number."""

    model_config = ConfigDict(strict=True)


class Progressive(Params):
    """Parameters of a method that tells how far it is, in ``$/progress`` notices that carry the client's own token."""

    progress_token: str | int | None = None
    """Chosen by the client; without it no progress is told."""


class Open(Value):
    """A record in which a client may send fields that we do not know."""

    model_config = ConfigDict(extra="ignore")


@dataclass(frozen=True, slots=True)
class Call:
    """What a method sees of its caller."""

    library: Library
    session: Session
    flight: InFlight
    progress_token: str | int | None = None

    def progress(self, value: BaseModel) -> None:
        """Tell the caller how far this call is, if it asked to know."""
        if self.progress_token is not None:
            self.session.send_progress(self.progress_token, value)


class BadParams(Exception):
    """Parameters that do not fit; ``problems`` says where and why without repeating what was sent."""

    def __init__(self, problems: list[dict[str, str]]) -> None:
        super().__init__("Invalid params.")
        self.problems = problems


@dataclass(frozen=True)
class Method(Generic[P]):
    """One method of the wire."""

    name: str
    params: type[P]
    result: Any
    """A type that pydantic can serialise; ``None`` for methods that only do something."""
    errors: tuple[type[LibrarianError], ...]
    function: Callable[[Call, P], Awaitable[Any]]
    early: bool = False
    """May be called before ``session.initialize``."""

    @cached_property
    def summary(self) -> str:
        return inspect.getdoc(self.function) or ""

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.result)

    def read(self, params_json: str) -> P:
        """Validate parameters; raises `BadParams`."""
        try:
            # From JSON, not from the parsed object: strict mode then takes an array for a tuple, as it should.
            return self.params.model_validate_json(params_json, by_alias=True, by_name=False)
        except ValidationError as error:
            raise BadParams([_problem(dict(found)) for found in error.errors(include_url=False)[:5]]) from None

    def write(self, result: Any) -> str:
        """Serialise a result; NaN becomes null, which is the only way JSON can say it."""
        return self._adapter.dump_json(result, by_alias=True).decode()


def _problem(found: dict[str, Any]) -> dict[str, str]:
    at = ".".join(str(step) for step in found["loc"])[:80]
    return {"at": at, "problem": str(found["msg"])[:200]}


@dataclass(frozen=True)
class Notice:
    """Something the server says unasked."""

    name: str
    params: type[BaseModel]
    summary: str


@dataclass(frozen=True)
class Question:
    """Something the server asks a client that declared it can."""

    name: str
    params: type[BaseModel]
    result: type[BaseModel]
    summary: str

    def read(self, result_json: str) -> BaseModel:
        """Validate an answer; raises `BadParams`."""
        try:
            return self.result.model_validate_json(result_json, by_alias=True, by_name=False)
        except ValidationError as error:
            raise BadParams([_problem(dict(found)) for found in error.errors(include_url=False)[:5]]) from None


def method(
    name: str, *, errors: tuple[type[LibrarianError], ...] = (), early: bool = False
) -> Callable[[Callable[[Call, P], Awaitable[Any]]], Method[P]]:
    """Make a `Method` from ``async def name(call: Call, params: SomeParams) -> Result``."""

    def declare(function: Callable[[Call, P], Awaitable[Any]]) -> Method[P]:
        if not inspect.iscoroutinefunction(function) or not function.__doc__:
            raise TypeError(f"{name} must be an async function with a docstring")
        hints = get_type_hints(function, localns={"Call": Call})
        return Method(name, hints["params"], hints["return"], errors, function, early)

    return declare
