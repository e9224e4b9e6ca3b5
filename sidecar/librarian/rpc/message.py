"""Reads what a client sent, as strictly as a stranger deserves, before anything else sees it.

Python's ``json`` takes ``NaN``, ``1e5000``, repeated keys and half surrogate pairs without a word, and each of them
would come back to bite us later: as invalid JSON in an answer, or as a value that two readers understand differently.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Final, NoReturn

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 64
MAX_CONTAINERS: Final = 50_000
"""Arrays and objects in one message; a mebibyte of brackets would keep every other client waiting while it is read."""
MAX_BATCH: Final = 50
MAX_ID_CHARACTERS: Final = 128
MAX_SAFE_INTEGER: Final = 2**53 - 1
"""The largest integer that a JavaScript client can name exactly."""

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603

Id = str | int

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_AS_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_ENVELOPE = frozenset({"jsonrpc", "method", "params", "id"})
_RESULT, _ERROR = {"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"}


class Refused(Exception):
    """Something that is not a call; ``id`` is None when none could be made out."""

    def __init__(self, code: int, message: str, request_id: Id | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.id = request_id


@dataclass(frozen=True, slots=True)
class Request:
    """One well-formed call, or a notification when ``id`` is None."""

    method: str
    params: dict[str, Any]
    id: Id | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client says to something it was asked: a result, or an error."""

    id: str
    result: Any
    error: dict[str, Any] | None


Part = Request | Answer | Refused


def read(text: str | bytes) -> Part | list[Part]:
    """Read one message: a request, an answer, a batch of them, or why it is none of these.

    In a batch each element is judged by itself, as the specification asks.
    """
    try:
        value = _parse(text)
        if not isinstance(value, list):
            return _request(value)
        if not value:
            raise Refused(INVALID_REQUEST, "A batch must hold at least one request.")
        if len(value) > MAX_BATCH:
            raise Refused(INVALID_REQUEST, f"A batch may hold at most {MAX_BATCH} requests.")
    except Refused as refusal:
        return _bare(refusal)
    return [_judge(element) for element in value]


def _judge(element: Any) -> Part:
    try:
        return _request(element)
    except Refused as refusal:
        return _bare(refusal)


def _bare(refusal: Refused) -> Refused:
    """Cut off the traceback and the cause: they keep a mebibyte of text alive until the collector comes by."""
    refusal.__context__ = None
    return refusal.with_traceback(None)


def _parse(text: str | bytes) -> Any:
    text = _decode(text)
    brackets = _brackets(text)
    if brackets.count(b"[") > MAX_CONTAINERS:
        raise Refused(PARSE_ERROR, f"A message may hold at most {MAX_CONTAINERS} arrays and objects.")
    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        raise Refused(PARSE_ERROR, f"Nested more than {MAX_DEPTH} levels deep.") from None
    except ValueError:
        # JSONDecodeError, and the plain ValueError of an integer with thousands of digits.
        raise Refused(PARSE_ERROR, "Not valid JSON.") from None
    if _deeper_than(brackets, MAX_DEPTH):
        raise Refused(PARSE_ERROR, f"Nested more than {MAX_DEPTH} levels deep.")
    if _SURROGATE_ESCAPE.search(text) and _holds_lone_surrogate(value):
        raise Refused(PARSE_ERROR, "A string holds half of a surrogate pair.")
    return value


def _decode(text: str | bytes) -> str:
    if len(text) > MAX_BYTES:
        raise Refused(INVALID_REQUEST, f"A message may hold at most {MAX_BYTES} bytes.")
    try:
        if isinstance(text, bytes):
            return text.decode()
        if len(text.encode()) > MAX_BYTES:
            raise Refused(INVALID_REQUEST, f"A message may hold at most {MAX_BYTES} bytes.")
    except UnicodeError:
        raise Refused(PARSE_ERROR, "Not valid UTF-8.") from None
    return text


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object, refusing a repeated key: two readers could take different ones of its values."""
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise Refused(PARSE_ERROR, "An object names the same key twice.")
    return unique


def _refuse_constant(_: str) -> NoReturn:
    raise Refused(PARSE_ERROR, "NaN and Infinity are not JSON.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Refused(PARSE_ERROR, "A number is out of range.")
    return number


def _brackets(text: str) -> bytes:
    """The brackets of JSON, of one kind and without all between them; none when there are too few to look at."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return b""
    return _STRING.sub("", text).encode().translate(_AS_ONE_KIND, _NOT_BRACKETS)


def _deeper_than(brackets: bytes, levels: int) -> bool:
    """Say whether valid JSON nests deeper than ``levels``, by peeling the innermost level off, round by round."""
    for _ in range(levels):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _holds_lone_surrogate(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _request(value: Any) -> Request | Answer:
    if not isinstance(value, dict):
        raise Refused(INVALID_REQUEST, "A request is an object.")
    request_id = _identity(value)
    if value.get("jsonrpc") != "2.0":
        raise Refused(INVALID_REQUEST, 'A request says "jsonrpc": "2.0".', request_id)
    if (answer := _answer(value, request_id)) is not None:
        return answer
    if not isinstance(method := value.get("method"), str):
        raise Refused(INVALID_REQUEST, "A request names its method.", request_id)
    if not value.keys() <= _ENVELOPE:
        raise Refused(INVALID_REQUEST, "A request holds only jsonrpc, method, params and id.", request_id)
    params = value.get("params", {})
    if isinstance(params, list):
        raise Refused(INVALID_PARAMS, "Parameters go by name, not by position.", request_id)
    if not isinstance(params, dict):
        raise Refused(INVALID_REQUEST, "Parameters are an object.", request_id)
    return Request(method, params, request_id)


def _answer(value: dict[str, Any], request_id: Id | None) -> Answer | None:
    """An answer to a question of ours, by its form; None for anything else."""
    if not isinstance(request_id, str) or value.keys() not in (_RESULT, _ERROR):
        return None
    error = value.get("error")
    if "error" in value and not (
        isinstance(error, dict) and type(error.get("code")) is int and isinstance(error.get("message"), str)
    ):
        return None
    return Answer(request_id, value.get("result"), error)


def _identity(value: dict[str, Any]) -> Id | None:
    """The request's id; None for a notification. A null id is refused: its answer could not be told from an error."""
    if "id" not in value:
        return None
    request_id = value["id"]
    if isinstance(request_id, str) and len(request_id) <= MAX_ID_CHARACTERS:
        return request_id
    if type(request_id) is int and abs(request_id) <= MAX_SAFE_INTEGER:
        return request_id
    raise Refused(INVALID_REQUEST, f"An id is a whole number or a string of at most {MAX_ID_CHARACTERS} characters.")
