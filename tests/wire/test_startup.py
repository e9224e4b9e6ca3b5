"""The contract between the sidecar and whoever starts it, with real processes."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

import librarian
from librarian.startup import BadStart, RedactingFormatter, read_start

from .peer import TOKEN, dial

SCRIPT = Path(__file__).with_name("serve_fake.py")
SECRET = "CANARY-key 'with\" quotes\\ and ünïcode"
START = {"token": TOKEN, "secrets": {"openai": SECRET}}
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "SYSTEMROOT", "TMPDIR")},
    "PYTHONPATH": str(Path(librarian.__file__).parent.parent),
    "PYTHONUTF8": "1",
}
on_linux = pytest.mark.elsewhere(sys.platform != "linux", reason="reads /proc")


@contextmanager
def sidecar(first_line: str | None = json.dumps(START), **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**ENVIRONMENT, **environment},
    )  # fmt: skip
    try:
        if first_line is not None:
            tell(process, first_line)
        yield process
    finally:
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen[bytes], line: str) -> None:
    assert process.stdin
    process.stdin.write(line.encode() + b"\n")
    process.stdin.flush()


def ready(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout
    line = process.stdout.readline()
    assert line, process.communicate()[1].decode()
    return json.loads(line)


def end(process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    """Close its stdin and gather what is left of it."""
    out, err = process.communicate(timeout=10)
    return process.returncode, out.decode(), err.decode()


def test_the_ready_line_is_the_only_thing_on_stdout() -> None:
    with sidecar() as process:
        said = ready(process)
        assert said.keys() == {"ready", "port", "pid", "protocol", "version"}
        assert (said["ready"], said["pid"], said["protocol"]) == (True, process.pid, 1)
        code, rest, _ = end(process)
        assert (code, rest) == (0, "")


def test_it_leaves_when_stdin_closes() -> None:
    with sidecar() as process:
        ready(process)
        code, _, log = end(process)
        assert code == 0
        assert "leaving: stdin_closed" in log


@pytest.mark.elsewhere(sys.platform == "win32", reason="there is no SIGTERM to catch")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    with sidecar() as process:
        ready(process)
        process.send_signal(number)
        assert process.wait(timeout=5) == 0


def test_a_client_can_shut_it_down() -> None:
    async def shut_down(port: int) -> None:
        async with dial(port) as peer:
            assert (await peer.ask("session.shutdown"))["result"] is None

    with sidecar() as process:
        asyncio.run(shut_down(ready(process)["port"]))
        assert process.wait(timeout=5) == 0


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"token": 5}',
        '{"token": "short"}',
        json.dumps({"token": "é" * 40}, ensure_ascii=False),
        json.dumps({"token": TOKEN, "extra": 1}),
        f'{{"token": "{TOKEN}", "token": "{TOKEN}"}}',
        json.dumps({"token": TOKEN, "secrets": {"a": 1}}),
        json.dumps({"token": TOKEN * 3000}),
        "[" * 60_000,
    ],
)
def test_a_bad_first_line_is_refused_without_repeating_it(line: str) -> None:
    with pytest.raises(BadStart) as refused:
        read_start(line.encode())
    assert "CANARY" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_a_malformed_start_is_exit_code_2_with_a_sentence() -> None:
    with sidecar('{"token": "CANARY"}') as process:
        code, out, err = end(process)
        assert (code, out) == (2, "")
        assert err.startswith("librarian serve: ")
        assert "CANARY" not in err
        assert "Traceback" not in err


@pytest.mark.parametrize("sent", [None, f'{{"token": "{TOKEN}"'])
def test_no_line_in_time_is_exit_code_2(sent: str | None) -> None:
    with sidecar(None, FIRST_LINE_SECONDS="0.3") as process:
        if sent:
            assert process.stdin
            process.stdin.write(sent.encode())
            process.stdin.flush()
        assert process.wait(timeout=10) == 2
        assert process.stderr
        assert b"within 0.3 seconds" in process.stderr.read()


def test_stdin_that_closes_before_its_first_line_ends_is_exit_code_2() -> None:
    with sidecar(None) as process:
        assert end(process)[0] == 2


@pytest.mark.elsewhere(sys.platform == "win32", reason="uses a POSIX process group of its own")
def test_a_killed_parent_takes_the_sidecar_with_it() -> None:
    starter = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen([{sys.executable!r}, {str(SCRIPT)!r}], stdin=subprocess.PIPE)\n"
        f"p.stdin.write({json.dumps(START).encode()!r} + b'\\n'); p.stdin.flush()\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, env=ENVIRONMENT)
    try:
        child = psutil.Process(ready(parent)["pid"])
        parent.kill()
        parent.wait()
        _, alive = psutil.wait_procs([child], timeout=5)
        assert not alive
    finally:
        parent.kill()
        parent.communicate()


@pytest.mark.elsewhere(sys.platform == "win32", reason="needs inherited descriptors")
def test_a_killed_parent_is_noticed_even_when_the_pipe_stays_open() -> None:
    reading, writing = os.pipe()
    starter = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([{sys.executable!r}, {str(SCRIPT)!r}], stdin={reading})\n"
        "time.sleep(60)\n"
    )
    os.write(writing, json.dumps(START).encode() + b"\n")
    parent = subprocess.Popen(
        [sys.executable, "-c", starter], stdout=subprocess.PIPE, env=ENVIRONMENT, pass_fds=[reading]
    )
    try:
        child = psutil.Process(ready(parent)["pid"])
        parent.kill()
        parent.wait()
        _, alive = psutil.wait_procs([child], timeout=6)
        assert not alive
    finally:
        os.close(reading)
        os.close(writing)
        parent.kill()
        parent.communicate()


@on_linux
def test_secrets_are_in_no_argument_environment_or_log() -> None:
    async def misbehave(port: int) -> None:
        async with dial(port) as peer:
            await peer.initialize()
            await peer.open_vault()
            broken = await peer.ask("search.query", {"vaultId": "v1", "text": "broken"})
            assert broken["error"]["code"] == -32603

    with sidecar() as process:
        asyncio.run(misbehave(ready(process)["port"]))
        for name in ("cmdline", "environ", "comm", "status"):
            assert b"CANARY" not in Path(f"/proc/{process.pid}/{name}").read_bytes()
        _, out, log = end(process)
        assert "CANARY" not in out
        assert "secrets are {'openai': '[redacted]'}" in log
        assert "CANARY-exception-text" in log  # the log is where it belongs, and was not blanked wholesale
        assert "CANARY-token" not in log
        assert "CANARY-key" not in log


@on_linux
def test_what_it_creates_is_for_its_user_alone(tmp_path: Path) -> None:
    with sidecar(DOOR_FOLDER=str(tmp_path / "doors")) as process:
        ready(process)
        assert "0077" in Path(f"/proc/{process.pid}/status").read_text().split("Umask:")[1].splitlines()[0]
        assert stat.S_IMODE((tmp_path / "doors").stat().st_mode) == 0o700
        (socket,) = (tmp_path / "doors").iterdir()
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
        assert socket.name == f"{process.pid}.sock"
        end(process)
        assert not socket.exists()


@given(st.text(min_size=6, max_size=40))
def test_no_spelling_of_a_secret_survives_the_formatter(secret: str) -> None:
    formatter = RedactingFormatter([secret])
    for spelling in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]):
        record = logging.LogRecord("n", logging.INFO, "p", 1, "before\x00%s\x00after", (spelling,), None)
        assert "before\x00[redacted]\x00after" in formatter.format(record)
