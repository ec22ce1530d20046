from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest

from pullcord.intake.tls import client_context, server_context
from pullcord.model.errors import UsageError
from tests.intake.certificates import self_signed


def test_old_versions_are_refused_and_clients_are_checked_where_asked(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    open_ = server_context(certificate, key)
    assert open_.minimum_version is ssl.TLSVersion.TLSv1_2
    assert open_.verify_mode is ssl.CERT_NONE
    assert server_context(certificate, key, certificate).verify_mode is ssl.CERT_REQUIRED
    for context in (client_context(None), client_context(certificate, certificate, key)):
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_only_the_authority_that_was_given_counts(tmp_path: Path) -> None:
    certificate, _ = self_signed(tmp_path)
    assert client_context(certificate).cert_store_stats()["x509_ca"] == 1


@pytest.mark.needs("openssl")
def test_what_cannot_be_used_is_named_and_nothing_is_asked(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    locked = tmp_path / "locked.key"
    subprocess.run(
        ["openssl", "pkey", "-in", str(key), "-aes256", "-passout", "pass:x", "-out", str(locked)], check=True
    )
    _, other = self_signed(tmp_path, "other")
    for wrong in (locked, other, tmp_path / "missing", certificate):
        with pytest.raises(UsageError, match="no certificate and key"):
            server_context(certificate, wrong)
    with pytest.raises(UsageError, match="no certificates"):
        client_context(key)
