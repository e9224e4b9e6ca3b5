"""What goes through the pipes to and from a worker: a JSON head and a payload of bytes, their lengths before them."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

SIZES = struct.Struct("<IQ")
"""Bytes of the head, bytes of the payload."""
MAX_HEAD_BYTES = 1 << 20
MAX_PAYLOAD_BYTES = 1 << 30


class FrameInvalid(Exception):
    """What was read, or should be written, is no frame."""


def packed(head: Mapping[str, Any], payload_bytes: int) -> bytes:
    """The beginning of a frame, after which the payload follows. Raises FrameInvalid when either part is too large."""
    text = json.dumps(head, allow_nan=False, separators=(",", ":")).encode()
    _check(len(text), payload_bytes)
    return SIZES.pack(len(text), payload_bytes) + text


def sizes(packed_sizes: bytes) -> tuple[int, int]:
    """How long head and payload are. Raises FrameInvalid."""
    head_bytes, payload_bytes = SIZES.unpack(packed_sizes)
    _check(head_bytes, payload_bytes)
    return head_bytes, payload_bytes


def head(text: bytes) -> dict[str, Any]:
    """The head of a frame. Raises FrameInvalid."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameInvalid("the head is not JSON") from error
    if not isinstance(read, dict):
        raise FrameInvalid("the head is not a JSON object")
    return read


def _check(head_bytes: int, payload_bytes: int) -> None:
    if head_bytes > MAX_HEAD_BYTES or payload_bytes > MAX_PAYLOAD_BYTES:
        raise FrameInvalid(f"{head_bytes} bytes of head and {payload_bytes} of payload are too many for one frame")
