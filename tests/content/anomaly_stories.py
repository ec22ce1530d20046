"""For each shipped anomaly declaration: usual events, then an attack."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pullcord.model.times import MINUTE, SECOND

Attributes = Mapping[str, object]


class Story(NamedTuple):
    """What happens.

    Attributes:
        id: of the declaration.
        event: attributes of the event of a number.
        calm: how many events are usual.
        attack: how many are not.
        step: nanoseconds between events.
    """

    id: str
    event: Callable[[int], Attributes]
    calm: int
    attack: int
    step: int = SECOND


DRAW = random.Random(21)
AGENT = {"gen_ai.agent.name": "planner", "gen_ai.request.model": "m-1", "server.address": "llm.plant"}
CAMERA = {"vision.camera": "cam-1", "ai.model.name": "weld-check", "ai.model.version": "3"}
TOOLS = ("search", "read", "order", "reply")


def around(usual: float, spread: float, calm: int, attack: float) -> Callable[[int], float]:
    """Log-normal numbers, multiplied once the attack begins."""
    return lambda i: usual * DRAW.lognormvariate(0, spread) * (attack if i >= calm else 1)


def field(name: str, value: Callable[[int], object], more: Attributes) -> Callable[[int], Attributes]:
    """Events with one attribute that matters."""
    return lambda i: {**more, name: value(i)}


def calls(i: int) -> Attributes:
    """Sessions of four calls in order; then one of forty calls in disorder."""
    late = i >= CALLS
    tool = DRAW.choice(TOOLS[::-1]) if late else TOOLS[i % 4]
    return {**AGENT, "gen_ai.tool.name": tool, "gen_ai.conversation.id": "odd" if late else f"c{i // 4}"}


def bursts(calm: int) -> Callable[[int], Attributes]:
    """A caller who asks now and then, and then all the time."""
    return lambda i: {
        **AGENT,
        "client.address": "10.0.0.7" if i % 3 == 0 or i >= calm else f"10.0.1.{i % 50}",
    }


def sensor(i: int) -> Attributes:
    """A flow, and a pressure that follows it until it is spoofed."""
    global level  # noqa: PLW0603
    if i % 2 == 0:
        level = 0.95 * level + DRAW.gauss(0, 1)
        return {"ot.equipment": "pump", "ot.tag": "flow", "ot.value": 80 + level}
    spoofed = 4.0 if i >= SENSOR else 0.0
    value = 4 + 0.5 * level + DRAW.gauss(0, 0.05) + spoofed
    return {"ot.equipment": "pump", "ot.tag": "pressure", "ot.value": value}


level = 0.0
CALLS, SENSOR = 2_400, 8_000
WRITE = {"ot.operation": "write", "ot.equipment": "oven"}
COST, DURATION = "gen_ai.usage.cost", "otel.duration_ns"
INPUT, OUTPUT, FINISH = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.response.finish_reasons",
)

STORIES = [
    Story("llm-latency", field(DURATION, around(1e9, 0.4, 12_000, 4), AGENT), 12_000, 40),
    Story("llm-input-tokens", field(INPUT, around(800, 0.5, 6_000, 60), AGENT), 6_000, 3),
    Story("llm-output-tokens", field(OUTPUT, around(300, 0.5, 6_000, 60), AGENT), 6_000, 3),
    Story(
        "llm-refusals",
        field(
            FINISH,
            lambda i: ["content_filter"] if DRAW.random() < (0.6 if i >= 6_000 else 0.02) else ["stop"],
            AGENT,
        ),
        6_000,
        100,
    ),
    Story(
        "llm-errors",
        lambda i: {
            **AGENT,
            **({"error.type": "429"} if DRAW.random() < (0.5 if i >= 6_000 else 0.02) else {}),
        },
        6_000,
        300,
    ),
    Story("llm-spend", field(COST, around(0.01, 0.3, 4_000, 40), AGENT), 4_000, 60, 6 * MINUTE),
    Story(
        "llm-new-model",
        field("gen_ai.response.model", lambda i: "m-9" if i >= 3_000 else "m-1", AGENT),
        3_000,
        1,
        MINUTE,
    ),
    Story("model-query-rate", bursts(9_000), 9_000, 400, 5 * MINUTE),
    Story("prediction-query-rate", bursts(9_000), 9_000, 400, 5 * MINUTE),
    Story("agent-tool-calls", calls, CALLS, 40),
    Story("agent-tool-sequence", calls, CALLS, 40),
    Story(
        "agent-new-tool",
        lambda i: {**calls(i), **({"gen_ai.tool.name": "pay"} if i >= 2_000 else {})},
        2_000,
        1,
        MINUTE,
    ),
    Story(
        "agent-new-destination",
        field("server.address", lambda i: "evil.example" if i >= 6_000 else f"s{i % 5}.plant", AGENT),
        6_000,
        1,
        MINUTE,
    ),
    Story(
        "access-failures",
        lambda i: {
            "access.result": "denied" if i >= 9_000 or i % 10 == 0 else "allowed",
            "client.address": "10.0.0.7",
        },
        9_000,
        60,
        MINUTE,
    ),
    Story(
        "access-rare-place",
        lambda i: {
            "credential.id": "key-1",
            "client.address": "203.0.113.9" if i >= 3_000 else f"10.0.0.{i % 3}",
        },
        3_000,
        1,
        MINUTE,
    ),
    Story(
        "vision-score-drift",
        field("vision.score", lambda i: DRAW.betavariate(2, 8 if i < 4_000 else 4), CAMERA),
        4_000,
        600,
    ),
    Story(
        "vision-confidence-collapse",
        field("vision.confidence", lambda i: 0.9 + DRAW.gauss(0, 0.03) - (0.1 if i >= 24_000 else 0), CAMERA),
        24_000,
        60,
    ),
    Story(
        "vision-class-mix",
        field(
            "vision.result",
            lambda i: DRAW.choices(("good", "scratch", "dent"), (90, 8, 2) if i < 6_000 else (70, 28, 2))[0],
            CAMERA,
        ),
        6_000,
        400,
    ),
    Story(
        "vision-embedding-drift",
        field(
            "vision.embedding", lambda i: [DRAW.gauss(0.5 if i >= 3_000 else 0, 1) for _ in range(16)], CAMERA
        ),
        3_000,
        400,
    ),
    Story(
        "prediction-score-drift",
        field(
            "ai.prediction.score",
            lambda i: DRAW.betavariate(2, 8 if i < 3_000 else 4),
            {"ai.model.name": "bearing"},
        ),
        3_000,
        300,
    ),
    Story("ot-residual", sensor, SENSOR, 40),
    Story(
        "ot-rate-of-change",
        field(
            "ot.value",
            lambda i: DRAW.gauss(200, 0.5) + (900 if i >= 3_000 else 0),
            {"ot.tag": "oven.temperature"},
        ),
        3_000,
        2,
    ),
    Story(
        "ot-write-rate",
        lambda i: WRITE | {"ot.tag": "sp" if i >= 12_000 or i % 7 == 0 else f"t{i % 3}"},
        12_000,
        90,
        MINUTE,
    ),
]
