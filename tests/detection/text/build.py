"""Made-up weights: every word of overriding counts, nothing else."""

from __future__ import annotations

import hashlib
import zlib

import msgspec
import numpy as np

from pullcord.detection.text.features import BUCKETS, SIZE
from pullcord.detection.text.lexicon import CONCEPTS
from pullcord.detection.text.model import SCHEMA, Header, Thresholds


def header_for(table: bytes, **changes: object) -> bytes:
    """A header for a compressed table."""
    header = Header(
        schema=SCHEMA,
        sha256=hashlib.sha256(table).hexdigest(),
        scales=(1.0, 1.0, 1.0),
        bias=-2.0,
        zero=0.0,
        length=0.0,
        thresholds=Thresholds(0.5, 0.9),
        made_with={},
    )
    return msgspec.json.encode(msgspec.structs.replace(header, **changes))


def made_up_table(weight: int = 5) -> bytes:
    """A compressed table."""
    table = np.zeros(SIZE, dtype=np.int8)
    table[2 * BUCKETS + CONCEPTS.index("override")] = weight
    return zlib.compress(table.tobytes())
