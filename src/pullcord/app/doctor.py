"""Use case: is this installation, and a state if there is one, sound?"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pullcord.app.judging import Judging, rule_files
from pullcord.model.audit import broken_at
from pullcord.model.errors import PullcordError
from pullcord.model.noun import Noun

if TYPE_CHECKING:
    from pullcord.store.folder import Store


class Check(Noun, frozen=True, kw_only=True):
    """One thing looked at: what, whether it is well, and what to do if not."""

    name: str
    good: bool
    detail: str


def examine(state: Path | None) -> Iterator[Check]:
    """Yield a check for each part of the installation, and for the state if one is named."""
    yield _check("python", sys.version_info >= (3, 11), platform.python_version())
    yield _sqlite()
    yield _rules()
    yield _types()
    yield _weights()
    if state is not None:
        yield from _state(state)


def _check(name: str, good: object, detail: str) -> Check:
    return Check(name=name, good=bool(good), detail=detail)


def _sqlite() -> Check:
    from pullcord.store.sqlite import choose_journal, library_version

    version = ".".join(map(str, library_version()))
    detail = f"SQLite {version}, journal: {choose_journal()}"
    return _check("sqlite", good=True, detail=detail)


def _rules() -> Check:
    from pullcord.detection.rules import load_rules

    ruleset = load_rules(rule_files(None))
    failed = [f"{one.path}: {one.error}" for one in ruleset.statuses if one.error]
    return _check("rules", not failed, "; ".join(failed) or f"{len(ruleset.rules)} rules loaded")


def _types() -> Check:
    try:
        return _check("incident types", good=True, detail=f"{len(Judging().types)} types")
    except PullcordError as error:
        return _check("incident types", good=False, detail=str(error))


def _weights() -> Check:
    from pullcord.investigation.ranking import Ranker

    try:
        Ranker.shipped()
    except (PullcordError, FileNotFoundError) as error:
        return _check("weights", good=False, detail=str(error))
    return _check("weights", good=True, detail="investigation weights are sound")


def _audit(store: Store) -> Check:
    with store.state.transaction() as tx:
        entries = list(tx.audit_log())
    place = broken_at(entries)
    whole = f"{len(entries)} entries, chain whole"
    return _check("audit log", place is None, whole if place is None else f"changed at entry {place}")


def _state(folder: Path) -> Iterator[Check]:
    from pullcord.store.folder import open_folder

    try:
        with open_folder(folder, read_only=True) as store:
            with store.state.transaction() as tx:
                count = sum(1 for _ in tx.incidents())
            yield _check("state", good=True, detail=f"{count} incidents, {store.lake.count()} events")
            wrong = store.vault.verify()
            detail = "; ".join(wrong[:5]) or f"{len(store.vault.entries())} entries, chain whole"
            yield _check("evidence", not wrong, detail)
            yield _audit(store)
    except PullcordError as error:
        yield _check("state", good=False, detail=str(error))
