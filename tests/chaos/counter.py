"""A system outside any process of Pullcord that counts what is done to it, and a responder that asks it to."""

from __future__ import annotations

import asyncio
import json
import random
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pullcord.model.outcome import Receipt, ReceiptStatus, Verification, VerificationResult
from pullcord.model.plan import Action, ActionKind, VerificationLevel
from pullcord.model.responder import Delivery, Description, Prepared

_LONGEST_SECONDS = 0.15
DELIVERIES = {
    ActionKind.RESTRICT_TOOLS: Delivery.IDEMPOTENT,
    ActionKind.THROTTLE: Delivery.PROBEABLE,
    ActionKind.DISABLE_AGENT: Delivery.BLIND,
}


class Counted:
    """How often each action was applied, and the keys that were seen."""

    def __init__(self, seed: int) -> None:
        self.applied: Counter[str] = Counter()
        self._keys: set[str] = set()
        self._chance = random.Random(seed)
        self._lock = threading.Lock()

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Do one thing; slowly, so that a kill may fall before and after it."""
        self._linger()
        with self._lock:
            there = self.applied[asked["action"]] > 0
            if asked["verb"] == "on" and not (asked["by_key"] and asked["key"] in self._keys):
                self.applied[asked["action"]] += 1
                self._keys.add(asked["key"])
        self._linger()
        return {"there": there}

    def _linger(self) -> None:
        time.sleep(self._chance.uniform(0.0, _LONGEST_SECONDS))


@contextmanager
def serving(path: Path, counted: Counted) -> Iterator[None]:
    """Serve on a UNIX socket."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline()
            if line.endswith(b"\n"):
                answer = counted.answer(json.loads(line))
                with suppress(BrokenPipeError):  # whoever asked was killed
                    self.wfile.write(json.dumps(answer).encode() + b"\n")

    class Server(socketserver.ThreadingUnixStreamServer):
        request_queue_size = 256
        daemon_threads = True

    server = Server(str(path), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class Counting:
    """A responder for one kind of action, with the delivery of that kind."""

    def __init__(self, path: Path, kind: ActionKind) -> None:
        self._path, self._kind = path, kind

    @property
    def describe(self) -> Description:
        delivery = DELIVERIES[self._kind]
        return Description(
            name=f"{delivery.value} counter",
            kinds=frozenset({self._kind}),
            delivery=delivery,
            level=VerificationLevel.STATE,
            oracle="the counter",
        )

    def covers(self, action: Action) -> bool:
        return action.kind is self._kind

    async def plan(self, action: Action) -> Prepared:
        there = await self._ask("look", action)
        return Prepared(prestate="on" if there else "off", already=there)

    async def execute(self, action: Action, key: str, prestate: str) -> Receipt:
        del prestate
        await self._ask("on", action, key)
        done = ReceiptStatus.DONE
        return Receipt(key=key, action_id=action.id, status=done, responder=self.describe.name, time=1)

    async def verify(self, action: Action) -> Verification:
        there = await self._ask("look", action)
        result = VerificationResult.CONFIRMED if there else VerificationResult.REFUTED
        return Verification(level=VerificationLevel.STATE, result=result, oracle="the counter", time=1)

    async def rollback(self, action: Action, key: str, prestate: str) -> Receipt:
        raise NotImplementedError(action, key, prestate)

    async def _ask(self, verb: str, action: Action, key: str = "") -> bool:
        by_key = self.describe.delivery is Delivery.IDEMPOTENT
        reader, writer = await asyncio.open_unix_connection(str(self._path))
        try:
            asked = {"verb": verb, "action": action.id, "key": key, "by_key": by_key}
            writer.write(json.dumps(asked).encode() + b"\n")
            await writer.drain()
            line = await reader.readline()
        finally:
            writer.close()
        return bool(json.loads(line)["there"])
