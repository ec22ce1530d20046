"""Pullcord: incident response for attacks on the AI systems of factories."""

from __future__ import annotations

__version__ = "0.1.0.dev0"
