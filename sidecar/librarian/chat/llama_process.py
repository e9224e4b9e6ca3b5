"""What runs in the worker of a model file: llama.cpp's own server, and the one module that knows xllamacpp.

It listens on a port of 127.0.0.1 that the system chooses, and answers only those who have the key that came with the
call. It is a process of its own because it holds gigabytes, and because what it reads may crash it.
"""

from __future__ import annotations

from typing import Any

from librarian.worker import Progress

_RUNNING: dict[str, Any] = {}


def serve(params: dict[str, Any], _payload: bytes, _tell: Progress) -> tuple[dict[str, Any], bytes]:
    """Serve the model at ``path`` unless that is done already, and say where; loading takes seconds to minutes."""
    if "server" not in _RUNNING:
        _RUNNING["server"] = _started(params)
    return {"url": _RUNNING["server"].listening_address}, b""


def _started(params: dict[str, Any]) -> Any:
    import xllamacpp

    options = xllamacpp.CommonParams()
    options.model.path = params["path"]
    options.hostnames = ["127.0.0.1"]
    options.port = 0
    options.api_keys = [params["key"]]
    options.cpuparams.n_threads = params["threads"]
    options.n_ctx = params["context_tokens"]
    options.n_parallel = 1
    # Whatever else it could do is off: pages, lists of what was asked, downloads, tools, other sites.
    options.ui = options.endpoint_slots = options.endpoint_props = options.endpoint_metrics = False
    options.offline = True
    options.cors_origins = ""
    return xllamacpp.Server(options)


CALLS = {"serve": serve}
