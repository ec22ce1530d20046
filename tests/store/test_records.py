from __future__ import annotations

import pytest
from sqlalchemy import Connection, update

from pullcord.model.noun import Noun
from pullcord.model.outcome import Receipt
from pullcord.model.plan import Plan
from pullcord.model.task import Task
from pullcord.store.errors import CorruptRowError, UnstorableError
from pullcord.store.incidents import put_incident
from pullcord.store.records import TABLES, get_all_records, get_records, put_record
from pullcord.store.tables import PLANS, RECEIPTS
from tests.contracts.nouns import (
    approval,
    explanation,
    finding,
    incident,
    plan,
    receipt,
    task,
    verification,
)


@pytest.mark.parametrize(
    "record",
    [plan("a"), approval("kim"), receipt("k"), verification("v"), explanation("t"), task("a", "k")],
    ids=str,
)
def test_each_type_has_its_own_table_and_keys(connection: Connection, record: Noun) -> None:
    put_incident(connection, incident("a"))
    put_record(connection, "a", "k", record)
    assert get_records(connection, type(record), "a") == {"k": record}
    others = [kind for kind in TABLES if kind is not type(record)]
    assert [get_records(connection, kind, "a") for kind in others] == [{}, {}, {}, {}, {}]


def test_other_nouns_have_none(connection: Connection) -> None:
    with pytest.raises(UnstorableError, match="Finding is not a record"):
        put_record(connection, "a", "k", finding("f"))


def test_a_record_in_the_wrong_table_is_damage(connection: Connection) -> None:
    put_incident(connection, incident("a"))
    put_record(connection, "a", "k", receipt("k"))
    put_record(connection, "a", "k", plan("a"))
    connection.execute(
        update(PLANS).values(body=RECEIPTS.select().with_only_columns(RECEIPTS.c.body).scalar_subquery())
    )
    assert get_records(connection, Receipt, "a") == {"k": receipt("k")}
    with pytest.raises(CorruptRowError, match="row 'a k' of table plans"):
        get_records(connection, Plan, "a")


def test_records_of_all_incidents_come_in_the_order_kept(connection: Connection) -> None:
    for name in ("a", "b"):
        put_incident(connection, incident(name))
    for name, key in (("b", "x"), ("a", "x"), ("b", "y"), ("b", "x")):
        put_record(connection, name, key, task(name, key))
    found = get_all_records(connection, Task)
    assert [(one.incident_id, one.id) for one in found] == [("b", "x"), ("a", "x"), ("b", "y")]
    assert get_all_records(connection, Plan) == ()
