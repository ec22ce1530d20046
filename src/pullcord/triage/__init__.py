"""Phase 2: findings become few incidents, each with a type, what it may affect, and a severity with reasons."""
