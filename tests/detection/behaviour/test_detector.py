from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullcord.detection.behaviour.detector import BehaviourDetector
from pullcord.detection.behaviour.knowledge import Knowledge, knowledge_of
from pullcord.detection.behaviour.limits import Limits
from pullcord.detection.stream import MOST_KEY, MOST_VALUE, StreamDetector
from pullcord.model.event import Event, LogSource
from pullcord.model.finding import Finding
from tests.detection.behaviour.events import START, call, chat, event
from tests.scenes import plant

TOOLS = '[{"name": "read_inbox", "description": "Reads."}, {"name": "send_mail", "parameters": {"to": 1}}]'
CANARY = "kestrel-0451-plant-7"
KNOWN = Knowledge(
    internal_domains=frozenset({"plant.example"}),
    systems={"copilot": "copilot"},
    tools={"copilot": frozenset({"read_inbox", "send_mail", "save_memory"})},
    canaries=(CANARY,),
)
SMALL = Limits(agents=4, sessions=4, tools=4, credentials=4, clients=4, tags=4, stores=4)


def ordinary(hour: int) -> list[Event]:
    number, trace = 10 * hour, f"t{hour}"
    where: dict[str, Any] = {"credential__id": "svc", "client__address": "10.1.1.1"}
    return [
        chat(number, hour, trace=trace, gen_ai__usage__input_tokens=900, gen_ai__tool__definitions=TOOLS),
        call(number + 1, hour, "read_inbox", {}, trace=trace, gen_ai__tool__description="Reads."),
        call(number + 2, hour, "send_mail", {"to": "ada@supplier.example"}, trace=trace),
        event(number + 3, hour, category="ot", ot__operation="write", ot__tag="T1", ot__value=50 + hour % 2),
        event(number + 4, hour, category="access", **where),
    ]


def unusual(hour: int) -> list[Event]:
    number, trace = 10 * hour, f"t{hour}"
    return [
        call(number, hour, "read_inbox", {}, trace=trace, gen_ai__tool__description="Reads. And sends."),
        call(number + 1, hour, "send_mail", {"to": "x@drop.example"}, trace=trace),
        call(number + 2, hour, "save_memory", trace=trace),
        chat(number + 3, hour, trace=trace, gen_ai__output__messages=f"it is {CANARY}"),
        event(number + 4, hour, category="ot", ot__operation="write", ot__tag="T1", ot__value=99),
        event(number + 5, hour, category="access", credential__id="svc", client__address="203.0.113.9"),
        event(
            number + 6,
            hour,
            product="zeek",
            asset=None,
            host__name="h9",
            dns__question__name="api.openai.com",
        ),
        call(number + 7, hour, "run_shell", trace=trace),
    ]


def names(found: list[Finding]) -> set[str]:
    return {one.rule_id.removeprefix("pullcord.behaviour.") for one in found}


def learned() -> BehaviourDetector:
    detector: StreamDetector = BehaviourDetector(KNOWN)
    for hour in range(60):
        assert detector.feed(ordinary(hour)) == []
    assert isinstance(detector, BehaviourDetector)
    return detector


def test_every_detector_speaks_through_the_one() -> None:
    assert names(learned().feed(unusual(70))) == {
        "tool-definition-changed",
        "new-egress-after-untrusted",
        "memory-write-after-untrusted",
        "canary-leak",
        "ot-write-jump",
        "credential-from-new-place",
        "shadow-ai-service",
        "unlisted-tool",
    }


def test_the_ids_of_findings_differ_and_a_replay_gives_the_same() -> None:
    found = learned().feed(unusual(70))
    assert len({one.id for one in found}) == len(found)
    assert learned().feed(unusual(70)) == found


@pytest.mark.parametrize("limits", [Limits(), SMALL])
def test_a_restored_detector_goes_on_as_the_old_one(limits: Limits) -> None:
    events = [one for hour in range(60) for one in (*ordinary(hour), *crowd(hour))]
    whole = BehaviourDetector(KNOWN, limits)
    expected = whole.feed([*events, *unusual(70)])
    found: list[Finding] = []
    state: dict[str, bytes] = {}
    for start in range(0, len(events), 37):
        detector = BehaviourDetector(KNOWN, limits)
        detector.restore(dict(sorted(state.items())))
        found += detector.feed(events[start : start + 37])
        keep(state, detector.changed())
    last = BehaviourDetector(KNOWN, limits)
    last.restore(state)
    assert last.health()["damaged"] == 0
    assert found + last.feed(unusual(70)) == expected
    keep(state, last.changed())
    old: dict[str, bytes] = {}
    keep(old, whole.changed())
    assert state == old


def crowd(hour: int) -> list[Event]:
    """Agents that come and go, more of them than the small limits hold."""
    return [
        call(
            1_000_000 + 10 * hour + n,
            hour,
            f"tool{n}",
            {"to": f"a@s{hour % 5}.example"},
            asset=f"agent{n}",
            trace=None,
        )
        for n in range(hour % 7)
    ]


def keep(state: dict[str, bytes], changed: dict[str, bytes | None]) -> None:
    for key, value in changed.items():
        assert len(key) <= MOST_KEY
        if value is None:
            state.pop(key, None)
        else:
            assert len(value) <= MOST_VALUE
            state[key] = value


