"""The reader of messages against slow and obvious references."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian.rpc import message
from librarian.rpc.message import Refused, Request, read

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_params_arrive_as_they_were_sent(params: dict[str, Any]) -> None:
    said = read(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "m", "params": params}))
    assert said == Request("m", params, 1)


@given(st.lists(st.sampled_from("[{"), max_size=90), st.text(alphabet='[]{}"\\', max_size=5), st.integers(0, 3))
def test_depth_is_refused_exactly_beyond_the_limit(shape: list[str], text: str, siblings: int) -> None:
    value: Any = text
    for bracket in reversed(shape):
        value = (
            [value, *[[] for _ in range(siblings)]] if bracket == "[" else {"k": value, text: {}, "z": [{}] * siblings}
        )
    request = {"jsonrpc": "2.0", "id": 1, "method": "m", "params": {"v": value}}
    said = read(json.dumps(request))
    assert isinstance(said, Refused) == (depth(request) > message.MAX_DEPTH)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=20), st.booleans())
def test_a_string_is_taken_exactly_when_utf8_can_carry_it(text: str, escaped: bool) -> None:
    said = read(json.dumps({"jsonrpc": "2.0", "method": "m", "params": {"t": text}}, ensure_ascii=escaped))
    try:
        text.encode()
        sound = True
    except UnicodeEncodeError:
        # Two halves that were given apart are one whole character once they stand side by side in JSON.
        sound = escaped and _sound(json.loads(json.dumps(text)))
    assert isinstance(said, Request) == sound


def _sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert isinstance(read(data), (Request, Refused, list))


@given(st.text(alphabet='{}[]",:\\ud8NaIe0159tru.-jsonpcmethi ', max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert isinstance(read(text), (Request, Refused, list))


@pytest.mark.parametrize(
    "text",
    [
        "[" * message.MAX_BYTES,
        "[]" * (message.MAX_BYTES // 2),
        '{"a":' * (message.MAX_BYTES // 5),
        "[" + "[]," * (message.MAX_BYTES // 3 - 2) + "[]]",
        "[" + "{}," * (message.MAX_BYTES // 3 - 2) + "{}]",
        '"' + "\\" * (message.MAX_BYTES - 2) + '"',
        '"' * message.MAX_BYTES,
        '["' + '\\"' * (message.MAX_BYTES // 2 - 4) + '"]',
        "9" * message.MAX_BYTES,
        "1" + "0" * (message.MAX_BYTES - 1),
        "[" + "1e5," * (message.MAX_BYTES // 4 - 2) + "1]",
        '"' + "\\ud800" * (message.MAX_BYTES // 6 - 1) + '"',
        " " * message.MAX_BYTES,
        "[" * 60 + "[],{}," * (message.MAX_BYTES // 7) + "1" + "]" * 60,
        "[" + ("[" * 60 + "]" * 60 + ",") * (message.MAX_BYTES // 122) + "1]",
    ],
    ids=range(15),
)
def test_a_mebibyte_of_anything_is_judged_in_half_a_second(text: str) -> None:
    started = time.process_time()
    assert not isinstance(read(text), Request)
    assert time.process_time() - started < 0.5


def test_one_byte_too_many_is_refused_unread() -> None:
    for text in ("x" * (message.MAX_BYTES + 1), b"x" * (message.MAX_BYTES + 1), "é" * (message.MAX_BYTES // 2 + 1)):
        refused = read(text)
        assert isinstance(refused, Refused)
        assert refused.code == message.INVALID_REQUEST
