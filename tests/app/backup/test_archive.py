from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcord.app.backup.archive import kind_of, most_bytes

DIGEST = "ab" + "0" * 62


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("state.sqlite", "state"),
        ("pullcord.toml", "settings"),
        ("vault/ledger.ndjson", "vault"),
        ("vault/ledger.head", "vault"),
        ("vault/ledger.torn-3-0123abcd", "vault"),
        (f"vault/bytes/ab/{DIGEST}", "vault"),
        ("lake/segments/otlp-0-1.parquet", "lake"),
        ("lake/files/00000001.parquet", "lake"),
        ("lake/manifest.json", "lake"),
    ],
)
def test_what_belongs_into_a_backup_is_known(name: str, kind: str) -> None:
    assert most_bytes(name)
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    "name",
    [
        "/state.sqlite",
        "../state.sqlite",
        "./state.sqlite",
        "state.sqlite\n",
        "state.sqlite-wal",
        "lock",
        "endpoint",
        "stop/all.json",
        "token",
        "vault",
        "vault/",
        f"vault/bytes/ac/{DIGEST}",
        f"vault/bytes/ab/{DIGEST}.tmp",
        f"vault/bytes/ab/../ab/{DIGEST}",
        "lake/segments/../../x.parquet",
        "lake/segments/UP.parquet",
        "lake/files/\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0661.parquet",
        "lake/tmp/x",
        "",
    ],
)
def test_nothing_else_does(name: str) -> None:
    assert most_bytes(name) is None


@given(st.text(alphabet="abcdefgh./0123456789-", max_size=40))
def test_no_known_name_leads_out(name: str) -> None:
    if most_bytes(name) is not None:
        assert not name.startswith("/")
        assert ".." not in name.split("/")
