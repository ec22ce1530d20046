"""Live operation: telemetry in, incidents out, and every room wired into one running process."""
