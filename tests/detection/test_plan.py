from __future__ import annotations

from pullcord.detection.atoms import Anchor, AtLeast, AtMost, Equal, Literal, Number, Present
from pullcord.detection.plan import Plan
from pullcord.model.event import LogSource

TOOL, LLM = LogSource(product="ai", category="tool"), LogSource(product="ai", category="llm")


def test_rules_are_filed_by_what_they_wait_for() -> None:
    plan = Plan(
        [TOOL] * 7 + [LLM],
        [
            (Literal("needle", "a", Anchor.END),),
            (Equal("b", "x"), Number("b", 4)),
            (AtLeast("c", 9),),
            (AtLeast("c", 3),),
            (AtMost("c", 1),),
            (Present("d"),),
            None,
            (Literal("needle", "a"), Literal("hay", "e")),
        ],
    )
    group = plan.group(TOOL)
    assert group.served == (0, 1, 2, 3, 4, 5, 6)
    assert group.always == (6,)
    b, c, d = group.fields
    assert (b.name, b.equal, b.numbers, b.numeric) == ("b", {"x": (1,)}, {4: (1,)}, True)
    assert c.least is not None
    assert c.most is not None
    assert (c.least.thresholds, c.least.rules) == ([3, 9], [3, 2])
    assert (c.most.thresholds, c.most.rules) == ([1], [4])
    assert (d.present, d.numeric) == ((5,), False)
    assert group.scanned == ("a",)
    assert group.scanner is not None
    assert (group.scanner.texts, group.scanner.lengths) == (("needle",), (6,))
    assert group.behind == {0: ((int(Anchor.END), 0, (0,)),)}
    other = plan.group(LLM)
    assert (other.scanned, other.behind) == (("a", "e"), {0: ((0, 0, (7,)),), 1: ((0, 1, (7,)),)})


def test_a_keyword_looks_everywhere() -> None:
    plan = Plan([TOOL, TOOL], [(Literal("word", None),), (Literal("needle", "a"),)])
    group = plan.group(TOOL)
    assert group.scanned is None
    assert group.behind == {0: ((0, -1, (0,)),), 1: ((0, -1, (1,)),)}


def test_groups_are_shared_and_memory_is_bounded() -> None:
    plan = Plan([TOOL], [None])
    for number in range(2_000):
        assert plan.group(LogSource(product=f"p{number}")).served == ()
    assert len(plan._by_source) == 1_024
    assert len(plan._groups) == 1
    assert plan.group(TOOL) is plan.group(LogSource(product="AI", category="Tool"))


def test_many_groups_share_a_gate_and_too_many_do_without() -> None:
    sources = [LogSource(product=f"p{number}") for number in range(600)]
    plan = Plan(sources, [(Literal(f"needle {number}", "a"),) for number in range(600)])
    groups = [plan.group(source) for source in sources]
    scanners = {id(group.scanner) for group in groups if group.scanner is not None}
    assert len(scanners) == 32 + 1
    assert [group.always for group in groups[512:514]] == [(512,), (513,)]
    number = 100
    shared = groups[number].scanner
    assert shared is not None
    (literal,) = groups[number].behind
    assert shared.texts[literal] == "needle 100"
