"""Sigma engines from PyPI, over the same rules and events."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

import orjson

Documents = Sequence[tuple[str, bytes]]
Run = Callable[[list[bytes]], set[tuple[str, str]]]


def azuma(documents: Documents) -> Run:
    """azuma: rules as objects, each asked for each event of its category."""
    from azuma import Rule

    rules: dict[str, list[Rule]] = {}
    for _, data in documents:
        rule = Rule.model_validate_yaml(data.decode())
        rules.setdefault(str(rule.logsource.category), []).append(rule)

    def run(lines: list[bytes]) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for line in lines:
            data = orjson.loads(line)
            for rule in rules.get(data["logsource"]["category"], ()):
                if rule.match(data["attributes"]):
                    found.add((str(rule.id), data["id"]))
        return found

    return run


def sqlite(documents: Documents) -> Run:
    """The SQLite backend of pySigma: one query per rule over a table with a column per field, batches of 10,000."""
    from sigma.backends.sqlite import sqliteBackend
    from sigma.collection import SigmaCollection
    from sigma.rule import SigmaRule

    backend = sqliteBackend()
    queries: list[tuple[str, str, str]] = []
    for _, data in documents:
        rules = SigmaCollection.from_yaml(data.decode())
        where = backend.convert(rules)[0].partition(" WHERE ")[2]
        rule = rules.rules[0]
        if isinstance(rule, SigmaRule):
            queries.append((str(rule.id), str(rule.logsource.category), where))

    def run(lines: list[bytes]) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for start in range(0, len(lines), 10_000):
            rows = [orjson.loads(line) for line in lines[start : start + 10_000]]
            names = sorted({name for row in rows for name in row["attributes"]})
            database = sqlite3.connect(":memory:")
            database.create_function("REGEXP", 2, _search, deterministic=True)
            columns = ", ".join(f'"{name}" COLLATE NOCASE' for name in names)
            database.execute(f'CREATE TABLE t ("@id", "@category", {columns})')
            places = ", ".join("?" * (len(names) + 2))
            database.executemany(
                f"INSERT INTO t VALUES ({places})",  # noqa: S608  (question marks)
                (
                    (row["id"], row["logsource"]["category"], *map(row["attributes"].get, names))
                    for row in rows
                ),
            )
            for rule_id, category, where in queries:
                query = f'SELECT "@id" FROM t WHERE "@category" = ? AND ({where})'  # noqa: S608  (made rules)
                found.update((rule_id, name) for (name,) in database.execute(query, (category,)))
            database.close()
        return found

    return run


def _search(pattern: str, text: object) -> bool:
    import re

    return text is not None and re.search(pattern, str(text)) is not None
