"""Formats of other tools, one file each: bytes or decoded JSON in, events out; pure and bounded."""
