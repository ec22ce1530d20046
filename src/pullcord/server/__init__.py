"""HTTP: telemetry in, the API for people and scripts. Nothing here judges or decides; ``app`` does."""
