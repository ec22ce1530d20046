"""One query for all workflows that wait, where DBOS on SQLite asks the database once for each of them.

At 50 ms a poll, five hundred incidents that wait for people cost more than half a core that way. This reaches into the
library (its minor version is pinned, and a test looks at what is used here): messages that came since the last look
are read once, and whoever waits for one of them is woken. Messages that were there before a wait began are none of
its business: the library looks for those itself.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_log = logging.getLogger(__name__)
# SQLite commits one writer at a time, so that row ids rise in the order of commits.
_SINCE = "SELECT destination_uuid, topic FROM notifications WHERE rowid > ? AND NOT consumed"
_LAST = "SELECT coalesce(max(rowid), 0) FROM notifications"


def install_listener() -> None:
    """Replace the library's listener for SQLite; more than once does no harm."""
    from dbos._sys_db_sqlite import SQLiteSystemDatabase

    setattr(SQLiteSystemDatabase, "_notification_listener", listen)  # noqa: B010  (a method of theirs)


def listen(database: Any) -> None:  # noqa: ANN401  (the library's own database object)
    """Wake whoever a message came for, until the library stops its background work."""
    last = 0
    while database._run_background_processes:  # noqa: SLF001
        time.sleep(database._notification_listener_polling_interval_sec)  # noqa: SLF001
        try:
            with database.engine.begin() as connection:
                came = set(map(tuple, connection.exec_driver_sql(_SINCE, (last,))))
                last = int(connection.exec_driver_sql(_LAST).scalar())
        except Exception as error:  # noqa: BLE001  (the thread must not die; the library asks again every minute too)
            if database._run_background_processes:  # noqa: SLF001
                _log.warning("messages to workflows could not be read, it is tried again: %s", error)
            continue
        if came:
            _wake(database.notifications_map.snapshot(), came)


def _wake(waiting: Iterable[tuple[str, tuple[Any, ...], Any]], came: set[tuple[Any, ...]]) -> None:
    for _, (workflow, topic, *_), event in waiting:
        if (workflow, topic) in came:
            event.set()
