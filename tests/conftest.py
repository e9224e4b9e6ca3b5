"""What every test runs under: what may be left out, what that means in continuous integration, how data is generated.

A test that this machine cannot hold by its nature (Windows has no SIGTERM) is marked ``elsewhere(condition, reason)`` and
is deselected. One that lacks something which could be there (a browser, root, the corpora) skips and says what it lacks;
with ``CI=true`` such a skip is a failure, so that nothing goes untested unnoticed.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Generator

import hypothesis
import pytest

CI = os.environ.get("CI", "").lower() not in ("", "0", "false")

hypothesis.settings.register_profile("here", deadline=None)
# The same examples on every run: a failure is somebody's change, not luck.
hypothesis.settings.register_profile("ci-here", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci-here" if CI else "here")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # So shells start what runs in the background; commands that are tested would ignore Ctrl-C as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)

_ELSEWHERE = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_ELSEWHERE] = Counter()
    config.addinivalue_line("markers", "elsewhere(condition, reason): leave the test to other machines when it holds")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left = {item: mark.kwargs["reason"] for item in items for mark in item.iter_markers("elsewhere") if mark.args[0]}
    config.stash[_ELSEWHERE].update(left.values())
    config.hook.pytest_deselected(items=list(left))
    items[:] = [item for item in items if item not in left]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"Skipped, which CI does not allow: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if CI and report.skipped:
        report.outcome, report.longrepr = "failed", f"Skipped, which CI does not allow: {_reason(report)}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", ()))
    for title, reasons in (("NOT TESTED HERE", skipped), ("left to other machines", config.stash[_ELSEWHERE])):
        if reasons:
            terminalreporter.section(title)
        for reason, count in reasons.most_common():
            terminalreporter.line(f"{count:>4}  {reason}")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test was skipped."""
    told = report.longrepr
    return (told[2] if isinstance(told, tuple) else str(told)).removeprefix("Skipped: ")
