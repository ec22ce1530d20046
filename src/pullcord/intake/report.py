"""A report by a person ("the copilot told me something odd") as an event and a finding. Judging it is for triage."""

from __future__ import annotations

from typing import Any

from pullcord.analysis.quoting import quoted
from pullcord.intake.context import Context
from pullcord.intake.errors import UnreadableRecordError
from pullcord.model.event import Event, LogSource, SourceTrust, Value
from pullcord.model.finding import Finding, FindingKind, Severity, finding_id
from pullcord.model.noun import digest
from pullcord.model.times import DAY

RULE_ID = "pullcord.report.person"
MOST_TEXT = 20_000
"""Characters of a report; what is longer is cut, counted and said."""
MOST_SUBJECT, MOST_NAME = 300, 256
LOGSOURCE = LogSource(product="ai", category="report")
_SHOWN = 200
_CUT = "…"


def report_signal(  # noqa: PLR0913  (one argument for each thing a report says)
    text: str,
    *,
    sender: str,
    subject: str,
    time: int,
    channel: str,
    ctx: Context,
    asset: str | None = None,
) -> tuple[Event, Finding]:
    """The event and the finding of a report. The same report twice on a day (UTC) is one.

    Args:
        text: what the person wrote, at most 20,000 characters of it are kept.
        sender: who says so; a claim, unless ``ctx.trust`` is authenticated. Never the actor: reporting is no suspicion.
        time: of the report, nanoseconds UTC.
        channel: how it came: ``cli``, ``api``, ``mail`` …
        asset: the system it speaks of, if the person named it.

    Raises:
        UnreadableRecordError: there is no text.
    """
    body = _bounded(text, MOST_TEXT, ctx)
    if not body:
        raise UnreadableRecordError("the report is empty", "write what you saw")
    head, who = _bounded(subject, MOST_SUBJECT, ctx), _bounded(sender, MOST_NAME, ctx)
    what = _bounded(asset or "", MOST_NAME, ctx) or None
    # Without the channel: who mails and then tells the same has one thing to say. With the day: next month it is new.
    mark = digest([" ".join(body.split()), " ".join(head.split()), who, what, time // DAY])
    attributes: dict[str, Value] = {"report.text": body, "report.channel": channel[:MOST_NAME]}
    attributes |= {"report.subject": head} if head else {}
    attributes |= {"report.sender": who} if who else {}
    event = Event(
        id=f"report:{mark[:32]}",
        time=time,
        logsource=LOGSOURCE,
        attributes=attributes,
        received=ctx.received,
        asset=what,
        source=ctx.source,
        trust=ctx.trust,
        raw_digest=mark,
    )
    return event, _finding(event, cut=len(text.strip()) > MOST_TEXT)


def _finding(event: Event, *, cut: bool) -> Finding:
    known = event.trust is SourceTrust.AUTHENTICATED
    told: dict[str, Any] = dict(event.attributes)
    who = quoted(told["report.sender"]) if "report.sender" in told else "Somebody"
    reasons = [
        f"{who} reported by {quoted(told['report.channel'])}: {_quote(told['report.text'])}",
        "The sender is known to Pullcord." if known else "Nothing proves who the sender is.",
    ]
    if cut:
        reasons.append(f"The report was longer; its first {MOST_TEXT} characters were kept.")
    return Finding(
        id=finding_id(RULE_ID, (event.id,)),
        rule_id=RULE_ID,
        title=f"Report by a person: {quoted(told.get('report.subject') or told['report.text'])}",
        # Nothing clever: triage reads the text. Whoever is known is asked back, so it counts for more.
        severity=Severity.MEDIUM if known else Severity.LOW,
        time=event.time,
        event_ids=(event.id,),
        kind=FindingKind.REPORT,
        asset=event.asset,
        reasons=tuple(reasons),
        trust=event.trust,
    )


def _bounded(text: str, most: int, ctx: Context) -> str:
    """The text without outer blanks, without half surrogate pairs, cut to a length; counts what it changed."""
    kept = text.strip()
    if len(kept) > most:
        ctx.counters.truncated += 1
        kept = kept[:most]
    whole = kept.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if whole != kept:
        ctx.counters.replaced += 1
    return whole


def _quote(text: str) -> str:
    """The first 200 characters on one line, printable, in quotes."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 2 * _SHOWN]).split())
    return f"“{line if len(line) <= _SHOWN else line[:_SHOWN] + _CUT}”"
