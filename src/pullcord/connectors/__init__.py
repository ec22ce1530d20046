"""Connectors: one folder per kind of outside product."""
