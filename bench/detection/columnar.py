"""The same rules as SQL for DuckDB and as expressions for Polars: batches of 10,000, one query per log source.

Only what the made rules need is translated. A network of 16 bits is its first two numbers as text, since neither engine
comes with networks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionOR
from sigma.types import (
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SpecialChars,
)

from pullcord.detection.sigma_parse import parse

BATCH = 10_000
_SIGNS = {"LT": "<", "GT": ">", "GTE": ">="}
Documents = Sequence[tuple[str, bytes]]
Run = Callable[[list[bytes]], set[tuple[str, str]]]


def duck(documents: Documents) -> Run:
    """DuckDB, in memory, one thread; the JSON of a batch is read by DuckDB itself."""
    import duckdb

    queries, columns = _sql(documents)
    database = duckdb.connect(config={"threads": 1})
    names = ", ".join(f"{_quoted(name)}: '{kind}'" for name, kind in columns.items())
    schema = f"{{id: 'VARCHAR', category: 'VARCHAR', {names}}}"

    def run(lines: list[bytes]) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "batch.json"
            for start in range(0, len(lines), BATCH):
                file.write_bytes(b"\n".join(map(_flat, lines[start : start + BATCH])))
                read = f"SELECT * FROM read_json('{file}', format='newline_delimited', columns={schema})"  # noqa: S608
                database.execute(f"CREATE OR REPLACE TABLE t AS {read}")
                for query in queries:
                    found.update(database.execute(query).fetchall())
        return found

    return run


def polar(documents: Documents) -> Run:
    """Polars, one thread."""
    import polars as pl

    groups: dict[str, list[Any]] = {}
    columns: dict[str, Any] = {"id": pl.String, "category": pl.String}
    for category, rule_id, tree in _trees(documents):
        groups.setdefault(category, []).append(
            _expression(pl, tree, columns).fill_null(value=False).alias(rule_id)
        )

    def run(lines: list[bytes]) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for start in range(0, len(lines), BATCH):
            frame = pl.read_ndjson(b"\n".join(map(_flat, lines[start : start + BATCH])), schema=columns)
            for category, rules in groups.items():
                part = frame.filter(pl.col("category") == category).select("id", *rules)
                long = part.unpivot(index="id").filter(pl.col("value")).select("variable", "id")
                found.update(long.rows())
        return found

    return run


def _flat(line: bytes) -> bytes:
    data = orjson.loads(line)
    return orjson.dumps({"id": data["id"], "category": data["logsource"]["category"], **data["attributes"]})


def _trees(documents: Documents) -> list[tuple[str, str, Any]]:
    rules = [parse(data.decode()) for _, data in documents]
    return [
        (str(rule.logsource.category), str(rule.id), rule.detection.parsed_condition[0].parsed)
        for rule in rules
    ]


def _sql(documents: Documents) -> tuple[list[str], dict[str, str]]:
    columns: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    for category, rule_id, tree in _trees(documents):
        groups.setdefault(category, []).append(f"CASE WHEN {_where(tree, columns)} THEN '{rule_id}' END")
    queries = [
        f"SELECT rule, id FROM (SELECT id, unnest([{', '.join(cases)}]) AS rule FROM t"  # noqa: S608  (made rules)
        f" WHERE category = '{category}') WHERE rule IS NOT NULL"
        for category, cases in groups.items()
    ]
    return queries, columns


def _quoted(name: str) -> str:
    return '"' + name + '"'


def _where(tree: Any, columns: dict[str, str]) -> str:  # noqa: ANN401  (pySigma's tree)
    match tree:
        case ConditionAND() | ConditionOR():
            word = " AND " if isinstance(tree, ConditionAND) else " OR "
            return f"({word.join(_where(part, columns) for part in tree.args)})"
        case ConditionFieldEqualsValueExpression(field=field, value=value):
            column = _quoted(field)
            numeric = isinstance(value, SigmaNumber | SigmaCompareExpression)
            columns.setdefault(field, "DOUBLE" if numeric else "VARCHAR")
            match value:
                case SigmaString():
                    return f"lower({column}) LIKE '{_like(value)}' ESCAPE '^'"
                case SigmaRegularExpression():
                    return f"regexp_matches({column}, '{value.regexp}', 'i')"
                case SigmaCompareExpression():
                    return f"{column} {_SIGNS[value.op.name]} {value.number}"
                case SigmaCIDRExpression():
                    return f"{column} LIKE '{_prefix(value)}%'"
                case _:
                    return f"{column} = {value}"
        case _:
            raise TypeError(type(tree))


def _like(value: SigmaString) -> str:
    return "".join("%" if part is SpecialChars.WILDCARD_MULTI else str(part).lower() for part in value.s)


def _prefix(value: SigmaCIDRExpression) -> str:
    return ".".join(str(value.network.network_address).split(".")[:2]) + "."


def _expression(pl: Any, tree: Any, columns: dict[str, Any]) -> Any:  # noqa: ANN401
    match tree:
        case ConditionAND():
            return pl.all_horizontal(*(_expression(pl, part, columns) for part in tree.args))
        case ConditionOR():
            return pl.any_horizontal(*(_expression(pl, part, columns) for part in tree.args))
        case ConditionFieldEqualsValueExpression(field=field, value=value):
            numeric = isinstance(value, SigmaNumber | SigmaCompareExpression)
            columns.setdefault(field, pl.Float64 if numeric else pl.String)
            return _compare(pl.col(field), value)
        case _:
            raise TypeError(type(tree))


def _compare(column: Any, value: Any) -> Any:  # noqa: ANN401, PLR0911  (one for each kind of value)
    match value:
        case SigmaString():
            text = "".join(part for part in value.s if isinstance(part, str)).lower()
            low = column.str.to_lowercase()
            first, last = (part is SpecialChars.WILDCARD_MULTI for part in (value.s[0], value.s[-1]))
            if first and last:
                return low.str.contains(text, literal=True)
            if first:
                return low.str.ends_with(text)
            return low.str.starts_with(text) if last else low == text
        case SigmaRegularExpression():
            return column.str.contains(f"(?i){value.regexp}")
        case SigmaCompareExpression():
            number = value.number.number
            return {"LT": column < number, "GT": column > number, "GTE": column >= number}[value.op.name]
        case SigmaCIDRExpression():
            return column.str.starts_with(_prefix(value))
        case _:
            return column == value.number
