from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pullcord.demo.config import prepare
from pullcord.demo.flag import Flag
from pullcord.demo.place import FLAGS, write
from tests.demo.programs import until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    prepare(tmp_path)
    return tmp_path / FLAGS


@pytest.fixture
def flag(path: Path) -> Iterator[Flag]:
    made = Flag(path)
    yield made
    made.close()


def switch(path: Path, variant: str) -> None:
    file = json.loads(path.read_bytes())
    file["flags"]["maintenance-copilot"]["defaultVariant"] = variant
    write(path, json.dumps(file).encode())


def test_a_change_of_the_file_is_seen_soon(path: Path, flag: Flag) -> None:
    assert flag.on()
    begin = time.monotonic()
    switch(path, "off")
    assert until(lambda: not flag.on(), 5.0)
    assert time.monotonic() - begin < 1.5
    switch(path, "on")
    assert until(flag.on, 5.0)


def test_a_flag_that_is_not_there_is_off(path: Path) -> None:
    write(path, b'{"flags": {}}')
    flag = Flag(path)
    try:
        assert not flag.on()
    finally:
        flag.close()


def test_a_damaged_file_is_off_until_it_is_mended(path: Path) -> None:
    good = path.read_bytes()
    write(path, b"{")
    flag = Flag(path)
    try:
        assert not flag.on()
        write(path, good)
        assert until(flag.on, 5.0)
        write(path, b"{")
        time.sleep(0.5)
        assert flag.on()
        write(path, good)
    finally:
        flag.close()
