from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.model.ot import Interlock
from pullcord.otwriter.allow_list import LARGEST_LIST, load, parse
from pullcord.otwriter.errors import AllowListError
from pullcord.otwriter.keys import make_keys
from pullcord.otwriter.settings import WriterSettings, read_settings
from tests.otwriter.build import LIST, SWITCH, written

NODE = Interlock(node="ns=2;s=Guard", allowed=("true",))


@pytest.fixture
def settings(tmp_path: Path) -> WriterSettings:
    return read_settings(written(tmp_path, LIST))


def test_what_was_signed_is_loaded(settings: WriterSettings) -> None:
    assert load(settings, 0) == LIST
    assert load(settings, 3) == LIST


def test_an_older_version_is_refused(settings: WriterSettings) -> None:
    with pytest.raises(AllowListError, match="version 3, but version 4"):
        load(settings, 4)


def test_one_byte_more_and_the_signature_does_not_fit(settings: WriterSettings) -> None:
    settings.allow_list.write_bytes(settings.allow_list.read_bytes() + b" ")
    with pytest.raises(AllowListError, match="does not fit"):
        load(settings, 0)


def test_the_signature_comes_before_the_parser(settings: WriterSettings) -> None:
    settings.allow_list.write_bytes(b"not even JSON")
    with pytest.raises(AllowListError, match="does not fit"):
        load(settings, 0)


@pytest.mark.parametrize("signature", [b"", b"AAAA", b"!!!", b"A" * 88, b"A" * 5_000])
def test_a_broken_signature_is_refused(settings: WriterSettings, signature: bytes) -> None:
    settings.signature.write_bytes(signature)
    with pytest.raises(AllowListError, match=r"does not fit|larger than"):
        load(settings, 0)


def test_another_key_is_refused(settings: WriterSettings, tmp_path: Path) -> None:
    _, public = make_keys(tmp_path / "others")
    settings.public_key.write_bytes(public.read_bytes())
    with pytest.raises(AllowListError, match="does not fit"):
        load(settings, 0)


@pytest.mark.parametrize("name", ["allow_list", "signature", "public_key"])
def test_a_file_that_is_not_there_is_refused(settings: WriterSettings, name: str) -> None:
    getattr(settings, name).unlink()
    with pytest.raises(AllowListError, match="cannot be read"):
        load(settings, 0)


BAD_LISTS = [
    ({"schema": "pullcord.ot-allow-list/2"}, "schema"),
    ({"version": 0}, "version"),
    ({"switches": ()}, "1 to 1000 switches"),
    ({"switches": (SWITCH, SWITCH)}, "twice"),
    ({"switches_per_hour": 0}, "switches_per_hour"),
    ({"share_percent": 101}, "share_percent"),
    ({"share_percent": 0}, "share_percent"),
]
BAD_SWITCHES = [
    ({"system": ""}, "system"),
    ({"node": "x" * 201}, "node"),
    ({"readback": "a\nb"}, "readback"),
    ({"endpoint": "http://plc.example:4840"}, "endpoint"),
    ({"endpoint": "opc.tcp://plc.example"}, "endpoint"),
    ({"endpoint": "opc.tcp://me:secret@plc.example:4840"}, "endpoint"),
    ({"endpoint": "opc.tcp://plc.example:99999"}, "endpoint"),
    ({"automatic": ()}, "automatic"),
    ({"automatic": ("AUTO", "MANUAL")}, "manual is also"),
    ({"manual": "(unreadable)"}, "manual"),
    ({"interlocks": (NODE,) * 11}, "interlocks"),
    ({"interlocks": (NODE, NODE)}, "twice"),
    ({"effects": (Interlock(node="n", allowed=()),)}, "effects"),
    ({"longest_age_seconds": 0.0}, "longest_age_seconds"),
    ({"longest_age_seconds": 1e9}, "longest_age_seconds"),
    ({"readback_seconds": 31.0}, "readback_seconds"),
    ({"readback_seconds": -1.0}, "readback_seconds"),
]


@pytest.mark.parametrize(("changes", "says"), BAD_LISTS)
def test_a_list_that_nobody_could_mean_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(AllowListError, match=says):
        parse(msgspec.json.encode(msgspec.structs.replace(LIST, **changes)), Path("list"))


@pytest.mark.parametrize(("changes", "says"), BAD_SWITCHES)
def test_a_switch_that_nobody_could_mean_is_refused_by_name(changes: dict[str, object], says: str) -> None:
    switch = msgspec.structs.replace(SWITCH, **changes)
    with pytest.raises(AllowListError, match=rf"switch 1 .*{says}"):
        parse(msgspec.json.encode(msgspec.structs.replace(LIST, switches=(switch,))), Path("list"))


def test_unknown_fields_are_refused() -> None:
    data = msgspec.json.encode(LIST).replace(b'"site"', b'"back_to_ai":true,"site"')
    with pytest.raises(AllowListError, match="back_to_ai"):
        parse(data, Path("list"))


def test_a_list_beyond_a_megabyte_is_refused(settings: WriterSettings) -> None:
    settings.allow_list.write_bytes(b" " * (LARGEST_LIST + 1))
    with pytest.raises(AllowListError, match="larger than"):
        load(settings, 0)


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_refused_with_its_own_error(data: bytes) -> None:
    with pytest.raises(AllowListError):
        parse(data, Path("list"))
