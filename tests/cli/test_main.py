from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pullcord import __version__
from pullcord.cli.main import COMMANDS, cli
from pullcord.model.errors import PullcordError, UsageError
from tests.app.build import refused_write
from tests.cli.build import COMMAND, Call, process


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_help_costs_at_most_150_ms_of_cpu() -> None:
    costs = []
    for _ in range(7):
        before = cpu()
        subprocess.run([*COMMAND, "--help"], check=True, capture_output=True)
        costs.append(cpu() - before)
    assert min(costs) <= 0.15, costs


def test_help_lists_every_command_without_importing_one(pullcord: Call) -> None:
    told = pullcord("--help")
    assert told.code == 0
    for name in COMMANDS:
        assert re.search(rf"^ +{name} ", told.out, re.MULTILINE), name
    code = "import sys; from pullcord.cli.main import cli; cli.main(['--help'], standalone_mode=False);"
    code += "print([n for n in sys.modules if n.startswith('pullcord.')], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stderr.strip() == "['pullcord.cli', 'pullcord.cli.main']"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_overview_says_what_the_command_says_of_itself(name: str) -> None:
    first = (command(name).help or "").split("\n\n")[0].replace("\n", " ").strip()
    assert COMMANDS[name] == first
    assert command(name).name == name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(pullcord: Call, name: str) -> None:
    told = pullcord(name, "-h")
    assert told.code == 0
    assert told.out.startswith(f"Usage: pullcord {name}")
    assert told.err == ""


def test_every_command_that_answers_takes_json() -> None:
    leaves = [command(name) for name in COMMANDS]
    groups = [one for one in leaves if isinstance(one, click.Group) and one.name == "incident"]
    leaves = [one for one in leaves if not isinstance(one, click.Group)]
    leaves += [sub for group in groups for sub in group.commands.values()]
    assert leaves
    for one in leaves:
        assert any("--json" in option.opts for option in one.params), one.name


def test_the_version_is_told(pullcord: Call) -> None:
    assert pullcord("--version").out == f"pullcord {__version__}\n"


@pytest.mark.parametrize("arguments", [["nothing"], ["--nothing"], ["detect"], ["detect", "--nothing", "a"]])
def test_wrong_usage_is_exit_2(pullcord: Call, arguments: list[str]) -> None:
    told = pullcord(*arguments)
    assert (told.code, told.out) == (2, "")
    assert "Error: " in told.err


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (UsageError("no", "try"), 2, "pullcord: PC-0001: no; try\n"),
        (PullcordError("no", "try"), 1, "pullcord: PC-0000: no; try\n"),
        (click.exceptions.Abort(), 130, "Stopped.\n"),
        (KeyboardInterrupt(), 130, "\nStopped.\n"),
        (UsageError("a\x1b[2J\nb", "try"), 2, "pullcord: PC-0001: a\ufffd[2J\ufffdb; try\n"),
        (
            OSError(28, "No space left on device", "/x/y.json"),
            2,
            "pullcord: PC-0001: /x/y.json: No space left on device; check place, space and rights\n",
        ),
    ],
)
def test_errors_become_one_line_and_an_exit_code(
    pullcord: Call, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, text: str
) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(command("doctor"), "callback", broken)
    monkeypatch.setattr(command("doctor"), "params", [])
    told = pullcord("doctor")
    assert (told.code, told.err.lstrip("\n")) == (code, text.lstrip("\n"))


@pytest.mark.parametrize("count", [1, 4_000])
@pytest.mark.parametrize("read", [True, False])
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, count: int, read: bool) -> None:  # noqa: FBT001
    path = tmp_path / "many.ndjson"
    path.write_text("".join(f"{refused_write(str(number))}\n" for number in range(count)), encoding="utf-8")
    command = [*COMMAND, "detect", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        if read:
            assert running.stdout.readline().startswith(b"{")
        running.stdout.close()
        err = running.stderr.read()
    assert (running.returncode, err) == (0, b"")


def test_a_reader_that_goes_away_does_not_hide_a_bad_answer() -> None:
    command = [*COMMAND, "incident", "show", "x", "--state", "/nowhere"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        err = running.stderr.read()
    assert running.returncode == 2
    assert err.startswith(b"pullcord: PC-0001: ")


def test_closed_standard_output_is_no_traceback() -> None:
    shell = 'exec "$@" >&-'
    done = subprocess.run(["sh", "-c", shell, "sh", *COMMAND, "doctor"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_python_dash_m_is_the_same_command() -> None:
    told = process("nothing")
    assert told.code == 2
    assert "No such command 'nothing'" in told.err
