"""Copies vault and lake into an archive while their owner may be writing to them.

Both only grow by whole files that then never change, so what matters is the order. The state was copied before,
so all that it knows is here, and perhaps a little more.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

from pullcord.app.backup.archive import CHUNK, ArchiveError, Member
from pullcord.app.backup.archive_write import ArchiveWriter
from pullcord.model.noun import canonical
from pullcord.store.folder import LAKE, VAULT
from pullcord.store.ledger import HEAD, LEDGER, read_head
from pullcord.store.manifest import NAME, read_manifest
from pullcord.store.scan import FILES, SEGMENTS, segment_files
from pullcord.store.vault import BYTES

_TRIES = 20
_SETTLE = 0.2
"""Seconds after which an append that was under way has reached the head of the ledger."""
_DIGEST_LENGTH = 64


def add_vault(writer: ArchiveWriter, folder: Path) -> list[str]:
    """Add the ledger, its head and all kept bytes; returns what is wrong with them, one sentence each.

    The head is copied as it was, never made anew: one made here would vouch for a ledger that was tampered with.
    """
    problems: list[str] = []
    head = read_head(folder)
    if head is None:
        problems.append("The head of the ledger does not decode.")
        add_file(writer, folder / HEAD, f"{VAULT}/{HEAD}")
        add_file(writer, folder / LEDGER, f"{VAULT}/{LEDGER}")
    else:
        if (folder / HEAD).exists():
            data = canonical(head)
            writer.add(f"{VAULT}/{HEAD}", io.BytesIO(data), len(data))
        size, lines = _first_lines(folder / LEDGER, head.count)
        if lines < head.count:
            problems.append(f"The ledger has {lines} entries, its head says {head.count}.")
        add_file(writer, folder / LEDGER, f"{VAULT}/{LEDGER}", size if _went_on(folder, head.count) else None)
    for path in sorted(folder.glob("ledger.torn-*")):
        add_file(writer, path, f"{VAULT}/{path.name}")
    # After the ledger: bytes are kept before the entry that names them.
    for path in _kept(folder / BYTES):
        member = add_file(writer, path, f"{VAULT}/{BYTES}/{path.parent.name}/{path.name}")
        if member is not None and member.sha256 != path.name:
            problems.append(f"The bytes at {path.name} were changed.")
    return problems


def add_lake(writer: ArchiveWriter, folder: Path) -> None:
    """Add segments, columnar files and the manifest of the lake.

    Segments first: one that a compaction removes meanwhile is in a columnar file of a manifest read later, and one
    that is in both counts once. Columnar files of a manifest that was then replaced do not count and do no harm.

    Raises:
        ArchiveError: files keep vanishing.
    """
    for path in segment_files(folder):
        add_file(writer, path, f"{LAKE}/{SEGMENTS}/{path.name}")
    added: set[str] = set()
    for _ in range(_TRIES):
        manifest = read_manifest(folder)
        for file in manifest.files:
            if file.name not in added and add_file(
                writer, folder / FILES / file.name, f"{LAKE}/{FILES}/{file.name}"
            ):
                added.add(file.name)
        if all(file.name in added for file in manifest.files):
            data = canonical(manifest)
            writer.add(f"{LAKE}/{NAME}", io.BytesIO(data), len(data))
            return
    raise ArchiveError(
        f"{folder} names columnar files that are not there", "look with `pullcord doctor` what is missing"
    )


def add_file(writer: ArchiveWriter, path: Path, name: str, size: int | None = None) -> Member | None:
    """Add a file, or its first ``size`` bytes; None if it is not there (any more)."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as file:
        return writer.add(name, file, os.fstat(file.fileno()).st_size if size is None else size)


def _first_lines(path: Path, most: int) -> tuple[int, int]:
    """Bytes and number of the first ``most`` whole lines of a file; (0, 0) if it is not there."""
    size = lines = 0
    try:
        with path.open("rb") as file:
            while lines < most and (line := file.readline(CHUNK)).endswith(b"\n"):
                size += len(line)
                lines += 1
    except FileNotFoundError:
        pass
    return size, lines


def _went_on(folder: Path, count: int) -> bool:
    """Whether the owner appended after a head with ``count`` entries was read.

    Only then are lines beyond it cut off here; otherwise they are copied for the owner, or ``verify``, to judge.
    """
    now = read_head(folder)
    if now is None or now.count == count:
        time.sleep(_SETTLE)
        now = read_head(folder)
    return now is not None and now.count > count


def _kept(folder: Path) -> Iterator[Path]:
    for inner in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        yield from sorted(path for path in inner.iterdir() if len(path.name) == _DIGEST_LENGTH)
