"""A program that dies while it restores: ``python -m tests.app.dying_restore FOLDER``.

For each place in which something becomes durable or visible: makes an old state, restores over it in a process of
its own that ends there as abruptly as by kill -9, and prints which state is in place after: ``old``, ``backup``, or
what is wrong. Then, at some, restores once more and prints that too. Places follow each other until a
restore gets through.

``python -m tests.app.dying_restore once ARCHIVE FOLDER``: restores, saying so on stdout before.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pullcord.app.backup import swap
from pullcord.app.backup.restore import restore
from tests.app.states import NOW, make_archive, make_state, name_of

DIED = 9
AGAIN = 4
"""At each such place before the exchange, and at all after it, a second restore follows: it takes longest."""


def in_child(function: Callable[[], object]) -> int:
    """Run a function in a process of its own; 0, or its exit code, or 1 if it raises."""
    child = os.fork()
    if child == 0:
        try:
            function()
        except BaseException as error:  # noqa: BLE001  (the parent must get an answer, whatever it is)
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def deadly(place: int) -> None:
    """End this process just before the call of number ``place`` (from 1)."""
    calls = itertools.count(1)

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: object, **options: object) -> object:
            if next(calls) == place:
                os._exit(DIED)
            return function(*args, **options)

        return call

    os.fsync = wrap(os.fsync)
    Path.replace = wrap(Path.replace)  # type: ignore[method-assign]
    Path.unlink = wrap(Path.unlink)  # type: ignore[method-assign]
    shutil.rmtree = wrap(shutil.rmtree)  # type: ignore[assignment]
    swap._rename = wrap(swap._rename)


def seen(folder: Path) -> str:
    """What is in place: a state's name, or what is wrong."""
    names = {10: "old", 11: "backup"}

    def look() -> None:
        found = name_of(folder)
        os._exit(next((code for code, name in names.items() if name == found), 1))

    return names.get(in_child(look), "broken")


def attempt(work: Path, source: Path, archive: Path, place: int) -> str | None:
    """One line on dying at a place; None if there are fewer places."""
    folder = work / f"p{place}" / "state"
    shutil.copytree(source, folder)

    def die() -> None:
        deadly(place)
        restore(archive, folder, now=NOW)

    code = in_child(die)
    if code == 0:
        shutil.rmtree(folder.parent)
        return None
    first = seen(folder)
    if first == "old" and place % AGAIN:
        shutil.rmtree(folder.parent)
        return f"{place} died={code == DIED} first={first}"
    again = in_child(lambda: restore(archive, folder, now=NOW + 10**9))
    kept = sorted({seen(path) for path in folder.parent.glob("state.before-restore-*")})
    rest = [path.name for path in folder.parent.iterdir() if path.name.startswith(".")]
    shutil.rmtree(folder.parent)
    return f"{place} died={code == DIED} first={first} again={again} then={','.join(kept)} rest={rest}"


def main(work: Path) -> None:
    """Die at every place in turn."""
    source = work / "old"
    in_child(lambda: make_state(source, "old"))
    in_child(lambda: make_archive(work))
    for place in itertools.count(1):
        line = attempt(work, source, work / "backup.tar.zst", place)
        sys.stdout.write(f"{line or 'through'}\n")
        if line is None:
            return


if __name__ == "__main__":
    if sys.argv[1] == "once":
        sys.stdout.write("begins\n")
        sys.stdout.flush()
        restore(Path(sys.argv[2]), Path(sys.argv[3]), now=NOW)
    else:
        main(Path(sys.argv[1]))
