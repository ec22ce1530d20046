"""The models: each turns a value into a score, the larger the stranger, and learns from it."""
