from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.build import native, recording, refused_write
from tests.cli.build import Call, process

FIELDS = {"finding_id", "rule_id", "title", "severity", "time", "event_id", "asset", "techniques"}
# What serves pages or keeps state has no place in a command that reads files and prints lines.
HEAVY = {"litestar", "starlette", "fastapi", "uvicorn", "jinja2", "sqlalchemy", "duckdb", "alembic"}


def test_one_line_per_finding(pullcord: Call, tmp_path: Path) -> None:
    told = pullcord("detect", recording(tmp_path))
    assert (told.code, told.err) == (0, "")
    lines = told.lines()
    assert lines
    assert all(set(line) >= FIELDS for line in lines)
    assert len({line["finding_id"] for line in lines}) == len(lines)
    assert pullcord("detect", "--json", recording(tmp_path)).out == told.out


def test_the_ocsf_form_is_read_by_triage(pullcord: Call, tmp_path: Path) -> None:
    told = pullcord("detect", "--format", "ocsf", recording(tmp_path))
    assert {line["class_uid"] for line in told.lines()} == {2004}
    path = tmp_path / "findings.ndjson"
    path.write_text(told.out, encoding="utf-8")
    assert len(pullcord("triage", path).lines()) == 1


def test_the_summary_names_every_rule(pullcord: Call, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "broken.yml").write_text("title: [", encoding="utf-8")
    path, summary = recording(tmp_path), tmp_path / "summary.ndjson"
    assert pullcord("detect", path, "--rules", rules, "--summary", summary).code == 0
    (line,) = [json.loads(line) for line in summary.read_text(encoding="utf-8").splitlines()]
    assert line["status"] == "failed"
    assert line["error"]


def test_a_bad_record_is_told_and_the_rest_is_done(pullcord: Call, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(f"{refused_write('a')}\n{{broken\n{native('b')}\n", encoding="utf-8")
    told = pullcord("detect", path)
    assert told.code == 0
    assert told.lines()
    assert told.err.startswith(f"{path}:2: ")
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("content", [None, "", "\n\n", "{}\n", "not json"])
def test_missing_and_empty_files_are_exit_2(pullcord: Call, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "a.ndjson"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    told = pullcord("detect", path)
    assert (told.code, told.out) == (2, "")
    assert "pullcord: PC-000" in told.err
    assert "Traceback" not in told.err


def test_no_rule_folder_is_exit_2(pullcord: Call, tmp_path: Path) -> None:
    assert pullcord("detect", recording(tmp_path), "--rules", tmp_path / "missing").code == 2


def test_standard_input_is_read(tmp_path: Path) -> None:
    told = process("detect", "-", stdin=recording(tmp_path).read_bytes())
    assert told.code == 0
    assert told.lines()


def test_it_imports_nothing_that_serves_or_keeps(tmp_path: Path) -> None:
    code = "import sys\nfrom pullcord.cli.main import main\ntry:\n    main()\nfinally:\n"
    code += "    print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    command = [sys.executable, "-c", code, "detect", str(recording(tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = set(done.stderr.split())
    assert "pullcord" in imported
    assert not imported & HEAVY
