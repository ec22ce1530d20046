from __future__ import annotations

import resource
import time
from pathlib import Path

from dbos._sys_db_sqlite import SQLiteSystemDatabase
from sqlalchemy import event

from pullcord.response.dbos_listener import install_listener, listen
from pullcord.response.engine import Steps
from tests.response.build import opened
from tests.response.engine_process import engine
from tests.response.live import until

MANY = 300


def test_the_library_still_has_what_is_replaced() -> None:
    assert callable(SQLiteSystemDatabase._notification_listener)
    install_listener()
    assert SQLiteSystemDatabase._notification_listener is listen


def test_those_who_wait_share_one_query_and_are_still_woken_at_once(tmp_path: Path) -> None:
    began: list[str] = []
    ended: list[str] = []

    async def waits(incident_id: str, steps: Steps) -> None:
        async def note() -> str:
            began.append(incident_id)
            return incident_id

        await steps.step("note", note)
        await steps.wait(600)
        ended.append(incident_id)

    names = [f"inc-{number}" for number in range(MANY)]
    statements: list[str] = []
    with opened(tmp_path) as store, engine(store, waits) as made:
        with store.state.transaction() as tx:
            for name in names:
                made.enqueue(tx, name)
        until(lambda: set(names) <= set(began), 60)

        def heard(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        event.listen(made._sql[0], "before_cursor_execute", heard)
        # Each looks once by itself when it begins to wait.
        until(lambda: not _others(statements, 0.5), 60)
        statements.clear()
        used = _cpu()
        time.sleep(1.0)
        # Two statements every 50 ms, however many wait; one for each of them would be 6,000.
        assert 2 <= sum("notifications" in one for one in statements) <= 60
        assert _cpu() - used < 0.5
        begun = time.monotonic()
        made.wake("inc-7")
        until(lambda: "inc-7" in ended, 5)
        assert time.monotonic() - begun < 1.0
        assert ended == ["inc-7"]


def _others(statements: list[str], seconds: float) -> list[str]:
    """Statements about messages, within some time, that are not those of the one query."""
    statements.clear()
    time.sleep(seconds)
    return [one for one in statements if "notifications" in one and "rowid" not in one]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
