from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.cli.tables import clean, incident_table
from pullcord.model.finding import Severity
from tests.response.build import incident


@given(st.text())
def test_clean_text_has_no_control_characters(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.isprintable()
    assert len(cleaned) == len(text)
    assert all(ours == theirs for ours, theirs in zip(cleaned, text, strict=True) if theirs.isprintable())


def test_escape_sequences_and_reversals_are_shown_not_obeyed() -> None:
    assert clean("\x1b[2J\r\n\u202eabc\x9b") == "\ufffd[2J\ufffd\ufffd\ufffdabc\ufffd"


def test_the_gravest_come_first_and_the_rest_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    given_ = [
        msgspec.structs.replace(incident(f"inc-{one.value}"), severity=one, title=f"[red]{one.value}\x1b[0m")
        for one in Severity
    ]
    incident_table(given_, most=3)
    out = capsys.readouterr().out
    places = [out.index(f"inc-{name}") for name in ("critical", "high", "medium")]
    assert places == sorted(places)
    assert "inc-low" not in out
    assert "… and 2 more" in out
    assert "\x1b" not in out
    assert "[red]" in out, "markup is shown, not obeyed"
