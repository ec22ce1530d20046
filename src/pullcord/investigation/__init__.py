"""Phase 4: what happened in an agent session, where it began, and how sure one can be."""
