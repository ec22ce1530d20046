"""The OT writer's own caps: requests per hour, and the share of the listed systems it holds in manual.

They count what was sent, whatever came of it, and stand on the disk before a request goes out. So neither a
restart nor a crash gives a second budget, and whoever steers Pullcord cannot lift them.
"""

from __future__ import annotations

import msgspec

from pullcord.model.ot import AllowList
from pullcord.model.times import HOUR
from pullcord.otwriter.memory import MOST_SENT, Answer, Memory, MemoryFile, Sent


def most_held(allow: AllowList) -> int:
    """How many systems may be in manual by our doing at a time; one always may, or a small plant had none."""
    return max(1, len(allow.switches) * allow.share_percent // 100)


def refusal(allow: AllowList, memory: Memory, system: str, now: int) -> str | None:
    """Why a cap forbids one more request now, or None.

    A request of the future (the clock was set back) counts as one of this hour.
    """
    recent = [one for one in memory.sent if one.time > now - HOUR]
    if len(recent) >= allow.switches_per_hour:
        return f"rate cap: {len(recent)} requests within an hour, at most {allow.switches_per_hour}"
    return share_refusal(allow, memory, system)


def share_refusal(allow: AllowList, memory: Memory, system: str) -> str | None:
    """Why the share cap forbids to switch a system, or None."""
    listed = {switch.system for switch in allow.switches}
    held = (set(memory.held) & listed) - {system}
    if len(held) < most_held(allow):
        return None
    return f"share cap: {len(held)} of {len(listed)} systems are in manual by our doing, at most {most_held(allow)}"


def reserve(file: MemoryFile, allow: AllowList, key: str, system: str, now: int) -> str | None:
    """Count a request and remember its key, durably, right before it goes out; or say which cap forbids it.

    Raises:
        OSError: the disk does not take it; nothing may be sent then.
    """
    found = refusal(allow, file.now, system, now)
    if found is not None:
        return found
    answer = Answer(key=key, system=system, time=now, sent=True)
    file.keep(
        sent=(*file.now.sent, Sent(system=system, time=now))[-MOST_SENT:],
        held=(*(one for one in file.now.held if one != system), system),
        answers=file.with_answer(answer),
    )
    return None


def release(file: MemoryFile, system: str) -> None:
    """Note that people have given a system back to its AI, or that the PLC refused: no longer held by us.

    Raises:
        OSError: the disk does not take it; it counts as held on.
    """
    if system in file.now.held:
        file.keep(held=tuple(one for one in file.now.held if one != system))


def settle(file: MemoryFile, answer: Answer) -> None:
    """Keep the final answer to a key.

    Raises:
        OSError: the disk does not take it; the key stays "sent, not answered", and is looked at when it comes again.
    """
    before = file.answer(answer.key)
    sent = answer.sent or (before is not None and before.sent)
    file.keep(answers=file.with_answer(msgspec.structs.replace(answer, sent=sent)))
