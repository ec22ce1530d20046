"""What every adapter of the Vault port does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pullcord.model.errors import PullcordError
from pullcord.model.evidence import Evidence
from pullcord.model.noun import digest, digest_bytes
from pullcord.ports import Vault
from tests.contracts.adapters import VAULTS


@pytest.fixture(params=VAULTS)
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    make: Callable[[Path], Vault] = VAULTS[request.param]
    return make(tmp_path / "vault")


def put(
    vault: Vault, data: bytes = b"data", what: str = "w", incident: str = "inc", time: int = 1
) -> Evidence:
    return vault.put(data, media_type="text/plain", description=what, incident_id=incident, time=time)


def test_bytes_come_back_by_their_digest(vault: Vault) -> None:
    for data in (b"", b"\x00\xff" * 1_000, b"data"):
        entry = put(vault, data)
        assert (entry.digest, entry.size) == (digest_bytes(data), len(data))
        assert vault.get(entry.digest) == data
    assert vault.verify() == []


def test_an_empty_vault_is_sound(vault: Vault) -> None:
    assert vault.entries() == []
    assert vault.verify() == []


def test_entries_are_chained_as_the_noun_says(vault: Vault) -> None:
    entries = [put(vault, bytes([number])) for number in range(5)]
    assert vault.entries() == entries
    previous = "0" * 64
    for number, entry in enumerate(entries):
        assert (entry.sequence, entry.previous) == (number, previous)
        assert entry.chain == digest(msgspec.structs.replace(entry, chain=""))
        previous = entry.chain


def test_the_same_again_is_the_entry_already_there(vault: Vault) -> None:
    first = put(vault, time=1)
    assert put(vault, time=2) == first
    others = [put(vault, what="other"), put(vault, incident="inc-2"), put(vault, b"more")]
    assert vault.entries() == [first, *others]
    assert vault.entries("inc-2") == [others[1]]
    assert vault.entries("nowhere") == []


@pytest.mark.parametrize(
    "address", ["0" * 64, "", "../ledger.head", "G" * 64, "0" * 63 + "\n", "/etc/passwd"]
)
def test_an_address_that_is_not_there_is_said_so(vault: Vault, address: str) -> None:
    put(vault)
    with pytest.raises(PullcordError, match="nothing is kept"):
        vault.get(address)


def test_what_cannot_be_written_leaves_nothing(vault: Vault) -> None:
    for what in ("\ud800", "x" * 70_000):
        with pytest.raises(PullcordError):
            put(vault, what=what)
    assert vault.entries() == []
    put(vault)
    assert vault.verify() == []
