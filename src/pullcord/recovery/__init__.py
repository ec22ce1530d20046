"""Phase 5: the explanation becomes a remediation plan with gates. Nothing here acts, nothing releases itself.

Parameters follow ``pullcord.containment``: ``agents``, ``tools``, ``trace_ids``, ``span_ids`` are JSON lists.
"""
