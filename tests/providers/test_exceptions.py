"""Every exception that an SDK or the network can raise has a meaning of ours; the tests walk what they export."""

from __future__ import annotations

import inspect
from types import ModuleType, SimpleNamespace
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from librarian.errors import AnswerBroken, LibrarianError, ModelError, ProviderUnreachable
from providers.protocols import KEY, AnthropicSpeech, OpenAISpeech, Speech

REQUEST = httpx2.Request("POST", "http://127.0.0.1/", headers={"authorization": KEY})


def exceptions(module: ModuleType) -> list[type[Exception]]:
    """The exception classes that a package exports; some appear only when they are asked for."""
    found = [getattr(module, name, None) for name in sorted({*dir(module), *getattr(module, "__all__", ())})]
    return [kind for kind in found if inspect.isclass(kind) and issubclass(kind, Exception)]


def below(kind: type[Exception]) -> set[type[Exception]]:
    """Every class that is made of this one, exported or not."""
    return {each for one in kind.__subclasses__() for each in (one, *below(one))}


def made(kind: type[Exception], status: int) -> Exception:
    """One of that class, with a text that must not come out, whatever its constructor wants."""
    response = httpx2.Response(status, request=REQUEST, json={"error": {"type": "x", "message": KEY}})
    known: dict[str, Any] = {
        "message": KEY, "request": REQUEST, "response": response, "body": {"error": {"message": KEY}},
        "completion": SimpleNamespace(usage=None), "error_code": "x",
    }  # fmt: skip
    for wanted in (known.keys(), ("message",), ()):
        options = {name: known[name] for name in wanted if name in _parameters(kind)}
        try:
            return kind(**options)
        except TypeError:
            continue
    try:
        return kind(KEY)
    except TypeError:
        error = kind.__new__(kind, KEY)
        Exception.__init__(error, KEY)
        return error


def _parameters(kind: type[Exception]) -> set[str]:
    try:
        return set(inspect.signature(kind).parameters)
    except ValueError:
        return set()


def walked(speech: Speech) -> list[type[Exception]]:
    sdk: ModuleType = anthropic if isinstance(speech, AnthropicSpeech) else openai
    base = sdk.AnthropicError if sdk is anthropic else sdk.OpenAIError
    return sorted({*exceptions(sdk), *below(base)}, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("speech", [AnthropicSpeech(), OpenAISpeech()], ids=lambda speech: speech.name)
def test_every_exception_of_an_sdk_has_a_meaning(speech: Speech, begun: bool) -> None:
    chat: Any = speech.chat("http://127.0.0.1:1")
    kinds = walked(speech)
    assert len(kinds) > 15
    for kind in kinds:
        for status in (200, 302, 400, 401, 403, 404, 408, 413, 418, 422, 429, 500, 503, 529):
            meaning = chat._fault(made(kind, status), begun=begun)
            assert isinstance(meaning, ModelError), kind
            assert type(meaning) is not ModelError, kind
            assert KEY not in f"{meaning} {meaning.data}", kind


@pytest.mark.parametrize("begun", [False, True])
def test_every_exception_of_the_network_has_a_meaning(speech: Speech, begun: bool) -> None:
    chat: Any = speech.chat("http://127.0.0.1:1")
    kinds = [kind for kind in exceptions(httpx2) if kind is not httpx2.CookieConflict]
    assert len(kinds) > 20
    for kind in [*kinds, OSError, ConnectionResetError, TimeoutError]:
        meaning = chat._fault(made(kind, 500), begun=begun)
        assert isinstance(meaning, AnswerBroken if begun else ProviderUnreachable), kind


def test_a_mistake_of_ours_is_not_taken_for_one_of_the_provider(speech: Speech) -> None:
    chat: Any = speech.chat("http://127.0.0.1:1")
    for mistake in (TypeError("ours"), KeyError("ours"), AttributeError("ours")):
        with pytest.raises(type(mistake)):
            chat._fault(mistake, begun=True)


def test_an_error_of_ours_goes_through_as_it_is(speech: Speech) -> None:
    chat: Any = speech.chat("http://127.0.0.1:1")
    ours: LibrarianError = AnswerBroken("x", "why")
    assert chat._fault(ours, begun=True) is ours
