"""Which parts of a text are scored: an attack may be a line in a long mail, or the whole of it."""

from __future__ import annotations

SCALES = ((24, 12), (72, 36), (220, 110))
"""Words in a window, words to the next one."""


def windows(count: int) -> list[tuple[int, int]]:
    """(first word, word after the last) of each window of a text of ``count`` words; at least one if there are words.

    At most ``count`` / 8 + 4 of them.
    """
    found: list[tuple[int, int]] = []
    if not count:
        return found
    for size, step in SCALES:
        if count <= size:
            found.append((0, count))
            break
        starts = list(range(0, count - size, step))
        starts.append(count - size)
        found.extend((first, first + size) for first in starts)
    return found
