from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.intake.errors import UnreadableRecordError
from pullcord.intake.formats.bulk import Batch, decode
from pullcord.intake.wire import MOST_LINES, OversizeBodyError
from tests.intake.formats.helpers import JSON, context
from tests.intake.formats.samples import SURICATA_ALERT, WAZUH


def bulk(*lines: object) -> Batch:
    return decode(b"".join(orjson.dumps(line) + b"\n" for line in lines), "plant", context())


def test_items_keep_their_order_and_names() -> None:
    found = bulk(
        {"index": {"_id": "7", "_index": "a"}}, {"x": 1}, {"create": {}}, {"x": 2}, {"delete": {"_id": "7"}}
    )
    assert [(item.action, item.index, item.status) for item in found.items] == [
        ("index", "a", 201),
        ("create", "plant", 201),
        ("delete", "plant", 400),
    ]
    assert found.items[0].id == "7"
    assert [event.attributes["x"] for event in found.events] == [1, 2]


def test_the_same_id_with_other_content_is_kept() -> None:
    found = bulk(
        {"index": {"_id": "7"}},
        {"x": 1},
        {"index": {"_id": "7"}},
        {"x": 2},
        {"index": {"_id": "7"}},
        {"x": 1},
    )
    ids = [event.id for event in found.events]
    assert ids[0] == ids[2] != ids[1]


def test_equal_documents_without_id_are_as_many() -> None:
    body = [{"index": {}}, {"x": 1, "@timestamp": "2026-06-01T08:00:00Z"}] * 3
    assert len({event.id for event in bulk(*body).events}) == 3
    assert [event.id for event in bulk(*body).events] == [event.id for event in bulk(*body).events]


def test_an_update_takes_its_line_along() -> None:
    found = bulk({"update": {"_id": "7"}}, {"doc": {"x": 1}}, {"index": {}}, {"x": 2})
    assert [item.status for item in found.items] == [400, 201]
    assert "line 1" in found.items[0].reason


@pytest.mark.parametrize("record", [SURICATA_ALERT, WAZUH])
def test_what_shippers_carry_unparsed(record: dict[str, object]) -> None:
    document = {
        "@timestamp": "2026-06-01T08:00:00Z",
        "message": orjson.dumps(record).decode(),
        "host": {"name": "h"},
    }
    found = bulk({"create": {}}, document)
    assert found.events[0].logsource.product in ("suricata", "wazuh")
    assert len(found.findings) == 1
    assert found.findings[0].id.startswith("ext-")


@pytest.mark.parametrize(
    "message", ['{"level":"info"}', "{broken", "plain", '{"finding_id":"x"}', "CEF:broken"]
)
def test_other_messages_stay_what_they_are(message: str) -> None:
    (found,) = bulk({"create": {}}, {"@timestamp": "2026-06-01T08:00:00Z", "message": message}).events
    assert found.attributes["message"] == message
    assert found.id.startswith("ecs:")


def test_items_are_bounded() -> None:
    with pytest.raises(OversizeBodyError, match="more than"):
        decode(b'{"delete":{}}\n' * (MOST_LINES + 1), "", context())


_LINE = st.one_of(
    st.dictionaries(st.sampled_from(["index", "create", "update", "delete", "x"]), JSON, max_size=2).map(
        orjson.dumps
    ),
    st.binary(max_size=20),
)


@given(st.lists(_LINE, max_size=6))
def test_any_body_is_read_or_refused(lines: list[bytes]) -> None:
    try:
        found = decode(b"\n".join(lines), "i", context())
    except UnreadableRecordError as error:
        assert "line" in error.cause  # noqa: PT017
    else:
        assert all(item.status in (201, 400) for item in found.items)
