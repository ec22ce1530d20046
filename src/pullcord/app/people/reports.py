"""Use case: a person tells what they saw."""

from __future__ import annotations

from pullcord.intake.context import Context
from pullcord.intake.report import report_signal
from pullcord.model.event import Event, SourceTrust
from pullcord.model.finding import Finding
from pullcord.model.noun import Noun
from pullcord.model.person import Principal, Scope


class Report(Noun, frozen=True, kw_only=True):
    """What somebody saw; ``sender`` and ``asset`` may be empty."""

    text: str
    subject: str = ""
    asset: str = ""
    sender: str = ""


def signal(report: Report, who: Principal, now: int) -> tuple[Event, Finding]:
    """The event and the finding of a report that came with a token.

    A person is known only for what they say in their own name; a source, if its own trust says so.

    Args:
        now: nanoseconds UTC.

    Raises:
        UnreadableRecordError: there is no text.
    """
    person = Scope.RESPOND in who.scopes
    own = not report.sender.strip() or report.sender.strip() == who.name
    known = own if person else who.authenticated
    ctx = Context(
        source=who.name,
        received=now,
        trust=SourceTrust.AUTHENTICATED if known else SourceTrust.ATTACKER_WRITABLE,
    )
    return report_signal(
        report.text,
        sender=report.sender.strip() or who.name,
        subject=report.subject,
        time=now,
        channel="api",
        ctx=ctx,
        asset=report.asset or None,
    )
