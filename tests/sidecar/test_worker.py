"""A worker: calls in order, progress, cancelling, and every way in which a child process can end."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

import librarian
from librarian.errors import WorkerDied, WorkerFailed
from librarian.worker import Worker
from librarian.worker.frame import MAX_HEAD_BYTES, FrameInvalid

HERE = Path(__file__).parent
PATHS = os.pathsep.join([str(HERE), str(Path(librarian.__file__).parents[1])])


@asynccontextmanager
async def worker(**options: Any) -> AsyncIterator[Worker]:
    """A worker that runs the module ``toil``."""
    made = Worker("toil", variables={"PYTHONPATH": PATHS}, **options)
    try:
        yield made
    finally:
        await made.close()


async def eventually(is_so: Callable[[], object], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        await asyncio.sleep(0.02)
    return bool(is_so())


def has_ended(process: int) -> bool:
    """Whether it runs no more, though nobody may have asked for its exit code yet."""
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def pid(made: Worker) -> int:
    answer, _ = await made.call("remember", {"what": None})
    number: int = answer["pid"]
    return number


async def begun(made: Worker, seconds: float, **params: Any) -> asyncio.Task[Any]:
    """A call that is running in the child for so long."""
    started = asyncio.Event()
    task = asyncio.create_task(
        made.call("linger", {"seconds": seconds, **params}, progress=lambda _done, _total: started.set())
    )
    await started.wait()
    return task


async def test_nothing_is_started_before_the_first_call() -> None:
    async with worker() as made:
        assert made.pid is None
        child = await pid(made)
        assert made.pid == child != os.getpid()
    assert not psutil.pid_exists(child)


async def test_calls_are_answered_in_order_by_one_process_that_keeps_its_state() -> None:
    async with worker() as made:
        answers = await asyncio.gather(*(made.call("remember", {"what": number}) for number in range(20)))
        assert [answer["seen"][-1] for answer, _ in answers] == list(range(20))
        assert len({answer["pid"] for answer, _ in answers}) == 1


async def test_a_hundred_megabytes_go_there_and_back() -> None:
    payload = random.Random(1).randbytes(1_000_000) * 100
    async with worker() as made:
        answer, back = await made.call("digest", {}, payload)
    assert answer["sha256"] == hashlib.sha256(payload).hexdigest()
    assert back == payload[::-1]


async def test_progress_is_told_in_order_and_before_the_answer() -> None:
    told: list[tuple[int, int]] = []
    async with worker() as made:
        await made.call("count", {"to": 100}, progress=lambda done, total: told.append((done, total)))
        assert told == [(done, 100) for done in range(100)]
        await made.call("count", {"to": 3})
    assert len(told) == 100


async def test_what_a_library_prints_goes_to_the_log_and_breaks_no_frame(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "librarian")
    async with worker() as made:
        for number in range(3):
            answer, _ = await made.call("chatter", {"what": number})
            assert answer["typed"] == ""
        assert await eventually(lambda: "printed by a child" in caplog.text)
    assert "printed 0" in caplog.text


async def test_the_log_takes_a_bounded_share_of_a_child_that_shouts(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "librarian")
    async with worker() as made:
        await made.call("chatter", {"what": "", "stderr_bytes": 3_000_000})
        assert (await made.call("remember", {"what": 1}))[0]["seen"] == [1]
    assert 1000 < len(caplog.text) < 50_000


async def test_what_is_raised_in_the_child_has_its_name_and_message_here_and_the_child_goes_on() -> None:
    async with worker() as made:
        child = await pid(made)
        with pytest.raises(WorkerFailed, match="KeyError: 'key'") as caught:
            await made.call("fail", {"what": "key"})
        assert caught.value.data == {"kind": "KeyError", "reason": "'key'"}
        for name in ("no_such_call", "unspeakable"):
            with pytest.raises(WorkerFailed):
                await made.call(name, {})
        assert await pid(made) == child


async def test_a_module_that_cannot_be_imported_is_told_at_the_call() -> None:
    made = Worker("librarian_has_no_such_module")
    with pytest.raises(WorkerFailed, match="ModuleNotFoundError"):
        await made.call("anything", {})
    await made.close()


async def test_a_call_that_is_too_large_for_a_frame_is_refused_and_starts_nothing() -> None:
    async with worker() as made:
        with pytest.raises(FrameInvalid):
            await made.call("remember", {"what": "x" * MAX_HEAD_BYTES})
        assert made.pid is None


@pytest.mark.parametrize(
    ("name", "params", "reason"),
    [
        pytest.param("crash", {}, "signal 11" if os.name != "nt" else "exit code", id="crash"),
        pytest.param("leave", {"code": 7}, "exit code 7", id="exit"),
    ],
)
async def test_a_child_that_ends_is_an_error_and_the_next_call_starts_another(
    name: str, params: dict[str, Any], reason: str
) -> None:
    async with worker() as made:
        child = await pid(made)
        with pytest.raises(WorkerDied, match=reason):
            await made.call(name, params)
        assert await pid(made) != child


async def test_a_child_that_is_killed_in_a_call_or_between_two_costs_no_more_than_that_call() -> None:
    async with worker() as made:
        task = await begun(made, 60)
        psutil.Process(made.pid).kill()
        with pytest.raises(WorkerDied, match=r"memory|exit code"):
            await task
        child = psutil.Process(await pid(made))
        child.kill()
        child.wait(10)
        assert await eventually(lambda: not child.is_running())
        try:
            again = await pid(made)
        except WorkerDied:
            # Its end was not noticed yet.
            again = await pid(made)
        assert again != child.pid


async def test_a_cancelled_call_that_ends_soon_keeps_the_child() -> None:
    async with worker(grace_seconds=30) as made:
        child = await pid(made)
        task = await begun(made, 0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await pid(made) == child


async def test_a_cancelled_call_that_does_not_end_soon_costs_the_child_and_returns_at_once(tmp_path: Path) -> None:
    finished = tmp_path / "finished"
    async with worker(grace_seconds=2) as made:
        child = await pid(made)
        task = await begun(made, 60, file=str(finished))
        waits = asyncio.create_task(made.call("remember", {"what": 1}))
        started = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - started < 1.5
        assert (await waits)[0]["pid"] != child
    assert not psutil.pid_exists(child)
    assert not finished.exists()


async def test_a_cancelled_call_that_waits_for_its_turn_is_never_made(tmp_path: Path) -> None:
    file = tmp_path / "made"
    async with worker() as made:
        child = await pid(made)
        first = await begun(made, 0.3)
        second = asyncio.create_task(made.call("linger", {"seconds": 0, "file": str(file)}))
        await asyncio.sleep(0)
        second.cancel()
        await first
        assert await pid(made) == child
    assert not file.exists()


async def test_closing_ends_the_call_that_runs_and_those_that_wait() -> None:
    made = Worker("toil", variables={"PYTHONPATH": PATHS})
    running = await begun(made, 60)
    waiting = asyncio.create_task(made.call("remember", {"what": 1}))
    await asyncio.sleep(0)
    child = made.pid
    await made.close()
    for task in (running, waiting):
        with pytest.raises(WorkerDied, match="closed"):
            await task
    assert not psutil.pid_exists(child or 0)
    with pytest.raises(WorkerDied, match="closed"):
        await made.call("remember", {"what": 1})
    await made.close()


@pytest.mark.parametrize("steps", [1, 2, 5])
async def test_closing_while_the_child_is_started_leaves_none(steps: int) -> None:
    made = Worker("toil", variables={"PYTHONPATH": PATHS})
    before = set(psutil.Process().children())
    call = asyncio.create_task(made.call("linger", {"seconds": 60}))
    for _ in range(steps):
        await asyncio.sleep(0)
    await made.close()
    with pytest.raises(WorkerDied, match="closed"):
        await call
    assert set(psutil.Process().children()) <= before


async def test_an_idle_child_is_ended_and_another_one_started_when_it_is_wanted() -> None:
    async with worker(idle_seconds=0.1) as made:
        child = await pid(made)
        assert await eventually(lambda: not psutil.pid_exists(child))
        assert made.pid is None
        assert await pid(made) != child


async def test_a_child_has_few_variables_few_threads_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "canary")
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    async with worker(threads=3, niceness=7) as made:
        answer, _ = await made.call("surroundings", {})
    assert "canary" not in answer["environment"].values()
    assert answer["environment"]["OMP_NUM_THREADS"] == answer["environment"]["MKL_NUM_THREADS"] == "3"
    if hasattr(os, "nice"):
        assert answer["niceness"] >= os.nice(0) + 7


async def test_a_child_imports_nothing_from_the_folder_one_happens_to_be_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toil.py").write_text("raise AssertionError('code of a vault was run')")
    monkeypatch.chdir(tmp_path)
    async with worker() as made:
        answer, _ = await made.call("surroundings", {})
    assert str(tmp_path) not in [answer["folder"], *answer["path"]]
    assert "" not in answer["path"]


ORPHANED = """
import asyncio, sys
from librarian.worker import Worker

async def main():
    made = Worker("toil", variables={"PYTHONPATH": sys.argv[1]})
    await made.call("linger", {"seconds": 600}, progress=lambda done, total: print(made.pid, flush=True))

asyncio.run(main())
"""


@pytest.mark.parametrize("seconds", ["idle", "busy"])
async def test_a_child_ends_with_a_parent_that_was_killed(seconds: str) -> None:
    code = (
        ORPHANED
        if seconds == "busy"
        else ORPHANED.replace('"seconds": 600', '"seconds": 0').replace(
            "print(made.pid, flush=True))", "print(made.pid, flush=True)); await asyncio.sleep(600)"
        )
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, PATHS,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": PATHS},
    )  # fmt: skip
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    await parent.wait()
    assert await eventually(lambda: has_ended(child), 5.0)
