"""Writes the page that people read about the wire."""
# ruff: noqa: E501  # the page's own lines

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from librarian.errors import LibrarianError, RemoteFault, kinds
from librarian.rpc import message
from librarian.rpc.contract import COMMON_ERRORS, Method, Notice, Question
from librarian.rpc.openrpc import PROTOCOL_ERRORS, Schema, definitions, is_model
from librarian.rpc.session import Limits
from librarian.rpc.typescript import sentence, written_type

_LIMITS = Limits()

_INTRODUCTION = f"""\
<!-- Generated from the sidecar's declarations by `python -m librarian.rpc`. Do not edit. -->

# The protocol

JSON-RPC 2.0 over a websocket, one message a text frame, parameters by name. `session.initialize` comes first;
`session.ping`, `session.shutdown` and `rpc.discover` are answered before it too. The machine-readable form of this page is
[openrpc.json](openrpc.json), and `rpc.discover` returns the same document.

## Getting in

`librarian serve` reads one line of JSON on stdin, `{{"token": "…", "secrets": {{}}}}`; the token is 32 to 128 characters out of
`A-Z a-z 0-9 _ -`, new for every start. It binds a free port of 127.0.0.1, prints
`{{"ready": true, "port": …, "pid": …, "protocol": …, "version": …}}` on stdout, logs to stderr and leaves when stdin closes.
`secrets` holds keys of providers of models, by the names that `providers.list` tells: `{{"anthropic": "…"}}`.
A first line that is missing for 10 seconds or malformed ends it with exit code 2.

A client connects to `ws://127.0.0.1:<port>/` and offers exactly two subprotocols, `librarian.v1` and `bearer.<token>`; the server
answers `librarian.v1`. What is refused:

| request | status |
|---|---|
| a `Host` other than `127.0.0.1:<port>` or `localhost:<port>`, none, or several, on any path | 403 |
| another path than `/`, or no websocket | 404 |
| an `Origin` other than `app://obsidian.md` (none is fine), compared whole | 403 |
| not exactly one `bearer.` subprotocol, a wrong token, other subprotocols | 401 |
| too many clients | 503 |

The command line of the same user comes in by a second door, a Unix socket `<pid>.sock` (mode 0600 in a 0700 folder, the
peer's user checked), with subprotocol `librarian.v1` alone. There is no such door on Windows.

## Manners

- **Requests** of one client run at the same time and are answered in any order. An `id` is a string of at most
  {message.MAX_ID_CHARACTERS} characters or a whole number, and is not used twice at the same time.
- **Cancelling**: the notification `$/cancelRequest` with `{{"id": …}}`; the call is answered with -32800, unless it had its answer.
- **Progress**: methods with the parameter `progressToken` (a string or number that the client chooses) send `$/progress` with
  `{{"token": …, "value": Progress | Delta | Step}}` before their answer. Progress that waits to be sent is replaced by newer
  progress; pieces of a text that wait (`Delta`) are sent as one.
- **Notifications** from the client (requests without `id`) are carried out and never answered.
- **Questions** are requests from the sidecar, with ids `librarian-1`, `librarian-2` …, for a client that declared in its
  `capabilities` that it can answer them. It answers as to any request of JSON-RPC, within {_LIMITS.answer_seconds:g} seconds.
- **Unknown fields** are an error (-32602), except inside `client` and `capabilities`.
- **Fields without a value** are `null` in results.

## Limits

| what | limit | beyond it |
|---|---|---|
| one message | {message.MAX_BYTES:,} bytes | the connection is closed with 1009 |
| nesting | {message.MAX_DEPTH} levels | -32700 |
| arrays and objects in one message | {message.MAX_CONTAINERS:,} | -32700 |
| one batch | {message.MAX_BATCH} requests | -32600 |
| calls in flight, a client | {_LIMITS.calls_in_flight} | -32003 |
| answers that wait to be read | {_LIMITS.outbox_bytes >> 20} MiB | nothing more is read from this client until they are |
| a client that takes nothing | {_LIMITS.send_seconds:g} s | dropped |
| binary frames | none | the connection is closed with 1003 |

`NaN`, `Infinity`, numbers out of range such as `1e5000`, repeated keys, lone surrogates and invalid UTF-8 are answered with -32700.
"""


def page(methods: Sequence[Method[Any]], notices: Sequence[Notice], questions: Sequence[Question] = ()) -> str:
    """Make ``docs/protocol.md``."""
    schemas = definitions(methods, notices, questions)
    params = {method.params.__name__ for method in methods}
    records = [_record(name, schema) for name, schema in schemas.items() if name not in params]
    parts = [_INTRODUCTION, "## Methods\n", *(_method(method, schemas) for method in methods)]
    parts += ["## Notices\n", *(f"### `{each.name}`\n\n{each.summary} Carries a [{each.params.__name__}]"
                                f"(#{each.params.__name__.lower()}).\n" for each in notices)]  # fmt: skip
    parts += ["## Questions\n", *(_question(question) for question in questions)]
    return "\n".join([*parts, "## Records\n", *records, _errors()])


def _method(method: Method[Any], schemas: Schema) -> str:
    result = f"[{method.result.__name__}](#{method.result.__name__.lower()})" if is_model(method.result) else "null"
    if method.result not in (None, type(None)) and not is_model(method.result):
        result = "an object"
    errors = ", ".join(f"{kind.__name__} ({kind.code})" for kind in method.errors)
    lines = [f"### `{method.name}`\n", method.summary.replace("``", "`") + "\n"]
    fields = _fields(schemas[method.params.__name__])
    lines += [fields] if fields else []
    lines.append(f"Answers with {result}." + (f" Errors: {errors}." if errors else "") + "\n")
    return "\n".join(lines)


def _question(question: Question) -> str:
    asked, answer = question.params.__name__, question.result.__name__
    return (
        f"### `{question.name}`\n\n{question.summary} Carries an [{asked}](#{asked.lower()}), and is answered with an "
        f"[{answer}](#{answer.lower()}).\n"
    )


def _record(name: str, schema: Schema) -> str:
    said = schema.get("description", "").replace("``", "`")
    return "\n".join([f"### {name}\n", *([said + "\n"] if said else []), _fields(schema)])


def _fields(schema: Schema) -> str:
    fields = schema.get("properties", {})
    if not fields:
        return ""
    lines = ["| field | type | |", "|---|---|---|"]
    for name, field in fields.items():
        kind = re.sub(r"\|", r"\\|", written_type(field))
        notes = [field["description"].replace("``", "`").replace("|", "\\|")] if "description" in field else []
        if name not in schema.get("required", ()):
            notes.append(f"Optional{_default(field)}.")
        lines.append(f"| `{name}` | `{kind}` | {' '.join(notes)} |")
    return "\n".join(lines) + "\n"


def _default(field: Schema) -> str:
    default = field.get("default")
    return "" if default in (None, {}, []) else f", `{default}` when absent"


def _errors() -> str:
    lines = ["## Errors\n", "| code | name | when |", "|---|---|---|"]
    lines += [f"| {code} | {name} | {said.replace('``', '`')} |" for code, name, said in PROTOCOL_ERRORS]
    for kind in sorted(kinds(LibrarianError), key=lambda kind: -kind.code):
        if kind is not RemoteFault:
            lines.append(f"| {kind.code} | {kind.__name__} | {sentence(kind) or ''} |")
    common = ", ".join(kind.__name__ for kind in COMMON_ERRORS)
    return "\n".join(lines) + f"\n\nAny method may answer with the protocol's own codes and with {common}.\n"
