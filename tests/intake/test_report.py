from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.report import MOST_TEXT, report_signal
from pullcord.model.event import Event, SourceTrust
from pullcord.model.finding import Finding, FindingKind, Severity
from pullcord.model.times import DAY, HOUR

MORNING = 20_000 * DAY + 6 * HOUR
WORDS = "The copilot told me to open the guard of press 4 while it runs."


def report(text: str = WORDS, **more: object) -> tuple[Event, Finding]:
    given: dict[str, object] = {
        "sender": "e.kowalska",
        "subject": "odd answer",
        "time": MORNING,
        "channel": "cli",
        "ctx": Context(source="tell", received=7),
        **more,
    }
    return report_signal(text, **given)  # type: ignore[arg-type]


def test_a_report_says_who_told_what_and_how() -> None:
    event, finding = report(asset="press-copilot")
    assert (event.logsource.product, event.logsource.category) == ("ai", "report")
    assert event.attributes == {
        "report.text": WORDS,
        "report.subject": "odd answer",
        "report.channel": "cli",
        "report.sender": "e.kowalska",
    }
    assert (event.asset, event.received, event.source) == ("press-copilot", 7, "tell")
    assert (finding.kind, finding.severity, finding.event_ids) == (
        FindingKind.REPORT,
        Severity.LOW,
        (event.id,),
    )
    assert finding.asset == "press-copilot"
    assert f"“e.kowalska” reported by “cli”: “{WORDS}”" in finding.reasons
    assert finding.title == "Report by a person: “odd answer”"


def test_whoever_reports_is_not_suspected() -> None:
    event, finding = report()
    assert (event.actor, finding.actor, finding.entities) == (None, None, ())


def test_the_same_report_twice_is_one() -> None:
    first = report()
    again = report(f"  {WORDS}\n", time=MORNING + HOUR, channel="mail")
    assert (first[0].id, first[1].id) == (again[0].id, again[1].id)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "another thing"},
        {"sender": "b"},
        {"subject": "b"},
        {"asset": "b"},
        {"time": MORNING + DAY},
    ],
)
def test_another_report_is_another(change: dict[str, object]) -> None:
    assert report(**change)[1].id != report()[1].id  # type: ignore[arg-type]


def test_a_known_sender_counts_for_more() -> None:
    event, finding = report(ctx=Context(trust=SourceTrust.AUTHENTICATED))
    assert (event.trust, finding.trust) == (SourceTrust.AUTHENTICATED, SourceTrust.AUTHENTICATED)
    assert finding.severity is Severity.MEDIUM
    assert "The sender is known to Pullcord." in finding.reasons


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_an_empty_report_is_refused(text: str) -> None:
    with pytest.raises(UnreadableRecordError, match="empty"):
        report(text)


def test_a_long_report_is_cut_and_says_so() -> None:
    ctx = Context()
    event, finding = report("x" * (MOST_TEXT + 5), ctx=ctx)
    assert len(str(event.attributes["report.text"])) == MOST_TEXT
    assert ctx.counters.truncated == 1
    assert any("first 20000 characters" in reason for reason in finding.reasons)
    assert not any("characters were kept" in reason for reason in report("x" * MOST_TEXT)[1].reasons)


def test_what_a_report_says_stays_on_its_line() -> None:
    _, finding = report("a\x1b]0;x\x07b\r\nc\u202e" + "d" * 500, subject="\x1b[2J", sender="\u2066evil")
    for line in (finding.title, *finding.reasons):
        assert line.isprintable()
        assert len(line) < 350


@given(st.text(max_size=300), st.text(max_size=50), st.text(max_size=50), st.text(max_size=20))
def test_any_text_becomes_a_record_that_can_be_kept(text: str, sender: str, subject: str, asset: str) -> None:
    ctx = Context()
    try:
        event, finding = report(text, sender=sender, subject=subject, asset=asset, ctx=ctx)
    except UnreadableRecordError:
        assert not text.strip()
        return
    for noun in (event, finding):
        assert msgspec.json.decode(msgspec.json.encode(noun), type=type(noun)) == noun


def test_half_a_character_is_replaced_and_counted() -> None:
    ctx = Context()
    event, _ = report("odd \ud800 thing", ctx=ctx)
    assert event.attributes["report.text"] == "odd \ufffd thing"
    assert ctx.counters.replaced == 1
