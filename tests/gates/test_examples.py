from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.gates import examples
from tests.gates.examples import Example, Page, matches, problems, read_page

TEXT = """
# A page

```yaml file=plants/plant.yaml
site: north
```

```console
$ pullcord detect a.ndjson \\
    --summary s.ndjson | head
first
...
last ...
# exit 2
$ pip install something
$ pullcord --help
```

```text
$ pullcord never
```

1. In a list:

    ```console
    $ pullcord scan x
    ```
"""


def test_a_page_is_read() -> None:
    page = read_page(TEXT)
    assert page.files == {"plants/plant.yaml": "site: north\n"}
    run = [(example.line, example.command, example.code) for example in page.examples if example.runs]
    assert run == [
        (9, "pullcord detect a.ndjson --summary s.ndjson | head", 2),
        (16, "pullcord --help", 0),
        (26, "pullcord scan x", 0),
    ]
    assert page.examples[0].output == ["first", "...", "last ..."]


@pytest.mark.parametrize(
    ("shown", "lost"),
    [
        (["a", "c"], None),
        (["a", "...", "c...e"], None),
        (["c d e", "a"], "a"),
        (["b."], "b."),
        ([], None),
    ],
)
def test_output_is_compared_in_order(shown: list[str], lost: str | None) -> None:
    assert matches(shown, "a\nb\nc d e\n".replace("c d e", "c d e\nc")) == lost


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a `pullcord` that prints its first argument's file before the real one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "pullcord"
    script.write_text('#!/bin/sh\ncat "$1"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setattr(examples, "ROOT", tmp_path)
    return tmp_path


def test_examples_run_with_the_files_of_the_page(program: Path) -> None:
    page = Page({"a.txt": "hello\n"}, [Example(1, "pullcord a.txt | tr a-z A-Z", output=["HELLO"])])
    work = program / "work"
    work.mkdir()
    assert problems(page, work) == []


def test_a_lie_is_found(program: Path) -> None:
    lies = [Example(1, "pullcord none.txt"), Example(2, "pullcord a.txt", output=["bye"])]
    work = program / "work"
    work.mkdir()
    found = problems(Page({"a.txt": "hello\n"}, lies), work)
    assert [line.partition(":")[0] for line in found] == ["line 1", "line 2"]


def test_a_page_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="leads out"):
        problems(Page({"../x": ""}, []), tmp_path)
