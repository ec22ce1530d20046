"""Techniques from Sigma tags: MITRE ATT&CK (``attack.t1059.001``) and MITRE ATLAS (``atlas.aml.t0051``)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ATTACK = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)")
_ATLAS = re.compile(r"(?:mitre[-_])?atlas\.(?:aml[._-])?(t\d{4}(?:\.\d{3})?)")


def techniques(tags: Iterable[str]) -> tuple[str, ...]:
    """Technique ids in the order of the tags, each once; tactics and other tags are left out."""
    found: dict[str, None] = {}
    for tag in tags:
        text = tag.lower()
        if attack := _ATTACK.fullmatch(text):
            found[attack[1].upper()] = None
        elif atlas := _ATLAS.fullmatch(text):
            found[f"AML.{atlas[1].upper()}"] = None
    return tuple(found)
