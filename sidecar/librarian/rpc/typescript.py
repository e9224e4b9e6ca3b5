"""Writes the TypeScript side of the wire: types for every method, record, notice and error."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from librarian.errors import LibrarianError, RemoteFault, kinds
from librarian.rpc.contract import PROGRESS, PROTOCOL, SUBPROTOCOL, Method, Notice, Question
from librarian.rpc.openrpc import PROTOCOL_ERRORS, Schema, definitions, is_model

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_PRIMITIVES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}

_HEADER = """\
// Generated from the sidecar's declarations by `python -m librarian.rpc`. Do not edit.
"""


def module(methods: Sequence[Method[Any]], notices: Sequence[Notice], questions: Sequence[Question] = ()) -> str:
    """Make ``protocol.ts``."""
    records = [_record(name, schema) for name, schema in definitions(methods, notices, questions).items()]
    parts = [_methods(methods), _notices(notices), _questions(questions), _errors()]
    return "\n".join([_HEADER, _constants(), *records, *parts])


def _constants() -> str:
    return f'export const PROTOCOL = {PROTOCOL};\nexport const SUBPROTOCOL = "{SUBPROTOCOL}";\n'


def _record(name: str, schema: Schema) -> str:
    required = schema.get("required", ())
    lines = [_comment(schema.get("description"), ""), f"export interface {name} {{\n"]
    for field, of_field in schema.get("properties", {}).items():
        mark = "" if field in required else "?"
        lines += [_comment(of_field.get("description"), "\t"), f"\t{_key(field)}{mark}: {written_type(of_field)};\n"]
    if schema.get("additionalProperties", False) is True:
        lines.append("\t[field: string]: unknown;\n")
    return "".join(lines) + "}\n"


def _methods(methods: Sequence[Method[Any]]) -> str:
    lines = ["/** Every method, by its name: what it takes and what it answers with. */\nexport interface Methods {\n"]
    for method in methods:
        params = method.params.__name__
        typed = f"\t{_key(method.name)}: {{ params: {params}; result: {_result(method)} }};\n"
        lines += [_comment(method.summary, "\t"), typed]
    return "".join(lines) + "}\n\nexport type MethodName = keyof Methods;\n"


def _result(method: Method[Any]) -> str:
    if is_model(method.result):
        return str(method.result.__name__)
    return "null" if method.result in (None, type(None)) else "Record<string, unknown>"


def _notices(notices: Sequence[Notice]) -> str:
    lines = ["/** What the sidecar says unasked. */\nexport interface Notices {\n"]
    for notice in notices:
        lines += [_comment(notice.summary, "\t"), f"\t{_key(notice.name)}: {notice.params.__name__};\n"]
    lines.append("\t/** How far a call is; `token` is the `progressToken` that the call was made with. */\n")
    told = " | ".join(each.__name__ for each in PROGRESS)
    return "".join(lines) + f'\t"$/progress": {{ token: string | number; value: {told} }};\n}}\n'


def _questions(questions: Sequence[Question]) -> str:
    lines = [
        "/** What the sidecar asks of a client that declared it can, in requests with ids of the sidecar's own. */\n"
    ]
    lines.append("export interface Questions {\n")
    for question in questions:
        typed = f"{{ params: {question.params.__name__}; result: {question.result.__name__} }}"
        lines += [_comment(question.summary, "\t"), f"\t{_key(question.name)}: {typed};\n"]
    return "".join(lines) + "}\n"


def _errors() -> str:
    ours = [(kind.code, kind.__name__, sentence(kind)) for kind in kinds(LibrarianError) if kind is not RemoteFault]
    # An enum: of a bundle, only the codes that are named are a part.
    lines = ["/** Every code an error may carry. */\nexport enum ERRORS {\n"]
    for code, name, said in [*PROTOCOL_ERRORS, *sorted(ours, reverse=True)]:
        lines += [_comment(said, "\t"), f"\t{name} = {code},\n"]
    lines.append("}\n\n")
    lines.append(
        "export interface ErrorObject {\n\tcode: number;\n\tmessage: string;\n\tdata?: Record<string, unknown>;\n}\n"
    )
    return "".join(lines)


def sentence(kind: type[LibrarianError]) -> str | None:
    """What the tree of errors says about one class."""
    import librarian.errors

    found = re.search(rf"── {kind.__name__} +(.+)", librarian.errors.__doc__ or "")
    return found.group(1).strip().capitalize() + "." if found else None


def _comment(text: str | None, indent: str) -> str:
    if not text:
        return ""
    said = " ".join(text.split()).replace("``", "`").replace("*/", "* /")
    return f"{indent}/** {said} */\n"


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else json.dumps(name)


def written_type(schema: Schema) -> str:  # noqa: PLR0911  # one return a kind of schema
    """Write one JSON schema as a TypeScript type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(written_type(part) for part in schema["anyOf"]))
    kind = schema.get("type")
    if kind == "array":
        return _array(schema)
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {written_type(values) if isinstance(values, dict) else 'unknown'}>"
    return _PRIMITIVES.get(kind, "unknown") if isinstance(kind, str) else "unknown"


def _array(schema: Schema) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(written_type(item) for item in schema['prefixItems'])}]"
    item = written_type(schema.get("items", {}))
    return f"({item})[]" if " " in item and not item.startswith(("[", "Record<")) else f"{item}[]"
