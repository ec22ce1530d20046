from __future__ import annotations

import pytest

from pullcord.intake.detect_format import Format, detect_format
from pullcord.intake.errors import UnreadableRecordError


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"resourceSpans": []}, Format.OTLP),
        ({"resourceLogs": []}, Format.OTLP),
        ({"class_uid": 2004, "attributes": {}}, Format.OCSF),
        ({"finding_id": "f"}, Format.FINDING),
        ({"id": "e", "logsource": {}}, Format.NATIVE),
        ({"id": "e", "attributes": {}}, Format.NATIVE),
    ],
)
def test_formats(data: dict[str, object], expected: Format) -> None:
    assert detect_format(data) is expected


@pytest.mark.parametrize(("data", "cause"), [({}, "no known format"), ({"resourceMetrics": []}, "metrics")])
def test_others_are_refused(data: dict[str, object], cause: str) -> None:
    with pytest.raises(UnreadableRecordError, match=cause):
        detect_format(data)
