"""The vault: evidence by its digest in files that never change, and a chained ledger of what was taken."""

from __future__ import annotations

import re
import threading
import time as clock
from collections.abc import Iterator
from pathlib import Path

from pullcord.model.evidence import Evidence
from pullcord.model.noun import digest_bytes
from pullcord.store.durable import TEMPORARY, private_folder, sync_folder, write_file
from pullcord.store.errors import (
    NotInVaultError,
    ReadOnlyError,
    StateFolderError,
    UnstorableError,
    VaultDamagedError,
)
from pullcord.store.ledger import (
    LEDGER,
    START,
    Head,
    Reading,
    append_entry,
    encode_entry,
    head_problems,
    read_head,
    read_ledger,
    seal,
    write_head,
)

BYTES = "bytes"
MAX_SIZE = 1024 * 1024 * 1024
"""Bytes of one item."""
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SETTLE = 0.1
"""Seconds after which an append of the owner that a reader happened to see is over."""


class FileVault:
    """Implements ``pullcord.ports.Vault`` on a folder; made by :func:`open_vault`. Threads may share it."""

    def __init__(self, folder: Path, *, read_only: bool) -> None:
        self._folder = folder
        self._read_only = read_only
        self._lock = threading.Lock()
        self._last: Evidence | None = None
        self._known: dict[tuple[str, str, str], Evidence] = {}
        if not read_only:
            reading = read_ledger(folder)
            self._last = reading.entries[-1] if reading.entries else None
            self._known = {_key(entry): entry for entry in reversed(reading.entries)}
        # A ledger that is already wrong is not continued: what follows would look sound.
        self._sound = read_only or not _problems(folder)

    def put(self, data: bytes, *, media_type: str, description: str, incident_id: str, time: int) -> Evidence:
        """Keep bytes durably and add a ledger entry.

        The same bytes for the same incident under the same description return the entry already there.

        Raises:
            ReadOnlyError: the vault was opened for reading.
            UnstorableError: too large, or a text that is not Unicode.
            StateFolderError: the disk is full or broken.
            VaultDamagedError: the ledger was not sound when the vault was opened.
        """
        if self._read_only:
            raise ReadOnlyError(f"the vault {self._folder} was opened for reading", "open it as its owner")
        if len(data) > MAX_SIZE:
            raise UnstorableError(f"{len(data)} bytes are over the limit of {MAX_SIZE}", "split the item")
        with self._lock:
            address = digest_bytes(data)
            found = self._known.get((incident_id, description, address))
            if found is not None:
                return found
            if not self._sound:
                raise VaultDamagedError(
                    f"the ledger of the vault {self._folder} is not sound",
                    "see what `pullcord evidence verify` says; keep the vault as it is and begin a new one",
                )
            entry = seal(
                Evidence(
                    digest=address,
                    size=len(data),
                    media_type=media_type,
                    description=description,
                    incident_id=incident_id,
                    time=time,
                    sequence=0 if self._last is None else self._last.sequence + 1,
                    previous=START if self._last is None else self._last.chain,
                    chain="",
                )
            )
            self._add(data, entry)
            return entry

    def _add(self, data: bytes, entry: Evidence) -> None:
        encode_entry(entry)  # refuses before anything is written
        try:
            self._keep(entry.digest, data)
            # Unsound until the entry and its head are durable: after a full disk only a new start repairs it.
            self._sound = False
            append_entry(self._folder, entry)
        except OSError as error:
            raise StateFolderError(
                f"evidence cannot be kept in {self._folder}: {error.strerror}",
                "check the disk and its space, then start again",
            ) from error
        self._sound = True
        self._last = entry
        self._known[_key(entry)] = entry

    def get(self, digest: str) -> bytes:
        """The bytes at a digest, checked against it.

        Raises:
            NotInVaultError: nothing is kept there.
            VaultDamagedError: what is kept there has another digest.
        """
        try:
            data = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise _missing(digest) from None
        if digest_bytes(data) != digest:
            raise VaultDamagedError(
                f"the bytes at {digest} in the vault were changed", "restore the vault from a backup"
            )
        return data

    def entries(self, incident_id: str | None = None) -> list[Evidence]:
        """Ledger entries in order, of one incident or all; :meth:`verify` says whether to believe them."""
        entries = read_ledger(self._folder).entries
        return [entry for entry in entries if incident_id in {None, entry.incident_id}]

    def verify(self) -> list[str]:
        """What is wrong with the ledger or the kept bytes, one sentence each; empty if nothing is."""
        with self._lock:
            problems = _problems(self._folder)
        if problems and self._read_only:
            clock.sleep(_SETTLE)
            problems = _problems(self._folder)
        sizes = {entry.digest: entry.size for entry in read_ledger(self._folder).entries}
        return problems + [
            sentence for address, size in sizes.items() for sentence in self._wrong_bytes(address, size)
        ]

    def _wrong_bytes(self, address: str, size: int) -> Iterator[str]:
        try:
            data = self.get(address)
        except NotInVaultError:
            yield f"The bytes at {address[:64]!r} are missing."
        except VaultDamagedError:
            yield f"The bytes at {address} were changed."
        else:
            if len(data) != size:
                yield f"The bytes at {address} are {len(data)}, the ledger says {size}."

    def _path(self, address: str) -> Path:
        # An address from outside must not lead out of the folder.
        if _DIGEST.fullmatch(address) is None:
            raise _missing(address)
        return self._folder / BYTES / address[:2] / address

    def _keep(self, address: str, data: bytes) -> None:
        path = self._path(address)
        if not path.parent.is_dir():
            private_folder(path.parent)
            sync_folder(path.parent.parent)
        # Kept bytes that were damaged are written anew.
        if not path.exists() or path.read_bytes() != data:
            write_file(path, data, mode=0o400)


