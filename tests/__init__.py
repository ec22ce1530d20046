"""The tests: one folder per room, plus gates/ (the house rules as tests)."""
