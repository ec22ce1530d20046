from __future__ import annotations

import yaml

from pullcord.detection.lint_document import Document, read_documents
from pullcord.detection.rules import load_rules
from tests.detection.build import rule_yaml, selection


def read(*files: bytes) -> list[Document]:
    items = [(f"{number}.yml", data) for number, data in enumerate(files)]
    return list(read_documents(items, load_rules(items).statuses))


def test_lines_are_those_of_the_file() -> None:
    rule = rule_yaml(selection({"a": "b"}), level="low").decode()
    second = rule.replace("A rule", "Another").replace("title", "# why\ntitle")
    first, other = read(f"# head\n\n{rule}--- # next\n{second}".encode())
    assert first.line() == 1
    assert first.line("title") == 3
    lines = f"# head\n\n{rule}--- # next\n{second}".splitlines()
    assert lines[other.line("title") - 1] == "title: Another"
    assert lines[other.line("missing", "level") - 1] == "level: low"
    assert lines[other.line("missing") - 1].startswith("---")


def test_documents_and_statuses_keep_step() -> None:
    good = rule_yaml(selection({"a": "b"}))
    found = read(b"\xff\xfe", good + b"---\ntitle: broken\n---\n" + good, b"", b"# nothing\n", good)
    assert [(each.status.path, each.loaded) for each in found] == [
        ("0.yml", False),
        ("1.yml", True),
        ("1.yml", False),
        ("1.yml", True),
        ("2.yml", False),
        ("3.yml", False),
        ("4.yml", True),
    ]
    assert [bool(each.data) for each in found] == [each.loaded for each in found]


def test_what_did_not_load_is_not_read_again() -> None:
    (document,) = read(b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\ntitle: bomb\n")
    assert document.data == {}
    assert document.line("title") == 1


def test_content_and_signal_are_seen() -> None:
    plain, wordy = read(
        rule_yaml(selection({"gen_ai.tool.name": "b"}), id="a4dd3d64-9a5b-4d5c-8b53-6f0a6e1c8f00"),
        rule_yaml(
            selection({"gen_ai.tool.call.result|contains": "b"}), custom={"pullcord": {"signal": "text"}}
        ),
    )
    assert (plain.reads_content, plain.states_signal) == (False, False)
    assert (wordy.reads_content, wordy.states_signal) == (True, True)
    assert wordy.extension.signal == "text"
    assert plain.text("title") == "A rule"
    assert plain.text("logsource") == ""
    assert yaml.safe_load(rule_yaml(selection({"gen_ai.tool.name": "b"})))["title"] == plain.data["title"]
