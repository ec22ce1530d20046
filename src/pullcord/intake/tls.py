"""TLS contexts of listeners: version 1.2 at least, nothing accepted that is not checked."""

from __future__ import annotations

import ssl
from pathlib import Path

from pullcord.model.errors import UsageError


def server_context(certificate: Path, key: Path, client_ca: Path | None = None) -> ssl.SSLContext:
    """For those who connect to us.

    Args:
        client_ca: if given, who connects must show a certificate of it.

    Raises:
        UsageError: a file cannot be read, or holds something else.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_chain(context, certificate, key)
    if client_ca is not None:
        _load_ca(context, client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(
    ca: Path | None, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """For those we connect to: their certificate and name are checked, by ``ca`` or else the system's.

    Raises:
        UsageError: as :func:`server_context`.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        _load_ca(context, ca)
    if certificate is not None and key is not None:
        _load_chain(context, certificate, key)
    return context


def _load_chain(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"{certificate} and {key}: no certificate and key that fit ({type(error).__name__})",
            "give PEM files, the key without a password, readable for Pullcord",
        ) from error


def _load_ca(context: ssl.SSLContext, ca: Path) -> None:
    try:
        context.load_verify_locations(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"{ca}: no certificates ({type(error).__name__})", "give a PEM file of the authority"
        ) from error


def _no_password() -> str:
    """Else OpenSSL asks on the terminal, and `pullcord up` hangs."""
    return ""
