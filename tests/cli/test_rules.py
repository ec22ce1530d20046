from __future__ import annotations

import json
from pathlib import Path

from tests.app.rules.build import EXPORT, VOLUME, folder, recording
from tests.cli.build import Call


def test_rules_are_listed(pullcord: Call, tmp_path: Path) -> None:
    made = folder(tmp_path / "r", bad=True)
    told = pullcord("rules", "list", "--rules", made)
    assert told.code == 0
    assert "3 rules." in told.out
    assert EXPORT in told.out
    assert "FAILED  b.yml: " in told.out
    lines = pullcord("rules", "list", "--rules", made, "--json").lines()
    assert [line["rule_id"] for line in lines][:2] == [EXPORT, VOLUME]
    assert lines[0]["tests"] == [1, 2]


def test_tests_inside_rules_run(pullcord: Call, tmp_path: Path) -> None:
    good, bad = folder(tmp_path / "good"), folder(tmp_path / "bad", bad=True)
    told = pullcord("rules", "test", "--rules", good)
    assert (told.code, told.out) == (0, "3 tests, 0 failed; 1 rules without tests.\n")
    told = pullcord("rules", "test", "--rules", good, "export")
    assert told.out.startswith(f"ok      {EXPORT}  3 tests")
    told = pullcord("rules", "test", "--rules", bad)
    assert told.code == 1
    assert "positive[0]: the rule did not match" in told.out
    told = pullcord("rules", "test", "--rules", bad, "--json")
    assert (told.code, [line["passed"] for line in told.lines()]) == (1, [True, True, True, False, True])
    assert pullcord("rules", "test", "--rules", bad, "nothing").code == 2


def test_a_match_and_a_miss_are_explained(pullcord: Call, tmp_path: Path) -> None:
    rules, file = folder(tmp_path / "r"), recording(tmp_path / "e")
    told = pullcord("rules", "explain", "export", file, "--rules", rules)
    assert told.code == 0
    assert "gen_ai.tool.name: data_»export«  (characters 6 to 11 of 11)" in told.out
    assert "Missing: it must not be that user.name is 'backup'" in told.out
    assert told.out.endswith("2 events match, 4 do not.\n")
    assert "\x1b" not in told.out
    told = pullcord("rules", "explain", "1111", file, "--rules", rules, "--event", "e2")
    assert told.out.count("match  e") == 1
    assert "2 events match" not in told.out
    (line,) = pullcord("rules", "explain", EXPORT, file, "--rules", rules, "--event", "e0", "--json").lines()
    assert (line["matched"], line["tree"]["label"]) == (True, "all of")
    assert json.dumps(line["tree"]).count('"span": [5, 11]') == 1


def test_wrong_calls_say_so(pullcord: Call, tmp_path: Path) -> None:
    rules, file = folder(tmp_path / "r"), recording(tmp_path / "e")
    for call in (
        ("explain", "nothing", file, "--rules", rules),
        ("explain", VOLUME, file, "--rules", rules),
        ("explain", "export", file, "--rules", rules, "--event", "e9"),
        ("explain", "export", tmp_path / "missing", "--rules", rules),
        ("bench", tmp_path / "missing"),
        ("list", "--rules", tmp_path / "missing"),
        ("list", "--noise", tmp_path / "missing"),
    ):
        told = pullcord("rules", *call)
        assert told.code == 2, call
        assert told.err.startswith("pullcord: PC-0001: "), call


def test_costs_are_measured_and_noise_is_shown_in_the_list(pullcord: Call, tmp_path: Path) -> None:
    rules, file = folder(tmp_path / "r"), recording(tmp_path / "e")
    told = pullcord("rules", "bench", file, "--rules", rules)
    assert told.code == 0
    assert "6 events over 12.00 h, 1 rules" in told.out
    noise = tmp_path / "noise"
    noise.write_text(pullcord("rules", "bench", file, "--rules", rules, "--json").out)
    assert "4 matches per day" in pullcord("rules", "list", "--rules", rules, "--noise", noise).out
    short = recording(tmp_path / "short", hours=0)
    assert "too short" in pullcord("rules", "bench", short, "--rules", rules).out
