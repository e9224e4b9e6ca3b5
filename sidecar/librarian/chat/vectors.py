"""Vectors as a provider sends them: read, checked, and made unit length. Pure."""

from __future__ import annotations

import array
import base64
import binascii
import math
import sys
from collections.abc import Sequence
from typing import Any, Final

from librarian.errors import ModelUnusable

MOST_DIMENSIONS: Final = 8192
LEAST_LENGTH: Final = 1e-6
"""A vector shorter than this points nowhere."""

Vector = Sequence[float]


def read(model: str, sent: Sequence[Any], count: int, dimensions: int | None) -> list[Vector]:
    """Vectors of ``count`` texts, of ``dimensions`` numbers each, or all of as many as the first.

    ``sent``: lists of numbers, or little-endian f32 in base64. Raises ModelUnusable for whatever else: what is no
    vector of the same model must not be compared with those that are.
    """
    if len(sent) != count:
        raise _unusable(model, f"{len(sent)} vectors came for {count} texts")
    vectors = [_unit(model, _numbers(model, each)) for each in sent]
    wanted = dimensions or len(vectors[0])
    other = next((len(vector) for vector in vectors if len(vector) != wanted), None)
    if other is not None:
        raise _unusable(model, f"vectors have {other} numbers, and not {wanted}")
    return vectors


def _numbers(model: str, sent: Any) -> Vector:
    if isinstance(sent, str):
        sent = _unpacked(model, sent)
    is_list = isinstance(sent, list | array.array) and 0 < len(sent) <= MOST_DIMENSIONS
    if not is_list or not all(isinstance(number, float | int) and not isinstance(number, bool) for number in sent):
        raise _unusable(model, "what came is no list of numbers")
    numbers: Vector = sent
    return numbers


def _unpacked(model: str, text: str) -> array.array[float]:
    numbers = array.array("f")
    try:
        numbers.frombytes(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        raise _unusable(model, "what came is no list of numbers") from None
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _unit(model: str, numbers: Vector) -> Vector:
    try:
        length = math.hypot(*numbers)
    except OverflowError:
        length = math.inf
    if not LEAST_LENGTH < length < math.inf:
        raise _unusable(model, "a vector came whose numbers are none")
    return [number / length for number in numbers]


def _unusable(model: str, reason: str) -> ModelUnusable:
    return ModelUnusable(f"The model {model} does not make vectors as it should: {reason}. Choose another.")
