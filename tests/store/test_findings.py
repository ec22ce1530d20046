from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import Connection, select, update

from pullcord.store.errors import CorruptRowError
from pullcord.store.findings import findings, findings_after, put_findings
from pullcord.store.tables import FINDINGS
from tests.contracts.nouns import finding


def test_hot_columns_repeat_the_body(connection: Connection) -> None:
    put = msgspec.structs.replace(finding("f", 7), asset="press", trace_id="t")
    assert put_findings(connection, [put]) == 1
    row = connection.execute(select(FINDINGS)).one()
    assert (row.id, row.time, row.rule_id, row.severity, row.asset, row.trace_id) == (
        "f",
        7,
        "rule",
        "low",
        "press",
        "t",
    )


def test_more_than_a_chunk(connection: Connection) -> None:
    many = [finding(f"{number:04d}", number) for number in range(1_001)]
    assert put_findings(connection, [*many, *many]) == 1_001
    assert list(findings(connection)) == many


def test_damage_is_met_when_it_is_reached(connection: Connection) -> None:
    put_findings(connection, [finding("a", 1), finding("b", 2)])
    connection.execute(update(FINDINGS).where(FINDINGS.c.id == "b").values(body=b"{"))
    found = findings(connection)
    assert next(found).id == "a"
    with pytest.raises(CorruptRowError, match="row 'b'"):
        next(found)


def test_findings_come_back_in_the_order_they_became_durable(connection: Connection) -> None:
    put_findings(connection, [finding("b"), finding("a")])
    put_findings(connection, [finding("a"), finding("c")])
    first = findings_after(connection, 0, 2)
    assert [(place, one.id) for place, one in first] == [(1, "b"), (2, "a")]
    assert [one.id for _, one in findings_after(connection, first[-1][0], 9)] == ["c"]
    assert findings_after(connection, 3, 9) == []
