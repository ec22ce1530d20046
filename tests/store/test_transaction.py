from __future__ import annotations

from sqlalchemy import Connection

from pullcord.ports import Transaction
from pullcord.store.transaction import SqlTransaction
from tests.contracts.nouns import finding, incident, plan


def test_it_is_the_port(connection: Connection) -> None:
    tx: Transaction = SqlTransaction(connection)
    tx.put_incident(incident("one"))
    tx.put_record("one", "k", plan("one"))
    assert tx.put_findings(iter([finding("f")])) == 1
    assert tx.plans("one") == (plan("one"),)
    assert [one.id for one in tx.incidents()] == ["one"]


def test_old_inbox_ids_can_be_forgotten(connection: Connection) -> None:
    tx = SqlTransaction(connection)
    tx.claim_events(["a"], 1)
    assert tx.forget_events(2) == 1
    assert tx.claim_events(["a"], 3) == {"a"}