def test_state_is_bounded_and_what_goes_is_counted() -> None:
    detector = BehaviourDetector(KNOWN, SMALL)
    for n in range(200):
        detector.feed(
            [
                call(
                    n,
                    n,
                    "read_inbox",
                    {"to": "a@b.example"},
                    asset=f"agent{n}",
                    trace=f"t{n}",
                    mcp__server__name=f"s{n}",
                ),
                event(n + 1000, n, ot__operation="write", ot__tag=f"tag{n}", ot__value=1.0),
                event(
                    n + 2000,
                    n,
                    asset=None,
                    host__name=f"h{n}",
                    dns__question__name="api.openai.com",
                    credential__id=f"c{n}",
                ),
            ]
        )
    health = detector.health()
    for kind in ("egress", "tool", "taint", "tag", "shadow"):
        assert health[f"{kind}.held"] <= 4, kind
        assert health[f"{kind}.evicted"] >= 190, kind
    assert all(held <= 16 for name, held in health.items() if name.endswith(".held"))


def test_damaged_state_is_left_out_and_counted() -> None:
    detector = learned()
    state: dict[str, bytes] = {}
    keep(state, detector.changed())
    first = next(iter(state))
    detector.restore({**state, first: b"\xff", "nobody:1": b"\x90"})
    assert detector.health()["damaged"] == 2
    assert detector.changed() == {}


def test_records_of_the_network_tell_where_a_registered_system_goes() -> None:
    known = Knowledge(systems={"copilot": "copilot", "10.3.0.7": "copilot"})
    detector = BehaviourDetector(known)

    def seen(number: int, place: str, source: str = "10.3.0.7") -> list[Finding]:
        return detector.feed(
            [
                event(
                    number,
                    number,
                    product="zeek",
                    category="dns",
                    asset="sensor-1",
                    trace=None,
                    source__address=source,
                    dns__question__name=place,
                )
            ]
        )

    for hour in range(40):
        assert seen(hour, "mail.supplier.example") == []
    assert names(seen(50, "drop.example")) == {"new-egress-destination"}
    assert seen(51, "other.example", "10.3.0.8") == []


def test_ordinary_services_are_no_agents() -> None:
    detector = BehaviourDetector(KNOWN)
    for n in range(300):
        web: dict[str, Any] = {
            "db__operation__name": "SELECT",
            "db__system__name": "postgresql",
            "server__address": f"d{n}.example",
        }
        assert detector.feed([event(n, n, product="web", asset="shop", **web)]) == []
    assert detector.health()["egress.held"] == 0
    assert detector.health()["talk.held"] == 0


def test_dark_telemetry_is_counted() -> None:
    detector = BehaviourDetector(KNOWN)
    detector.feed([call(1, 0, "send_mail"), chat(2, 0), call(3, 0, "send_mail", {"a": 1})])
    health = detector.health()
    assert (health["calls_without_arguments"], health["answers_and_calls_without_content"]) == (1, 2)


def test_it_works_with_what_an_example_plant_knows() -> None:
    detector = BehaviourDetector(knowledge_of(plant("discrete"), [CANARY]))
    found = detector.feed([call(1, 0, "delete_everything", {}, asset="fitter-copilot")])
    assert names(found) == {"unlisted-tool"}


NAMES = st.sampled_from(
    [
        "gen_ai.operation.name", "gen_ai.tool.name", "gen_ai.tool.call.arguments", "gen_ai.tool.definitions",
        "gen_ai.tool.description", "mcp.server.name", "mcp.server.digest", "gen_ai.output.messages", "credential.id",
        "client.address", "user_agent.original", "server.address", "url.full", "url.path", "dns.question.name",
        "ot.operation", "ot.tag", "ot.value", "ot.limit.low", "ot.limit.high", "ot.principal.kind", "db.operation.name",
        "db.system", "ai.memory.operation", "ai.memory.source.trust", "gen_ai.usage.input_tokens",
        "gen_ai.conversation.id", "access.result", "error.type",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(), max_size=60),
    st.sampled_from(
        ["write", "chat", "execute_tool", "save_memory", "https://x.example/v1/messages", "\ud800", "[{"]
    ),
)
VALUES = st.one_of(TEXTS, st.integers(), st.floats(), st.booleans(), st.lists(TEXTS, max_size=3))


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.dictionaries(NAMES, VALUES, max_size=8),
            st.integers(-(2**63), 2**63 - 1),
            st.one_of(st.none(), TEXTS),
        ),
        max_size=12,
    )
)
def test_hostile_events_break_nothing_and_state_restores(
    given_events: list[tuple[dict[str, Any], int, str | None]],
) -> None:
    detector = BehaviourDetector(KNOWN, SMALL)
    events = [
        Event(id=f"e{n}", time=time, logsource=LogSource(), attributes=attributes, asset=name, trace_id=name)
        for n, (attributes, time, name) in enumerate(given_events)
    ]
    detector.feed(events)
    state: dict[str, bytes] = {}
    keep(state, detector.changed())
    new = BehaviourDetector(KNOWN, SMALL)
    new.restore(state)
    assert new.health()["damaged"] == 0
    later = [
        Event(id="l", time=START, logsource=LogSource(), attributes=one.attributes, asset=one.asset)
        for one in events
    ]
    assert new.feed(later) == detector.feed(later)
