"""The manifest of the lake: which columnar files count, and which segments each of them stands for.

It is replaced whole, so a reader sees the lake before or after a compaction, never in between:

* A columnar file that is not in the manifest does not exist for readers (a compaction was killed).
* A segment whose file is there counts, and its rows in columnar files do not: it is newer, or the compaction
  was killed before it removed the segment. Either way each event counts once.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from pullcord.model.noun import Noun, canonical
from pullcord.store.durable import write_file
from pullcord.store.errors import LakeDamagedError

NAME = "manifest.json"
SCHEMA = "pullcord.lake/1"


class ColumnarFile(Noun, frozen=True):
    """One Parquet file.

    Attributes:
        segments: names of the segments it stands for.
        dropped: names of segments in it that a later file or segment replaced; their rows do not count.
    """

    name: str
    rows: int
    size: int
    segments: tuple[str, ...]
    dropped: tuple[str, ...] = ()


class Manifest(Noun, frozen=True):
    """All columnar files, oldest first; ``following`` numbers the next one."""

    schema: str = SCHEMA
    following: int = 1
    files: tuple[ColumnarFile, ...] = ()

    def replaced(self, gone: Collection[str], added: ColumnarFile) -> Manifest:
        """The manifest without the files named ``gone`` and with ``added`` as the newest."""
        taken = set(added.segments)
        kept = tuple(_without(file, taken) for file in self.files if file.name not in gone)
        return msgspec.structs.replace(self, following=self.following + 1, files=(*kept, added))


def _without(file: ColumnarFile, taken: set[str]) -> ColumnarFile:
    lost = tuple(name for name in file.segments if name in taken)
    if not lost:
        return file
    return msgspec.structs.replace(
        file,
        segments=tuple(name for name in file.segments if name not in taken),
        dropped=(*file.dropped, *lost),
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a lake; an empty one if there is none yet.

    Raises:
        LakeDamagedError: it does not decode, names files outside, or has an unknown schema.
    """
    path = folder / NAME
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        return Manifest()
    except (OSError, msgspec.MsgspecError) as error:
        raise LakeDamagedError(f"{path} cannot be read: {error}", "restore the lake from a backup") from error
    if manifest.schema != SCHEMA:
        raise LakeDamagedError(
            f"{path} has schema {manifest.schema[:40]!r}, this Pullcord knows {SCHEMA}",
            "use a newer Pullcord",
        )
    if any(Path(file.name).name != file.name for file in manifest.files):
        raise LakeDamagedError(f"{path} names a file outside the lake", "restore the lake from a backup")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest, whole and durably."""
    write_file(folder / NAME, canonical(manifest))
