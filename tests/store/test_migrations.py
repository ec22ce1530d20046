"""From the first schema to the present one, with everything that was kept."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from pullcord.model.incident import Phase, PhaseName
from pullcord.store.migrations import HEAD
from pullcord.store.rows import encode
from pullcord.store.schema import migrate, revision
from pullcord.store.sqlite import make_engine
from pullcord.store.state import DATABASE, open_state
from pullcord.store.tables import FINDINGS
from pullcord.store.transaction import SqlTransaction
from tests.contracts.nouns import approval, explanation, finding, incident, plan, receipt, task, verification

NEW = {"inbox_batches", "tasks", "intents", "modes", "audit", "leases"}
RECORDS = (plan("one"), approval("kim"), receipt("k"), verification("v"), explanation("t"))


def first_schema(path: Path) -> None:
    """A database as the first release left it."""
    engine = make_engine(path)
    migrate(engine, path, head="0001")
    with engine.begin() as connection:
        assert not NEW & set(inspect(connection).get_table_names())
        tx = SqlTransaction(connection)
        tx.claim_events(["a", "b"], 1)
        # As that release wrote it: the order of findings came later.
        row = {"time": 1, "rule_id": "r", "severity": "low", "body": encode(finding("f"))}
        connection.execute(FINDINGS.insert().values(id="f", **row))
        tx.put_incident(incident("one", aliases=("old",)))
        tx.put_phase("one", Phase(name=PhaseName.DETECT, start=1, end=2))
        for record in RECORDS:
            tx.put_record("one", "k", record)
        tx.set_meta("k", "v")
    engine.dispose()


def test_everything_is_kept_and_a_copy_of_before(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    first_schema(folder / DATABASE)
    with open_state(folder) as state, state.transaction() as tx:
        assert tx.claim_events(["a", "b", "c"], 2) == {"c"}
        assert list(tx.findings()) == [finding("f")]
        assert tx.findings_after(0, 9) == [(1, finding("f"))]
        assert tx.incident("old") == incident("one", aliases=("old",))
        assert [one.end for one in tx.phases("one")] == [2]
        assert (tx.plans("one"), tx.approvals("one")) == ((plan("one"),), (approval("kim"),))
        assert (tx.receipts("one"), tx.explanations("one")) == ((receipt("k"),), (explanation("t"),))
        assert tx.verifications("one") == {"k": verification("v")}
        assert tx.meta("k") == "v"
        assert (tx.tasks(), tx.intents(), tx.modes(), tx.leases()) == ((), (), {}, {})
        assert (list(tx.audit_log()), tx.batches(9)) == ([], [])
        tx.put_task(task("one", "a"))
    copy = make_engine(folder / f"{DATABASE}.before-{HEAD}")
    with copy.connect() as connection:
        assert revision(connection) == "0001"
        assert connection.execute(text("SELECT count(*) FROM plans")).scalar() == 1
    copy.dispose()


def test_an_empty_database_of_the_first_schema_is_brought_up_too(tmp_path: Path) -> None:
    path = tmp_path / "f"
    engine = make_engine(path)
    migrate(engine, path, head="0001")
    assert migrate(engine, path) is not None
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) >= NEW
    engine.dispose()
