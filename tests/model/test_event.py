from __future__ import annotations

from pullcord.model.event import Event, LogSource, SourceTrust, Value


def event(**attributes: Value) -> Event:
    return Event(id="e", time=1, logsource=LogSource(product="ai"), attributes=attributes)


def test_text_gives_strings_only() -> None:
    one = event(tool="mixer", count=3, ok=True, names=["a"])
    assert one.text("tool") == "mixer"
    assert [one.text(key) for key in ("count", "ok", "names", "absent")] == [None] * 4


def test_a_source_is_not_trusted_unless_said() -> None:
    assert event().trust is SourceTrust.ATTACKER_WRITABLE
