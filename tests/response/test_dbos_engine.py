"""The guards around DBOS, on the real library and the real state."""

from __future__ import annotations

import importlib.metadata
import json
import logging
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from dbos import DBOS
from sqlalchemy import inspect, text

from pullcord.ports import Transaction
from pullcord.response.dbos_engine import GENERATION, DbosEngine, JsonText
from pullcord.response.engine import Steps
from pullcord.response.errors import EmptyWorkflowIdError, StepFailedError
from pullcord.store.folder import Store
from tests.response.build import opened
from tests.response.engine_process import engine
from tests.response.live import until

SECRET = "said by step two"


class Plain:
    """A small workflow, and what its steps were seen to do."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.ended: list[str] = []
        self.woken: dict[str, float] = {}

    async def run(self, incident_id: str, steps: Steps) -> None:
        async def one() -> str:
            self.ran.append(incident_id)
            return incident_id

        async def two() -> str:
            self.woken[incident_id] = time.monotonic()
            if incident_id.startswith("bad"):
                raise KeyError(incident_id)
            return SECRET

        await steps.step("one", one)
        if not incident_id.startswith("fast"):
            await steps.wait(600)
        assert await steps.step("two", two) == SECRET
        self.ended.append(incident_id)


PLAIN = Plain()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with opened(tmp_path_factory.mktemp("engine")) as made:
        yield made


@pytest.fixture(scope="module")
def plain(store: Store) -> Iterator[DbosEngine]:
    with engine(store, PLAIN.run) as made:
        yield made


def begin(store: Store, made: DbosEngine, *names: str) -> None:
    with store.state.transaction() as tx:
        for name in names:
            made.enqueue(tx, name)


def test_thirty_at_once_are_done_far_above_fifteen_a_second(store: Store, plain: DbosEngine) -> None:
    begin(store, plain, "fast-first")
    until(lambda: "fast-first" in PLAIN.ended)
    # The best of three: what polls once a second never comes there, however idle the machine.
    rates = []
    for part in range(3):
        names = [f"fast-{part}-{number}" for number in range(30)]
        start_time = time.monotonic()
        begin(store, plain, *names)
        until(lambda names=names: set(names) <= set(PLAIN.ended))  # type: ignore[misc]
        rates.append(30 / (time.monotonic() - start_time))
    assert max(rates) > 20


def test_who_is_woken_goes_on_at_once(store: Store, plain: DbosEngine) -> None:
    names = [f"woken-{number}" for number in range(9)]
    begin(store, plain, *names)
    until(lambda: set(names) <= set(PLAIN.ran))
    delays = []
    for name in names:
        start_time = time.monotonic()
        plain.wake(name)
        until(lambda name=name: name in PLAIN.ended, step=0.005)  # type: ignore[misc]
        delays.append(PLAIN.woken[name] - start_time)
    assert statistics.median(delays) < 0.25


def test_one_that_is_woken_before_it_waits_does_not_wait(store: Store, plain: DbosEngine) -> None:
    begin(store, plain, "early")
    plain.wake("early")
    until(lambda: "early" in PLAIN.ended)
    assert PLAIN.ran.count("early") == 1


def test_the_start_is_part_of_its_transaction(store: Store, plain: DbosEngine) -> None:
    def breaks(tx: Transaction) -> None:
        plain.enqueue(tx, "fast-never")
        tx.set_meta("never", "1")
        raise KeyError("breaks")

    with pytest.raises(KeyError), store.state.transaction() as tx:
        breaks(tx)
    begin(store, plain, "fast-after")
    until(lambda: "fast-after" in PLAIN.ended)
    assert "fast-never" not in PLAIN.ran
    assert DBOS.list_workflows(workflow_ids=["fast-never"]) == []


def test_the_same_incident_is_started_once(store: Store, plain: DbosEngine) -> None:
    begin(store, plain, "fast-twice", "fast-twice")
    until(lambda: "fast-twice" in PLAIN.ended)
    begin(store, plain, "fast-twice", "fast-mark")
    until(lambda: "fast-mark" in PLAIN.ended)
    assert Counter(PLAIN.ran)["fast-twice"] == 1


def test_an_empty_id_is_refused(store: Store, plain: DbosEngine) -> None:
    with pytest.raises(EmptyWorkflowIdError), store.state.transaction() as tx:
        plain.enqueue(tx, "")


def test_an_engine_that_was_not_launched_starts_nothing(store: Store) -> None:
    made = object.__new__(DbosEngine)
    made._client = None
    with pytest.raises(RuntimeError, match="launch"), store.state.transaction() as tx:
        made.enqueue(tx, "inc")


def test_what_ended_in_an_error_is_stuck(store: Store, plain: DbosEngine) -> None:
    logging.getLogger("dbos").setLevel(logging.CRITICAL)
    begin(store, plain, "bad-1")
    until(lambda: "bad-1" in PLAIN.ran)
    plain.wake("bad-1")
    until(lambda: "bad-1" in plain.stuck())
    plain.resume(())
    assert "bad-1" in plain.stuck()


def test_the_living_are_left_alone(store: Store, plain: DbosEngine) -> None:
    begin(store, plain, "alive-1")
    until(lambda: "alive-1" in PLAIN.ran)
    executors = {one.executor_id for one in DBOS.list_workflows(status="PENDING")}
    assert len(executors) == 1
    assert plain.resume([str(one) for one in executors]) == 0
    plain.wake("alive-1")
    until(lambda: "alive-1" in PLAIN.ended)
    assert PLAIN.ran.count("alive-1") == 1


def test_five_hundred_that_wait_need_no_thread_each(store: Store, plain: DbosEngine) -> None:
    names = [f"many-{number}" for number in range(500)]
    begin(store, plain, *names)
    until(lambda: set(names) <= set(PLAIN.ran), 60)
    time.sleep(0.3)
    assert threading.active_count() < 60
    plain.wake("many-499")
    until(lambda: "many-499" in PLAIN.ended)


def test_everything_is_kept_in_the_one_file_as_json(store: Store, plain: DbosEngine) -> None:
    logging.getLogger("dbos").setLevel(logging.CRITICAL)
    begin(store, plain, "fast-json", "json", "bad-json")
    until(lambda: {"json", "bad-json"} <= set(PLAIN.ran))
    for name in ("json", "bad-json"):
        plain.wake(name)
    until(lambda: {"fast-json", "json"} <= set(PLAIN.ended) and "bad-json" in plain.stuck())
    maker = store.state.workflow_engine()
    with maker.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        assert {"workflow_status", "operation_outputs", "notifications", "intents", "incidents"} <= tables
        kept: list[str] = []
        for table, columns in {
            "workflow_status": ("inputs", "output", "error"),
            "operation_outputs": ("output", "error"),
            "notifications": ("message",),
        }.items():
            for column in columns:
                rows = connection.execute(text(f"SELECT {column} FROM {table}")).scalars()  # noqa: S608
                kept += [one for one in rows if one is not None]
        versions = set(connection.execute(text("SELECT application_version FROM workflow_status")).scalars())
    maker.dispose()
    assert len(kept) > 10
    for one in kept:
        json.loads(one)
    assert any(SECRET in one for one in kept)
    assert versions == {GENERATION}


def test_what_is_no_json_is_not_kept() -> None:
    with pytest.raises(TypeError, match="bytes cannot be kept"):
        JsonText().serialize(b"raw")
    error = JsonText().deserialize(JsonText().serialize(OSError("no route")))
    assert isinstance(error, StepFailedError)
    assert "OSError: no route" in str(error)
    assert JsonText().deserialize('{"error": "x", "more": 1}') == {"error": "x", "more": 1}
    assert JsonText().name() == "pullcord_json"


def test_nothing_proprietary_is_installed() -> None:
    names = {str(one.name).lower().replace("_", "-") for one in importlib.metadata.distributions()}
    assert "dbos" in names
    assert "dbos-enterprise" not in names
