"""Pytest plug-in: leaves out and lists tests whose component is missing; under --ci nothing may go by."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from tests.components import COMPONENTS, missing

NOT_RUN = pytest.StashKey[dict[str, set[str]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--ci`` and ``--not-run-report FILE``."""
    group = parser.getgroup("pullcord")
    group.addoption("--ci", action="store_true", help="missing components and skipped tests are failures")
    group.addoption("--not-run-report", metavar="FILE", help="write the NOT RUN lines to FILE")


def pytest_configure(config: pytest.Config) -> None:
    """Start an empty record of what does not run: component -> test ids."""
    record: dict[str, set[str]] = defaultdict(set)
    config.stash[NOT_RUN] = record


def needed(item: pytest.Item) -> list[str]:
    """Return the names of the components a test asks for."""
    return [str(name) for marker in item.iter_markers("needs") for name in marker.args]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run here; under --ci everything stays and `pytest_runtest_setup` fails it."""
    if config.getoption("--ci"):
        return
    out: list[pytest.Item] = []
    for item in items:
        absent = [name for name in needed(item) if name in COMPONENTS and missing(name, ci=False)]
        for name in absent:
            config.stash[NOT_RUN][name].add(item.nodeid)
        if absent:
            out.append(item)
    if out:
        items[:] = [item for item in items if item not in out]
        config.hook.pytest_deselected(items=out)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test whose component is unknown, or missing (which happens under --ci only)."""
    for name in needed(item):
        if name not in COMPONENTS:
            pytest.fail(f"unknown component {name!r}: add it to tests/components.py", pytrace=False)
        if missing(name, ci=bool(item.config.getoption("--ci"))):
            pytest.fail(f"needs {name}: {COMPONENTS[name].get}", pytrace=False)


class Skips:
    """Collects skipped tests and files on the side that reports (with xdist: not in the workers)."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a skipped (or expectedly failed) test."""
        self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a skipped file."""
        self.note(report)

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        """Keep the node id of a skipped report."""
        if report.skipped:
            self.config.stash[NOT_RUN]["skipped"].add(report.nodeid)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Watch for skips, once per run."""
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.register(Skips(session.config), "pullcord-skips")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what an xdist worker left out (every worker collects the same tests)."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]  # xdist ships no types for its nodes
    output: dict[str, dict[str, list[str]]] = getattr(node, "workeroutput", {})
    for name, tests in output.get("not_run", {}).items():
        config.stash[NOT_RUN][name].update(tests)


def lines(not_run: dict[str, set[str]]) -> list[str]:
    """Return one line per component: what was not tested and how to get it."""
    result = []
    for name, tests in sorted(not_run.items()):
        count = f"{len(tests)} test{'s' if len(tests) > 1 else ''}"
        if component := COMPONENTS.get(name):
            result.append(f"NOT RUN: {name}: {component.tests} ({count}); get it: {component.get}")
        else:
            result.append(f"NOT RUN: {name}: {', '.join(sorted(tests))}; make it run or remove it")
    return result


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the record on: a worker to its controller, the controller to the report; fail under --ci."""
    config = session.config
    record = config.stash[NOT_RUN]
    if hasattr(config, "workeroutput"):
        config.workeroutput["not_run"] = {name: sorted(tests) for name, tests in record.items()}
        return
    if config.getoption("--ci") and record and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if report := config.getoption("--not-run-report"):
        Path(report).write_text("".join(f"{line}\n" for line in lines(record)), encoding="utf-8")
