from __future__ import annotations

from pathlib import Path

import pytest

from pullcord.app.rules.choosing import load
from pullcord.app.rules.listing import listed, read_noise
from pullcord.detection.rules import RuleState
from pullcord.model.errors import UsageError
from pullcord.model.finding import Severity
from tests.app.rules.build import EXPORT, VOLUME, folder


def test_every_document_is_listed_with_what_it_is(tmp_path: Path) -> None:
    found = {one.rule_id: one for one in listed(load(folder(tmp_path / "r", bad=True)), {EXPORT: 2.5})}
    assert len(found) == 4
    export, volume, failed = found[EXPORT], found[VOLUME], found[f"{EXPORT[:-1]}9"]
    assert (export.title, export.level, export.path) == ("Export by a tool", Severity.HIGH, "a.yml")
    assert (export.logsource, export.incident_type) == ("ai/tool/*", "data-leakage")
    assert (export.techniques, export.tests, export.noise) == (("AML.T0024",), (1, 2), 2.5)
    assert (volume.logsource, volume.noise, volume.tests) == ("correlation: event_count", None, (0, 0))
    assert (failed.status, failed.level) == (RuleState.FAILED, None)
    assert failed.error


def test_noise_is_read_from_what_bench_printed(tmp_path: Path) -> None:
    path = tmp_path / "noise"
    path.write_text('{"rule_id":"a","per_day":2.5,"matches":9}\n{"rule_id":"b","per_day":null}\n')
    assert read_noise(path) == {"a": 2.5}


@pytest.mark.parametrize("data", [b"no JSON", b'{"per_day":1}\n', b"\xff", b"[" * 10_000])
def test_what_is_no_noise_is_said(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(data)
    with pytest.raises(UsageError, match="noise"):
        read_noise(tmp_path / "noise")
    with pytest.raises(UsageError, match="No such file"):
        read_noise(tmp_path / "missing")
