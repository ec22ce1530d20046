"""Phase 3: a playbook bound to targets, fallbacks and policy becomes a plan. Nothing here acts.

Parameters of actions are flat text; lists are JSON text. What a responder and the policy replay rely on:

- ``agents``: names under which the AI system may appear in telemetry (name, aliases, as seen), JSON list.
- ``tools``: names of tools that are denied to ``agents``, JSON list.
- ``destinations``: values that no call may carry any more, JSON list.
- ``node``, ``direction`` (always ``ai-to-manual``), ``preconditions`` (JSON list): a switch request.
- ``trace_ids``, ``span_ids`` (JSON lists), ``source``: where suspect content came from.
- ``question``, ``options`` (JSON list): what people are asked.
- ``since``: RFC 3339, from when on lots count as judged by the suspect.
"""
