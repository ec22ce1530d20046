"""Sigma correlation rules: what several matches say together, over time, per group, within bounds."""
