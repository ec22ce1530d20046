"""A folder of rules and a recording for the commands about rules."""

from __future__ import annotations

from pathlib import Path

import msgspec

EXPORT, VOLUME = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
RULES = f"""\
title: Export by a tool
id: {EXPORT}
name: export
level: high
tags: [atlas.aml.t0024]
logsource: {{product: ai, category: tool}}
detection:
  selection:
    gen_ai.tool.name|contains: export
    bytes|gt: 1000
  filter:
    user.name: backup
  condition: selection and not filter
custom:
  pullcord:
    incident_type: data-leakage
    tests:
      positive:
        - {{gen_ai.tool.name: data_export, bytes: 2000}}
      benign:
        - {{gen_ai.tool.name: data_export, bytes: 2000, user.name: backup}}
        - {{gen_ai.tool.name: read, bytes: 2000}}
---
title: Many exports
id: {VOLUME}
level: medium
correlation:
  type: event_count
  rules: [export]
  group-by: [user.name]
  timespan: 5m
  condition:
    gte: 2
"""
BAD = f"""\
title: Wrong about itself
id: 33333333-3333-4333-8333-333333333333
logsource: {{product: ai, category: tool}}
detection:
  selection: {{gen_ai.tool.name: x}}
  condition: selection
custom:
  pullcord:
    tests:
      positive: [{{gen_ai.tool.name: y}}]
      benign: [{{gen_ai.tool.name: y}}]
---
title: Half a rule
id: {EXPORT[:-1]}9
logsource: {{product: ai}}
"""


def folder(path: Path, *, bad: bool = False) -> Path:
    """A folder with the rules above."""
    path.mkdir()
    (path / "a.yml").write_text(RULES)
    if bad:
        (path / "b.yml").write_text(BAD)
    return path


def recording(path: Path, hours: int = 12) -> Path:
    """Six events over some hours: two exports, one of them by the backup; a small one; others."""
    calls = [
        ("e0", "tool", {"gen_ai.tool.name": "data_export", "bytes": 2000, "user.name": "ann"}),
        ("e1", "tool", {"gen_ai.tool.name": "data_export", "bytes": 2000, "user.name": "backup"}),
        ("e2", "tool", {"gen_ai.tool.name": "data_export", "bytes": 10}),
        ("e3", "llm", {"gen_ai.tool.name": "data_export", "bytes": 2000}),
        ("e4", "tool", {"gen_ai.tool.name": "\x1b[31mEXPORT\x1b[0m", "bytes": 9000}),
        ("e5", "tool", {"other": 1}),
    ]
    lines = [
        msgspec.json.encode(
            {
                "id": key,
                "time": f"2026-03-17T{number * hours // 5:02}:00:00Z",
                "logsource": {"product": "ai", "category": category},
                "attributes": attributes,
            }
        )
        for number, (key, category, attributes) in enumerate(calls)
    ]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path
