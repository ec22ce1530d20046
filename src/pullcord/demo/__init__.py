"""A recording of an attack on an invented plant, made here; later releases let the plant run for real."""
