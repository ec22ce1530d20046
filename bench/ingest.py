"""Events per second through the live intake, durable, judged by the shipped rules; and what the store alone takes.

Usage: python bench/ingest.py [events]

Batches of 1,000 native events, several senders at a time, full sync, the lake writer at work alongside. Every run
makes its own events from a seed.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from pullcord.app.clock import SystemClock
from pullcord.app.judging import Judging
from pullcord.app.live.arrived import Arrived
from pullcord.app.live.batches import encode_batch
from pullcord.app.live.pipeline import Pipeline
from pullcord.app.live.triage import Tellers
from pullcord.intake.context import Context
from pullcord.intake.native import decode
from pullcord.intake.quick import quick
from pullcord.model.event import Event
from pullcord.model.times import to_rfc3339
from pullcord.store.folder import Store, open_folder

BATCH = 1_000
SENDERS = 4
START = 1_773_720_000_000_000_000
SHARES = (60, 35, 5)
AGENTS = ("weld-copilot", "kiln-advisor", "pick-planner", "quality-gate")


def line(number: int, chance: random.Random) -> bytes:
    """A native event as plants send them: an OT read, a model score, a tool call of an agent."""
    agent = chance.choice(AGENTS)
    kinds: list[tuple[dict[str, str], dict[str, object]]] = [
        (
            {"product": "ai", "category": "ot", "service": "ot-gateway"},
            {
                "ot.operation": chance.choice(("read", "read", "write")),
                "ot.principal.kind": "ai",
                "ot.tag": f"line3/cell{chance.randrange(9)}/current",
                "ot.value": round(chance.uniform(8.0, 10.0), 3),
                "ot.envelope.result": "rejected" if chance.randrange(200) == 0 else "accepted",
            },
        ),
        (
            {"product": "ai", "category": "vision", "service": "inspection"},
            {
                "vision.camera": f"cam-{chance.randrange(20)}",
                "vision.score": round(chance.random(), 4),
                "vision.verdict": "ok",
                "ai.model.version": "2026.3.1",
            },
        ),
        (
            {"product": "ai", "category": "tool", "service": "agent"},
            {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": "read_recipe",
                "gen_ai.tool.call.arguments": json.dumps({"id": f"WR-{chance.randrange(9999)}"}),
                "gen_ai.tool.call.result": "recipe: current 9.4 kA, weld 240 ms, hold 80 ms",
            },
        ),
    ]
    source, attributes = chance.choices(kinds, weights=SHARES)[0]
    record: dict[str, object] = {
        "id": f"event-{number}-{chance.getrandbits(32):08x}",
        "time": to_rfc3339(START + number * 1_000_000),
        "asset": agent,
        "logsource": source,
        "attributes": attributes,
    }
    if source["category"] == "tool":
        record["trace_id"] = f"{number // 500:032x}"
        record["span_id"] = f"{number:016x}"
    return json.dumps(record).encode()


def batches_of(lines: Sequence[bytes]) -> list[list[bytes]]:
    """The lines in batches."""
    return [list(lines[start : start + BATCH]) for start in range(0, len(lines), BATCH)]


def rate(count: int, seconds: float) -> str:
    """A row of the table."""
    return f"{count / seconds:>10,.0f} events/s"


async def send(pipeline: Pipeline, batches: Sequence[Callable[[], list[Event]]]) -> float:
    """Several senders, each waiting for its acknowledgement; returns the seconds it took."""
    queue = list(reversed(batches))

    async def sender() -> None:
        while queue:
            await pipeline.take(queue.pop()())

    start = time.perf_counter()
    await asyncio.gather(*(sender() for _ in range(SENDERS)))
    return time.perf_counter() - start


def through(folder: Path, batches: Sequence[Callable[[], list[Event]]]) -> tuple[float, float]:
    """Seconds until all is acknowledged, and until all of it is in the lake."""
    with open_folder(folder) as store:
        pipeline = Pipeline(store, Judging(), SystemClock(), Tellers(_nothing, _nothing))
        pipeline.start()
        start = time.perf_counter()
        acknowledged = asyncio.run(send(pipeline, batches))
        assert pipeline.lake.settle(120.0)  # noqa: S101  (a bench that lost events must say so)
        settled = time.perf_counter() - start
        pipeline.close()
    return acknowledged, settled


SMALL = 100
"""Events of a batch where delay is measured: exporters send small batches often."""


def delays(folder: Path, lines: Sequence[bytes], per_second: float, context: Context) -> list[float]:
    """Milliseconds from handing a batch over to its findings being durable and told, at a steady rate of events."""
    sent: dict[str, float] = {}
    found: list[float] = []

    def told(findings: Sequence[Arrived]) -> None:
        now = time.perf_counter()
        found.extend(
            (now - sent[one.finding.event_ids[-1]]) * 1e3
            for one in findings
            if one.finding.event_ids[-1] in sent
        )

    async def run(pipeline: Pipeline) -> None:
        begun, waiting = time.perf_counter(), set()
        for start in range(0, len(lines), SMALL):
            await asyncio.sleep(max(0.0, begun + start / per_second - time.perf_counter()))
            now = time.perf_counter()
            events = read(lines[start : start + SMALL], context)
            sent.update((event.id, now) for event in events)
            task = asyncio.ensure_future(pipeline.take(events))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
        await asyncio.gather(*waiting)

    with open_folder(folder) as store:
        pipeline = Pipeline(store, Judging(), SystemClock(), Tellers(_nothing, _nothing))
        pipeline.triage.offer = told  # type: ignore[method-assign]
        pipeline.start()
        asyncio.run(run(pipeline))
        pipeline.close()
    return found


def _nothing(_tx: object, _incident: object) -> None:
    return


def store_only(store: Store, batches: Sequence[list[Event]]) -> float:
    """Seconds to claim and keep the batches, one commit each."""
    start = time.perf_counter()
    for events in batches:
        with store.state.transaction() as tx:
            tx.claim_events([event.id for event in events], START)
            tx.put_batch(encode_batch(events), START)
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    chance = random.Random(7)
    context = Context(source="bench", received=START)
    lines = [line(number, chance) for number in range(total)]
    decoded = [[decode(raw, context) for raw in batch] for batch in batches_of(lines)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_folder(folder / "store") as store:
            print(f"store alone              {rate(total, store_only(store, decoded))}")
        took, settled = through(folder / "decoded", [partial(list, batch) for batch in decoded])
        print(f"take, decoded events     {rate(total, took)}   in the lake {rate(total, settled)}")
        raws = [partial(read, batch, context) for batch in batches_of(lines)]
        took, settled = through(folder / "lines", raws)
        print(f"take, from NDJSON lines  {rate(total, took)}   in the lake {rate(total, settled)}")
        late = sorted(delays(folder / "late", lines, total / took / 2, context))
        shown = ", ".join(f"p{part} {late[int((len(late) - 1) * part / 100)]:.1f} ms" for part in (50, 99))
        print(f"events to findings, at half that rate, batches of {SMALL}: {shown} ({len(late)} findings)")


def read(lines: Sequence[bytes], context: Context) -> list[Event]:
    """The events of lines."""
    return [quick(raw, context) or decode(raw, context) for raw in lines]


if __name__ == "__main__":
    main()
