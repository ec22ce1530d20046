"""How the state came to its present tables, one step a file in ``versions`` (Alembic)."""

from __future__ import annotations

HEAD = "0003"
"""The revision this Pullcord writes; a test compares it with the newest file in ``versions``."""
