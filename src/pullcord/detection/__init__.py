"""Phase 1: events in, findings out. Sigma rules and behaviour; judges, never acts."""
