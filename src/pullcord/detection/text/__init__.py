"""The text signal: whether a text reads like an attack on a language model. A signal, never a verdict alone."""
