"""Use cases around detection rules: list, test, explain, measure, suppress."""
