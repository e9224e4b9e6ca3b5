"""Stands in for llama.cpp in a worker: a server that answers with what it was given, and whose file tells it to misbehave."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace


class CommonParams(SimpleNamespace):
    def __init__(self):
        super().__init__(model=SimpleNamespace(path=""), cpuparams=SimpleNamespace(n_threads=0))


class Server:
    def __init__(self, options):
        assert options.hostnames == ["127.0.0.1"]
        assert options.port == 0
        assert options.offline
        assert not options.ui
        assert not options.cors_origins
        if hasattr(os, "sched_getaffinity"):
            assert options.cpuparams.n_threads == len(os.sched_getaffinity(0))
        file = Path(options.model.path)
        self.wish = file.read_text()
        with file.with_suffix(".log").open("a") as log:
            log.write(f"loaded by {os.getpid()}\n")
        if "cannot be loaded" in self.wish:
            raise RuntimeError(f"Failed to load {file}")
        if "crashes" in self.wish:
            os._exit(3)
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(options))
        self.listening_address = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()

    def _handler(self, options):
        wish = self.wish

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers["content-length"])))
                allowed = self.headers["authorization"] in [f"Bearer {key}" for key in options.api_keys]
                self.send_response(200 if allowed else 401)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                if allowed:
                    self._answer(request)

            def _answer(self, request):
                assert "<|im_end|>" in request["stop"]
                for word in ("You", " said: ", request["messages"][-1]["content"]):
                    self._say(choices=[{"index": 0, "delta": {"content": word}, "finish_reason": None}])
                    if "breaks off" in wish:
                        os._exit(4)
                self._say(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
                self._say(choices=[], usage={"prompt_tokens": 4, "completion_tokens": 3, "total_tokens": 7})
                self.wfile.write(b"data: [DONE]\n\n")

            def _say(self, **chunk):
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                self.wfile.flush()

            def log_message(self, *_):
                pass

        return Handler
