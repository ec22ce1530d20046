"""DBOS behind the engine port: https://docs.dbos.dev (version pinned to one minor release).

What is guarded here, because DBOS leaves it to its user: executor ids are new with every boot, and work of dead
executors is taken over by us; one application version for all releases that can replay each other; queue and
notification polls of 50 ms instead of 1 s, and one query for all who wait (see ``dbos_listener``); engine tables in
the file of the state, so that backup and loss are one; workflow ids that come from the incident and are never empty;
texts as JSON, never pickled.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from dbos import DBOS, DBOSClient, DBOSConfig, SendMessage, Serializer

from pullcord.ports import Transaction
from pullcord.response.dbos_listener import install_listener
from pullcord.response.engine import Runner, Work
from pullcord.response.errors import EmptyWorkflowIdError, StepFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "pullcord"
GENERATION = "pullcord-incident-1"
"""Label of all releases whose workflows can replay each other; changes within go through ``DBOS.patch``.

Never right before a wait: one that has begun keeps its time-out behind its own, still empty place, and a patch takes
that place for new ground; the workflow ends in an error then. Before a step, or after the wait.
"""
QUEUE = "incidents"
_POLL_SECONDS = 0.05
_AT_ONCE = 20_000
"""Workflows of one executor that may be under way (most of them wait for people, which costs next to nothing)."""
_THREADS = 16
"""For the engine's own database work; without a bound a burst of incidents makes one for each."""
_WORKERS = "dbos-executor"
_CLOSING_SECONDS = 10.0
_TOPIC = "wake"
_LOG = "dbos"


Sql = Callable[[], Any]
"""Makes an SQLAlchemy engine on the file of the state; this room does not know that library."""


class JsonText(Serializer):
    """Workflow inputs, texts and errors as JSON; what it cannot write is an error, what it reads is only data."""

    def serialize(self, data: Any) -> str:  # noqa: ANN401  (the library's signature)
        """Write JSON."""
        return json.dumps(data, default=_error)

    def deserialize(self, serialized_data: str) -> Any:  # noqa: ANN401  (the library's signature)
        """Read JSON; an error that was kept comes back as :class:`StepFailedError`."""
        data = json.loads(serialized_data)
        if isinstance(data, dict) and set(data) == {"error"}:
            return StepFailedError(str(data["error"]), "see the log of that time; repair the incident")
        return data

    def name(self) -> str:
        """What the engine's tables say."""
        return "pullcord_json"


def _error(value: object) -> dict[str, str]:
    if isinstance(value, BaseException):
        return {"error": f"{type(value).__name__}: {value}"[:2_000]}
    message = f"a {type(value).__name__} cannot be kept by the engine"
    raise TypeError(message)


class _Running:
    """The steps of one DBOS workflow."""

    async def step(self, name: str, work: Work) -> str:
        async def once() -> str:
            return await work()

        text: str = await DBOS.run_step_async({"name": name}, once)
        return text

    async def wait(self, seconds: float) -> None:
        await DBOS.recv_async(_TOPIC, timeout_seconds=seconds)


_RUNNER: list[Runner] = []
"""The workflow of this process: DBOS knows functions by name and not by object."""


@DBOS.workflow(name="incident")
async def _incident(incident_id: str) -> None:
    await _RUNNER[-1](incident_id, _Running())


def _log_as_everybody() -> None:
    """The library brings a handler of its own; its lines go where all others go."""
    log = logging.getLogger(_LOG)
    log.handlers.clear()
    log.propagate = True
    log.setLevel(logging.WARNING)


class DbosEngine:
    """Implements ``pullcord.response.engine.Engine``; one in a process.

    Args:
        sql: makes an SQLAlchemy engine on the file of the state.
        executor: the name of this boot; never used again.
        runner: the workflow.
    """

    def __init__(self, sql: Sql, executor: str, runner: Runner) -> None:
        self._sql: Sequence[Any] = (sql(), sql())
        _RUNNER.append(runner)
        config: DBOSConfig = {
            "name": NAME,
            "system_database_engine": self._sql[0],
            "application_version": GENERATION,
            "executor_id": executor,
            "serializer": JsonText(),
            "notification_listener_polling_interval_sec": _POLL_SECONDS,
            "max_executor_threads": _THREADS,
            "log_level": "WARNING",
        }
        install_listener()
        DBOS(config=config)
        _log_as_everybody()
        self._client: DBOSClient | None = None

    def launch(self) -> None:
        """Make or migrate the engine's tables and begin to work."""
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=_AT_ONCE, polling_interval_sec=_POLL_SECONDS)
        self._client = DBOSClient(
            system_database_engine=self._sql[1], serializer=JsonText(), application_name=NAME
        )

    def close(self) -> None:
        """Stop; what was under way is taken over by the next process."""
        if self._client is not None:
            self._client.destroy()
        # Every workflow that waits is cancelled now, and the library warns of each.
        logging.getLogger(_LOG).setLevel(logging.ERROR)
        workers = [one for one in threading.enumerate() if one.name.startswith(_WORKERS)]
        DBOS.destroy(workflow_completion_timeout_sec=0)
        # DBOS does not wait for them, and they still hold the file that is about to be closed and unlocked.
        for worker in workers:
            worker.join(_CLOSING_SECONDS)
        for one in self._sql:
            one.dispose()
        _RUNNER.clear()

    def enqueue(self, tx: Transaction, incident_id: str) -> None:
        """Start the workflow of an incident when this transaction commits.

        Raises:
            EmptyWorkflowIdError: no id; the engine would make one up, and start the same incident again and again.
        """
        if not incident_id:
            raise EmptyWorkflowIdError(
                "an incident without an id", "report this: it is a mistake in Pullcord"
            )
        if self._client is None:
            message = "launch first"
            raise RuntimeError(message)
        connection: Any = tx.connection
        self._client.enqueue_in_transaction(
            connection,
            {
                "workflow_name": "incident",
                "queue_name": QUEUE,
                "workflow_id": incident_id,
                "app_version": GENERATION,
            },
            incident_id,
        )

    def wake(self, incident_id: str) -> None:
        """End the present or next wait of a workflow."""
        DBOS.send(incident_id, "", _TOPIC)

    def resume(self, alive: Collection[str]) -> int:
        """Take over workflows of processes that are not ``alive`` and wake them; returns how many."""
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        dead = [one.workflow_id for one in pending if one.executor_id not in alive]
        if dead:
            DBOS.resume_workflows(dead, queue_name=QUEUE)
            # A process can die between keeping a person's word and waking whoever waits for it.
            DBOS.send_bulk([SendMessage(one, "", _TOPIC) for one in dead])
        return len(dead)

    def stuck(self) -> list[str]:
        """Incidents whose workflow ended in an error: they go no further until somebody repairs them."""
        found = DBOS.list_workflows(
            status=["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"], load_input=False, load_output=False
        )
        return [one.workflow_id for one in found]
