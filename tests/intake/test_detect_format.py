from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.detect_format import Format, detect_format, foreign_format
from pullcord.intake.errors import UnreadableRecordError
from tests.intake.formats.helpers import JSON
from tests.intake.formats.samples import ALL


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"resourceSpans": []}, Format.OTLP),
        ({"resourceLogs": []}, Format.OTLP),
        ({"class_uid": 2004, "attributes": {}}, Format.OCSF),
        ({"finding_id": "f"}, Format.FINDING),
        ({"id": "e", "logsource": {}}, Format.NATIVE),
        ({"id": "e", "attributes": {}}, Format.NATIVE),
        ({"Records": []}, Format.WRAPPED),
        ({"value": [], "@odata.context": "x"}, Format.WRAPPED),
        ({"@timestamp": "x"}, Format.ECS),
        ({"@timestamp": "x", "winlog.event_id": 1}, Format.ECS),
        ({"@timestamp": "x", "event_type": "flow", "timestamp": "y"}, Format.SURICATA),
        ({"ts": 1, "_path": "conn"}, Format.ZEEK),
        ({"EventID": 1, "SourceName": "x"}, Format.WINDOWS),
    ],
)
def test_formats(data: dict[str, object], expected: Format) -> None:
    assert detect_format(data) is expected


@pytest.mark.parametrize("name", ALL)
def test_formats_of_other_tools(name: str) -> None:
    assert detect_format(ALL[name]) == name.partition("-")[0]


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        ({}, "no known format"),
        ({"resourceMetrics": []}, "metrics"),
        ({"ts": 1}, "no known format"),
        ({"value": []}, "no known format"),
        ({"rule": {"level": 3}}, "no known format"),
        ({"Event": "x", "time": 1, "type": "LOGIN"}, "no known format"),
    ],
)
def test_others_are_refused(data: dict[str, object], cause: str) -> None:
    with pytest.raises(UnreadableRecordError, match=cause):
        detect_format(data)


@given(
    st.dictionaries(
        st.sampled_from(["Event", "winlog", "rule", "agent", "ts", "uid", "Records", "value"]), JSON
    )
)
def test_any_object_has_a_format_or_none(data: dict[str, object]) -> None:
    assert foreign_format(data) in {None, *Format}
