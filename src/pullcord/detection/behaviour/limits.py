"""How much the behaviour detectors remember, and from where on they speak."""

from __future__ import annotations

from pullcord.model.noun import Noun
from pullcord.model.times import DAY, MINUTE


class Limits(Noun, frozen=True, kw_only=True):
    """Room and thresholds; the defaults are meant to be kept.

    Attributes:
        agents, sessions, tools, credentials, clients, tags, stores: entries remembered of each.
        learning_time: nanoseconds between the first and the present use of a thing before new is odd.
        learning_count: uses before new is odd.
        novelty: whose share of new among all uses is higher meets new things every day, and is left alone.
        a_day: findings of one detector about one thing and day; the others are counted.
        repeats: calls with the same arguments in a row; of a tool that reads, five times as many.
        run: calls of the same tool in a row, whatever the arguments.
        turns, tokens: of one session, whoever the agent is.
        past_sessions: sessions of an agent before its own past counts.
        past_factor: how many times the largest of them a session may be.
        idle: nanoseconds after which a session counts as over.
        tag_writes: writes to a tag before its own past counts.
        tag_factor: how many times its largest earlier step a step may be.
    """

    agents: int = 4_096
    sessions: int = 8_192
    tools: int = 16_384
    credentials: int = 4_096
    clients: int = 8_192
    tags: int = 16_384
    stores: int = 4_096
    learning_time: int = DAY
    learning_count: int = 20
    novelty: float = 0.2
    a_day: int = 3
    repeats: int = 6
    run: int = 60
    turns: int = 200
    tokens: int = 3_000_000
    past_sessions: int = 20
    past_factor: float = 3.0
    idle: int = 30 * MINUTE
    tag_writes: int = 50
    tag_factor: float = 3.0