def open_vault(folder: Path, *, read_only: bool = False) -> FileVault:
    """Open the vault in a folder, making it as needed.

    As its owner, an append that a crash cut short is moved aside to ``ledger.torn-…`` and the chain goes on.

    Args:
        folder: made with mode 0700 if it is not there.
        read_only: change nothing; works while the owner runs.

    Raises:
        StateFolderError: the folder cannot be used.
    """
    if not read_only:
        private_folder(folder)
        private_folder(folder / BYTES)
        for leftover in (*folder.glob(f"*{TEMPORARY}"), *folder.glob(f"{BYTES}/*/*{TEMPORARY}")):
            leftover.unlink(missing_ok=True)
        _repair(folder)
    return FileVault(folder, read_only=read_only)


def _repair(folder: Path) -> None:
    """Finish or undo the one append that a crash may have interrupted; the rest is left for ``verify``."""
    reading = read_ledger(folder)
    head = read_head(folder)
    if head is None or reading.problems:
        return
    count = len(reading.entries)
    if count == head.count + 1 and reading.entries[-1].previous == head.chain:
        write_head(folder, Head(count=count, chain=reading.entries[-1].chain))
    elif reading.tail and count == head.count:
        # Beyond what the head vouches for, so nobody was told that it was kept.
        write_file(folder / f"ledger.torn-{count}-{digest_bytes(reading.tail)[:8]}", reading.tail)
        whole = (folder / LEDGER).read_bytes()
        write_file(folder / LEDGER, whole[: len(whole) - len(reading.tail)])


def _problems(folder: Path) -> list[str]:
    reading: Reading = read_ledger(folder)
    problems = [*reading.problems, *head_problems(reading, read_head(folder))]
    if reading.tail:
        problems.append("The last line of the ledger has no end.")
    return problems


def _key(entry: Evidence) -> tuple[str, str, str]:
    return entry.incident_id, entry.description, entry.digest


def _missing(address: str) -> NotInVaultError:
    return NotInVaultError(f"nothing is kept at {address[:80]!r}", "take the digest from a ledger entry")
