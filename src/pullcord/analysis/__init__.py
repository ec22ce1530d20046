"""Pure algorithms that several rooms share: agent sessions, distinctive values, words of instruction."""
