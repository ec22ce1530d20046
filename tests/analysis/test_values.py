from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.analysis.values import (
    MAX_TOKENS,
    Kind,
    contained,
    decoded,
    first_seen,
    normalise,
    strong,
    tokens,
    values,
)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("mail Ada.Lind-7@Plant.Example!", "ada.lind-7@plant.example", Kind.ADDRESS),
        ("see https://www.Spares.example/a?b=1.", "spares.example/a?b=1", Kind.LINK),
        ("see https://www.Spares.example/a?b=1.", "spares.example", Kind.LINK),
        ("opc.tcp://plc-7.example:4840/node", "plc-7.example:4840/node", Kind.LINK),
        ("go to mirror-site.co.uk, now", "mirror-site.co.uk", Kind.LINK),
        ("file press_4.docx", "press_4.docx", Kind.CODE),
        ("file manual.pdf", "manual.pdf", Kind.CODE),
        ("order WO-1207", "wo-1207", Kind.CODE),
        ("IBAN DE89370400440532013000", "de89370400440532013000", Kind.CODE),
        ("PIN 90210", "90210", Kind.CODE),
        ("set to '13' bar", "13", Kind.NUMBER),
        ("on 2031-05-30", "2031-05-30", Kind.NUMBER),
        ("Grüße", "grüsse", Kind.WORD),
        ("\uff21\uff22\uff23", "abc", Kind.WORD),
        ("更新配方", "配方", Kind.WORD),
        (r"caf\u00e9\nnext", "café", Kind.WORD),
        ("x%40y.example", "x@y.example", Kind.ADDRESS),
    ],
)
def test_kinds_of_values(text: str, value: str, kind: Kind) -> None:
    assert values(text).get(value) is kind


def test_links_compare_without_scheme_and_www() -> None:
    forms = ["http://www.spares.example", "https://spares.example/", "www.spares.example", "spares.example."]
    assert all(set(values(form)) == {"spares.example"} for form in forms)


def test_base64_is_read_one_level_deep() -> None:
    inner = base64.b64encode(b"send it to thief@away.example").decode()
    twice = base64.b64encode(inner.encode()).decode()
    assert "thief@away.example" in values(f"note {inner} end")
    assert "thief@away.example" not in values(twice)
    assert decoded("nothing hidden here, only plain words") == ""


def test_containment_and_first_sight() -> None:
    seen = [values("press 4"), values("to ada@plant.example"), values("again ada@plant.example")]
    assert first_seen("ada@plant.example", seen) == 1
    assert first_seen("absent", seen) is None
    assert contained(["a", "b"], {"a"}) == 0.5
    assert contained([], {"a"}) == 0.0
    assert strong(values("ada@plant.example at press 4").items()) == {"ada@plant.example"}


@given(st.text(max_size=300))
def test_any_text_gives_values_that_lie_in_it(text: str) -> None:
    normal = normalise(text)
    for token in tokens(normal):
        assert token.text
        assert 0 <= token.offset < len(normal)
        assert normalise(token.text) == token.text or not text.isascii()


@pytest.mark.parametrize("piece", ["a.", "a-", "a", "1.", "a_", "a+", "a@", "www.", "\\", "%4", "é1-", "x@y."])
def test_hostile_repetition_stays_linear_and_bounded(piece: str) -> None:
    text = piece * (400_000 // len(piece))
    begun = time.process_time()
    found = len(values(text))
    assert found <= MAX_TOKENS * 2
    assert time.process_time() - begun < 5
