"""Settings, wiring and use cases: what the command line (and later server and web) call."""
