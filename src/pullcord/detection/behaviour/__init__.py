"""Behaviour: what agents did, told from their telemetry, event by event and session by session."""

from __future__ import annotations

from pullcord.detection.behaviour.session import MAX_FINDINGS, RULE_ID, examine

__all__ = ["MAX_FINDINGS", "RULE_ID", "examine"]
