"""The base of every value that may cross the wire: frozen, strict about fields, snake_case here and camelCase there."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Value(BaseModel):
    """An immutable record. Unknown fields are an error; names are camelCase when dumped ``by_alias``."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )
