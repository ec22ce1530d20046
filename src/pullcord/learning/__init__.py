"""Phase 6: what an incident taught, drawn from its record alone, so that it can be drawn again."""
