from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.settings import NAME, Settings, find_settings, read_settings, secret
from pullcord.model.errors import UsageError
from pullcord.model.plan import ApproverRole

WHOLE = """
site = "North"
inventory = "plant.yaml"
[server]
port = 0
[response]
quiet_seconds = 0.5
[ot]
socket = "run/ot"
[[people]]
name = "Ines"
roles = ["approver-security", "approver-ot"]
token = "file:ines"
[[sources]]
name = "gateway"
token = "env:GATEWAY"
authenticated = true
[[responders]]
kind = "feature_flag"
target = "copilot"
[responders.settings]
file = "flags.json"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / NAME
    path.write_text(text, encoding="utf-8")
    return path


def test_all_of_it_is_read_and_paths_are_relative_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, WHOLE)
    monkeypatch.chdir(tmp_path.parent)
    found = read_settings(Path(tmp_path.name) / NAME)
    assert found.folder == tmp_path
    assert (found.site, found.server.port, found.server.host) == ("North", 0, "127.0.0.1")
    assert (found.response.quiet_seconds, found.response.approval_hours) == (0.5, 4.0)
    assert found.people[0].roles == (ApproverRole.SECURITY, ApproverRole.OT)
    assert found.sources[0].authenticated
    assert found.ot is not None
    assert found.place(found.ot.socket) == tmp_path / "run/ot"
    assert found.place("/absolute") == Path("/absolute")
    assert found.responders[0].settings == {"file": "flags.json"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("site = ", "no TOML"),
        ('folder = "/"', "unknown setting `folder`"),
        ('colour = "red"', "colour"),
        ("[server]\nprot = 1", "prot"),
        ('[server]\nport = "soon"', "port"),
        ('[[people]]\nname = "Ines"\ntoken = "file:x"', "roles"),
        ('[[people]]\nname = "Ines"\nroles = ["king"]\ntoken = "file:x"', "king"),
        (
            '[[sources]]\nname = "x"\ntoken = "file:x"\n[[people]]\nname = "x"\nroles = []\ntoken = "file:y"',
            "x stands there twice",
        ),
        ("[[responders]]\nkind = 3", "kind"),
    ],
)
def test_what_is_wrong_is_named_with_the_file(tmp_path: Path, text: str, why: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        read_settings(path)
    assert str(path) in caught.value.cause
    assert why in caught.value.cause


def test_what_cannot_be_read_or_is_too_large_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_settings(tmp_path / "missing")
    written(tmp_path, "#" * (1 << 20) + "\n")
    with pytest.raises(UsageError, match="larger than 1 MB"):
        read_settings(tmp_path / NAME)
    (tmp_path / NAME).write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="no TOML"):
        read_settings(tmp_path / NAME)


@given(st.text(max_size=200))
def test_rubbish_never_does_more_than_say_so(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / NAME
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    said = ""
    try:
        read_settings(path)
    except UsageError as error:
        said = error.cause
    assert not said or str(path) in said


def test_the_flag_comes_before_the_environment_and_that_before_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULLCORD_CONFIG", raising=False)
    state = tmp_path / "state"
    state.mkdir()
    assert find_settings(None, state) == Settings(folder=state)
    written(state, 'site = "state"')
    assert find_settings(None, state).site == "state"
    named, given_ = tmp_path / "a.toml", tmp_path / "b.toml"
    named.write_text('site = "environment"')
    given_.write_text('site = "flag"')
    monkeypatch.setenv("PULLCORD_CONFIG", str(named))
    assert find_settings(None, state).site == "environment"
    assert find_settings(given_, state).site == "flag"
    monkeypatch.setenv("PULLCORD_CONFIG", str(tmp_path / "missing"))
    with pytest.raises(UsageError, match="cannot be read"):
        find_settings(None, state)


def test_a_secret_stands_behind_a_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").write_text("  from a file\n")
    monkeypatch.setenv("SOME_SECRET", "from outside ")
    assert secret("file:x", tmp_path) == "from a file"
    assert secret(f"file:{tmp_path / 'x'}", Path("/")) == "from a file"
    assert secret("env:SOME_SECRET", tmp_path) == "from outside"


@pytest.mark.parametrize(
    "reference", ["hunter2hunter2", "", "env:", "file:", "file:missing", "env:NO_SUCH_NAME", "vault:hunter2"]
)
def test_no_error_holds_a_secret(tmp_path: Path, reference: str) -> None:
    os.environ.pop("NO_SUCH_NAME", None)
    with pytest.raises(UsageError) as caught:
        secret(reference, tmp_path)
    assert "hunter2" not in caught.value.cause + caught.value.cure


def test_an_empty_secret_is_none(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(" \n")
    with pytest.raises(UsageError, match="empty"):
        secret("file:x", tmp_path)
