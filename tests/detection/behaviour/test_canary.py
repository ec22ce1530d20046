from __future__ import annotations

import base64
import builtins
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.detection.behaviour.canary import MAX_CANARIES, MAX_READ, RULE, Canaries, squeeze
from pullcord.detection.behaviour.limits import Limits
from pullcord.model.finding import Finding, Severity
from tests.detection.behaviour.events import call, chat, event

TOKEN = "plant-7Q/kestrel_0451"
NEVER_TIRED = Limits(a_day=10**9)
CANARIES = Canaries([TOKEN], NEVER_TIRED)


def looked(text: str, watch: Canaries = CANARIES) -> Finding | None:
    return watch.look(chat(1, 0, gen_ai__output__messages=text), "copilot")


@pytest.mark.parametrize(
    ("hide", "form"),
    [
        (lambda t: t, "plain text"),
        (str.upper, "plain text"),
        (lambda t: t[::-1], "reversed"),
        (" . ".join, "pieces"),
        ("\u200b".join, "pieces"),
        ("\n".join, "pieces"),
        (lambda t: quote(t, safe=""), "percent encoding"),
        (lambda t: "".join(f"%{byte:02X}" for byte in t.encode()), "hexadecimal"),
        (lambda t: t.encode().hex(), "hexadecimal"),
        (lambda t: t.encode().hex(":").upper(), "hexadecimal"),
        (lambda t: base64.b64encode(t.encode()).decode(), "base64"),
        (lambda t: base64.b64encode(b"x" + t.encode() + b"yz").decode(), "base64"),
        (lambda t: base64.b64encode(b"xy" + t.encode()).decode(), "base64"),
        (lambda t: base64.urlsafe_b64encode(t.encode()).decode(), "base64"),
        (lambda t: base64.b32encode(b"abc" + t.encode()).decode().lower(), "base32"),
        (lambda t: "".join(f"\\u{ord(c):04x}" for c in t), "escapes"),
        (lambda t: t.replace("e", "\\u0065"), "pieces"),
    ],
)
def test_a_canary_is_found_in_every_disguise(hide: Callable[[str], str], form: str) -> None:
    for text in (f"see {hide(TOKEN)} there", json.dumps([{"content": f"a {hide(TOKEN)} b"}])):
        found = looked(text)
        assert found is not None, text
        assert f"in {form}." in found.reasons[0]
        assert (found.rule_id, found.severity) == (RULE.id, Severity.HIGH)


def test_the_token_itself_is_not_told() -> None:
    found = looked(TOKEN)
    assert found is not None
    assert not any("kestrel" in reason for reason in found.reasons)
    assert found.reasons[0].startswith("Canary 1 of the site stands in gen_ai.output.messages")


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai__tool__call__arguments": f'{{"to": "{TOKEN}"}}'},
        {"url__full": f"https://away.example/{quote(TOKEN, safe='')}"},
        {"dns__question__name": f"{TOKEN[:9].encode().hex()}.{TOKEN[9:].encode().hex()}.away.example"},
    ],
)
def test_every_way_out_is_watched(attributes: dict[str, Any]) -> None:
    assert CANARIES.look(event(1, **attributes), None) is not None


def test_reading_where_it_was_planted_is_no_leak() -> None:
    planted = call(1, 0, "read_file", {"path": "x"}, gen_ai__tool__call__result=TOKEN)
    assert CANARIES.look(planted, "copilot") is None
    assert looked("An ordinary answer about plant 7 and a kestrel, 0451 parts.") is None


def test_our_own_mark_is_found_in_disguise_without_any_list() -> None:
    watch = Canaries([])
    token = "PULLCORD-CANARY-0123456789abcdef"
    assert looked(base64.b64encode(token.encode()).decode(), watch) is not None
    # In plain the shipped rule finds it; twice would look like two detectors that agree.
    assert looked(f"{token}", watch) is None


def test_what_cannot_be_seen_or_looked_for_is_counted() -> None:
    watch = Canaries(["short", *(f"canary-number-{n:05}" for n in range(MAX_CANARIES + 2))])
    assert (watch.too_short, watch.left_out) == (1, 2)
    assert watch.look(chat(1, 0), "copilot") is None
    assert watch.look(call(2, 0, "send_mail"), "copilot") is None
    assert watch.blind == 2
    assert looked("x" * MAX_READ + " canary-number-00001", watch) is None
    assert watch.cut == 1


def test_the_same_leak_is_told_a_few_times_a_day() -> None:
    watch = Canaries([TOKEN])
    told = [looked(f"{n} {TOKEN}", watch) for n in range(9)]
    assert [one is not None for one in told] == [True] * 3 + [False] * 6
    assert watch.firsts.hushed == 6
    assert watch.look(chat(1, 0, gen_ai__output__messages=TOKEN), "other") is not None


def test_without_the_fast_search_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> ModuleType:  # noqa: ANN401
        if name == "ahocorasick_rs":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    slow = Canaries([TOKEN], NEVER_TIRED)
    monkeypatch.undo()
    for text in (TOKEN, TOKEN[::-1], "nothing", base64.b64encode(TOKEN.encode()).decode()):
        assert looked(text, slow) == looked(text)


@given(st.text(st.characters(), max_size=300))
def test_hostile_text_breaks_nothing_and_letters_stay(text: str) -> None:
    looked(text)
    assert squeeze(text).isascii()
    assert looked(f"{text}{TOKEN}{text}") is not None
