from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pullcord.model.errors import UsageError
from pullcord.model.noun import Noun
from pullcord.model.outcome import ReceiptStatus
from pullcord.model.plan import ActionKind
from pullcord.ports import Responder
from pullcord.responders.catalogue import KINDS, make
from pullcord.responders.feature_flag import FeatureFlagSettings
from pullcord.responders.process import ProcessSettings
from pullcord.responders.tool_policy import ToolPolicySettings
from tests.responders.build import TARGET, Wall, act, action, done
from tests.responders.flagged import FLAGS
from tests.responders.gateway import PAGE
from tests.responders.supervised import PASSWORD, supervised

KIND_OF = {
    FeatureFlagSettings: "feature_flag",
    ProcessSettings: "process",
    ToolPolicySettings: "tool_policy",
}


def secret(reference: str) -> str:
    assert reference == "env:SUPERVISOR"
    return PASSWORD


def made(kind: str, folder: Path, **settings: str) -> Responder:
    return make(kind, TARGET, settings, folder, Wall(), secret)


def test_paths_are_relative_to_the_folder_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "flags").mkdir()
    (tmp_path / "flags" / "f.json").write_bytes(FLAGS)
    one = made("feature_flag", tmp_path, file="flags/f.json", flag="agent", wait_seconds="0.5")
    assert act(one, action(ActionKind.DISABLE_AGENT)) is ReceiptStatus.DONE


def test_every_kind_can_be_made(tmp_path: Path) -> None:
    settings = {
        "feature_flag": {"file": "f", "flag": "x"},
        "process": {"url": "unix://run/s", "program": "agent"},
        "tool_policy": {"file": "f"},
    }
    assert sorted(settings) == sorted(KINDS)
    for kind, given in settings.items():
        assert TARGET in made(kind, tmp_path, **given).describe.name


def test_a_secret_stands_behind_its_reference(tmp_path: Path) -> None:
    with supervised() as system:
        given = {"program": "agent", "user": "pullcord", "password": "env:SUPERVISOR"}
        one = made("process", tmp_path, url=f"http://127.0.0.1:{system.port}", **given)
        assert done(one.plan(action(ActionKind.DISABLE_AGENT))).preconditions[0].holds
        by_socket = made("process", system.folder, url="unix://s", program="agent")
        assert done(by_socket.plan(action(ActionKind.DISABLE_AGENT))).preconditions[0].holds


@pytest.mark.parametrize(
    ("kind", "settings", "named"),
    [
        ("no_such", {}, "no_such"),
        ("feature_flag", {"flag": "x"}, "file"),
        ("feature_flag", {"file": "f", "flag": "x", "colour": "red"}, "colour"),
        ("feature_flag", {"file": "f", "flag": "x", "wait_seconds": "-1"}, "wait_seconds"),
        ("feature_flag", {"file": "f", "flag": "x", "wait_seconds": "nan"}, "wait_seconds"),
        ("feature_flag", {"file": "f", "flag": "x", "wait_seconds": "soon"}, "wait_seconds"),
        ("feature_flag", {"file": "f", "flag": "x", "probe": "ftp://a"}, "probe"),
        ("process", {"url": "http://a"}, "program"),
        ("process", {"url": "http://a", "program": ""}, "program"),
        ("process", {"url": "ftp://a", "program": "x"}, "url"),
        ("process", {"url": "http://a", "program": "x", "user": "u"}, "password"),
        ("process", {"url": "http://a", "program": "x", "password": "env:SUPERVISOR"}, "user"),
        ("tool_policy", {}, "file"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, kind: str, settings: dict[str, str], named: str) -> None:
    with pytest.raises(UsageError, match=named) as refused:
        made(kind, tmp_path, **settings)
    assert f"responder {kind} for {TARGET}: " in str(refused.value)


def test_a_command_that_needs_no_responder_loads_none_of_their_libraries() -> None:
    code = "import sys, pullcord.responders.catalogue; print(*{'cedarpy', 'xmlrpc.client', 'httpx'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.strip() == b""


@pytest.mark.parametrize("shape", KIND_OF)
def test_every_setting_is_documented(shape: type[Noun]) -> None:
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(f"\n## `{KIND_OF[shape]}`\n")
    rows = [line.split("|")[1] for line in rest.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    missing = [name for name in shape.__struct_fields__ if not any(f"`{name}`" in row for row in rows)]
    assert not missing
