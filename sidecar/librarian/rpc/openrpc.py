"""Describes the wire as an OpenRPC document, from the declarations alone."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.json_schema import models_json_schema

from librarian.errors import LibrarianError
from librarian.rpc.contract import COMMON_ERRORS, PROGRESS, PROTOCOL, Method, Notice, Question

Schema = dict[str, Any]
_REFERENCE = "#/components/schemas/{model}"

PROTOCOL_ERRORS: tuple[tuple[int, str, str], ...] = (
    (-32700, "ParseError", "Not JSON, or JSON that two readers could understand differently."),
    (-32600, "InvalidRequest", "JSON, but not a request."),
    (-32601, "MethodNotFound", "No such method."),
    (-32602, "InvalidParams", "Parameters that do not fit; ``data.problems`` says where."),
    (-32603, "InternalError", "A fault of ours; ``data.incident`` finds it in the log."),
)


def document(methods: Sequence[Method[Any]], notices: Sequence[Notice], questions: Sequence[Question] = ()) -> Schema:
    """Make the OpenRPC document; what it has no place for is listed under ``x-notices`` and ``x-questions``."""
    schemas = definitions(methods, notices, questions)
    errors = {kind.__name__: error_object(kind) for method in methods for kind in (*method.errors, *COMMON_ERRORS)}
    return {
        "openrpc": "1.3.2",
        "info": {"title": "Vault Librarian", "version": str(PROTOCOL)},
        "methods": [_describe(method, schemas) for method in methods],
        "x-notices": [
            {"name": notice.name, "summary": notice.summary, "params": reference(notice.params)} for notice in notices
        ],
        "x-questions": [
            {
                "name": question.name,
                "summary": question.summary,
                "params": reference(question.params),
                "result": reference(question.result),
            }
            for question in questions
        ],
        "components": {"schemas": schemas, "errors": errors},
    }


def _describe(method: Method[Any], schemas: Schema) -> Schema:
    summary, _, description = method.summary.partition("\n\n")
    params = schemas[method.params.__name__]
    return {
        "name": method.name,
        "summary": " ".join(summary.split()),
        **({"description": " ".join(description.split())} if description else {}),
        "paramStructure": "by-name",
        "params": [
            {"name": name, "required": name in params.get("required", ()), "schema": schema}
            for name, schema in params.get("properties", {}).items()
        ],
        "result": {"name": "result", "schema": result_schema(method)},
        "errors": [{"$ref": f"#/components/errors/{kind.__name__}"} for kind in (*method.errors, *COMMON_ERRORS)],
    }


def result_schema(method: Method[Any]) -> Schema:
    """The schema of what a method answers with."""
    if is_model(method.result):
        return reference(method.result)
    return {"type": "null"} if method.result in (None, type(None)) else {"type": "object"}


def error_object(kind: type[LibrarianError]) -> Schema:
    """An error of ours as OpenRPC puts it; the message that is sent is more precise."""
    return {"code": kind.code, "message": kind.__name__}


def reference(model: type[BaseModel]) -> Schema:
    return {"$ref": _REFERENCE.format(model=model.__name__)}


def is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def definitions(
    methods: Sequence[Method[Any]], notices: Sequence[Notice], questions: Sequence[Question] = ()
) -> Schema:
    """JSON schemas of every record that crosses the wire, by name, in alphabetical order."""
    sent: list[tuple[type[BaseModel], Literal["validation", "serialization"]]]
    sent = [(method.params, "validation") for method in methods]
    sent += [(method.result, "serialization") for method in methods if is_model(method.result)]
    sent += [(notice.params, "serialization") for notice in notices]
    sent += [(value, "serialization") for value in PROGRESS]
    sent += [(question.params, "serialization") for question in questions]
    sent += [(question.result, "validation") for question in questions]
    _, schemas = models_json_schema(sent, by_alias=True, ref_template=_REFERENCE)
    found: Schema = schemas["$defs"]
    documented = {model.__name__: model for model in _reachable(model for model, _ in sent)}
    for name, schema in found.items():
        _polish(schema, documented[name])
    return dict(sorted(found.items()))


def _polish(schema: Schema, model: type[BaseModel]) -> None:
    """Drop the titles that repeat names, and put in the docstrings that stand under fields."""
    schema.pop("title", None)
    if "description" in schema:
        schema["description"] = " ".join(schema["description"].split())
    said = field_docstrings(model)
    for name, field in schema.get("properties", {}).items():
        field.pop("title", None)
        if name in said:
            field["description"] = said[name]


def _reachable(roots: Iterable[type[BaseModel]]) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    waiting = list(roots)
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += [kind for field in model.model_fields.values() for kind in _models_in(field.annotation)]
    return found


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if is_model(annotation):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


@cache
def field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The string under each field of a model and its bases, by the field's name on the wire."""
    said: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if owner in (BaseModel, object) or not is_model(owner):
            continue
        (body,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        assert isinstance(body, ast.ClassDef)  # noqa: S101  # getsource of a class
        for field, under in zip(body.body, body.body[1:], strict=False):
            match field, under:
                case ast.AnnAssign(target=ast.Name(name)), ast.Expr(value=ast.Constant(value=str(text))):
                    said[to_camel(name)] = " ".join(text.split())
    return said
