"""Finds the examples of a Markdown page and runs them for real.

The convention, for README.md and docs/**/*.md:

- In a block ``console``, each line ``$ pullcord ...`` is run (by bash, so pipes and ``>`` work); a line that
  ends in a backslash goes on in the next. Other commands (``$ pip ...``) and blocks ``text`` are not run.
- The exit code must be 0, or N if a line ``# exit N`` follows the command.
- Output shown under a command must appear in the real output, line by line and in that order; ``...`` stands
  for any text, alone on a line for any lines.
- A block whose info string says ``yaml file=plant.yaml`` is a file of the page. All blocks of a page share
  one folder, which holds these files and a copy of examples/.
- ``pullcord demo --once`` takes half a minute, so it is played once for all pages of a test process; each page gets a
  copy of what it left behind, and its real output.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.gates.lint import ROOT

FENCE = re.compile(r"^( *)(`{3,}|~{3,})([^\n`]*)\n(.*?)^\1\2[`~]* *$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"\bfile=(\S+)")
EXIT = re.compile(r"# exit (\d+)$")
SECONDS = 120
DEMO, LEFT_BEHIND = "pullcord demo --once", "pullcord-demo"


@dataclass
class Example:
    """One command of a page: where it stands, what it should print and its exit code."""

    line: int
    command: str
    code: int = 0
    output: list[str] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        """Whether it is one of ours."""
        return self.command.split(maxsplit=1)[:1] == ["pullcord"]


@dataclass
class Page:
    """What a page holds: files by name, and examples in order."""

    files: dict[str, str] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)


def read_page(text: str) -> Page:
    """Return the files and examples of a Markdown text."""
    page = Page()
    for match in FENCE.finditer(text):
        indent, info, body = match[1], match[3].strip(), match[4]
        lines = [line.removeprefix(indent) for line in body.splitlines()]
        first = text.count("\n", 0, match.start()) + 2
        if name := FILE.search(info):
            page.files[name[1]] = "".join(f"{line}\n" for line in lines)
        elif info.split()[:1] == ["console"]:
            page.examples += read_console(lines, first)
    return page


def read_console(lines: list[str], first: int) -> list[Example]:
    """Return the commands of a console block; `first` is the line number of its first line."""
    examples: list[Example] = []
    goes_on = False
    for number, line in enumerate(lines, first):
        if goes_on:
            examples[-1].command += line.strip().removesuffix("\\")
        elif line.startswith("$ "):
            examples.append(Example(number, line[2:].removesuffix("\\")))
        elif examples and (code := EXIT.match(line)):
            examples[-1].code = int(code[1])
        elif examples and line.strip():
            examples[-1].output.append(line.rstrip())
        goes_on = line.endswith("\\") and (goes_on or line.startswith("$ "))
    return examples


def matches(shown: list[str], real: str) -> str | None:
    """Return the first shown line that does not follow in the real output, or None if all do."""
    rest = iter(real.splitlines())
    for line in shown:
        if line.strip() == "...":
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.split("...")) + r"\s*")
        if not any(pattern.fullmatch(candidate) for candidate in rest):
            return line
    return None


def prepare(page: Page, folder: Path) -> dict[str, str]:
    """Write a page's files and a copy of examples/ into a folder; returns the environment to run in."""
    if (ROOT / "examples").is_dir():
        shutil.copytree(ROOT / "examples", folder / "examples")
    for name, text in page.files.items():
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise ValueError(f"file={name} leads out of the page's folder: name a file inside it")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    home = {name: str(folder / ".home") for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    return {"PATH": programs, "LANG": "C.UTF-8", "COLUMNS": "120", **home}


def run(command: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one command of a page."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@cache
def _played() -> tuple[tempfile.TemporaryDirectory[str], subprocess.CompletedProcess[str]]:
    """The demo, played once; its folder goes with this process."""
    folder = tempfile.TemporaryDirectory(prefix="pullcord-docs-")
    place = Path(folder.name)
    return folder, run(DEMO, place, prepare(Page(), place))


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    """Put what the demo leaves behind into a page's folder; returns what it said."""
    where, done = _played()
    if done.returncode == 0:
        shutil.copytree(Path(where.name) / LEFT_BEHIND, folder / LEFT_BEHIND, symlinks=True)
    return done


def problems(page: Page, folder: Path) -> list[str]:
    """Run every example of a page in a folder; returns one line per thing that is not as the page says."""
    env = prepare(page, folder)
    found = []
    for example in filter(lambda one: one.runs, page.examples):
        done = demo(folder) if example.command == DEMO else run(example.command, folder, env)
        where = f"line {example.line}: {example.command}"
        if done.returncode != example.code:
            found.append(
                f"{where}: exit {done.returncode}, the page says {example.code}\n{done.stdout[-2000:]}"
            )
        elif (lost := matches(example.output, done.stdout)) is not None:
            found.append(
                f"{where}: the page shows {lost!r}, which does not follow in:\n{done.stdout[-2000:]}"
            )
    return found
